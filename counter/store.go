package counter

import (
	"errors"
	"math/big"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// The messages of a storeCounter to itself.
type (
	// loaded: the store has replied with this node's shard.
	loaded actor.Answer[shard]
	// written: the store has replied to a compare and set.
	written struct{ err error }
	// timerWrite: try a compare and set again.
	timerWrite struct{}
	// timerRead: read again what a compare and set has found.
	timerRead struct{}
)

// storeCounter is the actor of a node that keeps its shard under a key of its own in seq-kv.
//
// No other node writes that key. Each write is a compare and set from the value written last, so a write that the
// network repeats or delivers late changes nothing. One write is under way at a time, and the same one until its
// outcome is known, since a larger one beside it could be counted twice. What is added meanwhile goes with the next.
//
// seq-kv never shows a node the past of a key that only this node writes. A write of an earlier incarnation may still
// be on its way when that incarnation is killed: then a compare and set fails, and the stored value is taken over.
type storeCounter struct {
	config Config
	node   *node.Node
	saved  *saved // Behind
	kv     node.KV
	key    string

	known   bool  // what is stored has been read
	loading bool  // it is being read
	stored  shard // as last read or written
	pending shard // added since then
	target  shard // what is being written; of meaning while writing
	sent    shard // the part of pending that is in target
	writing bool
	begunAt time.Duration // when the last write began
	wrote   bool          // there was one that has ended

	riding  []addRequest // Through: to be acknowledged when target is stored
	waiting []addRequest // Through: to go with the next write
	held    []message    // requests that came before the shard was known
	others  *view
}

func newStoreCounter(c *actor.Context[message], n *node.Node, config Config, s *saved) actor.Actor[message] {
	l := &storeCounter{config: config, node: n, saved: s, kv: n.SeqKV(), key: keyOf(n.ID())}
	s.name = l.key
	l.others = newView(c, l)
	if config.Write == Behind {
		actor.SpawnTicker[message](c, "ticker", config.Interval, tick{}, c.Self())
	}
	return l
}

// keyOf is the key of a node's shard.
func keyOf(node string) string { return "eddy-counter-" + node }

// storeWithin is how long a request to the store may take with all its retries: less than a client waits.
const storeWithin = 4 * time.Second

func (l *storeCounter) options() node.KVOptions {
	return node.KVOptions{Within: storeWithin, Retry: node.Retry{First: l.config.Retry, Factor: 2, Max: 2 * l.config.Retry, Jitter: 0.2}}
}

func (l *storeCounter) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case addRequest, readRequest, shardRequest:
		if !l.known {
			l.hold(c, m)
			return
		}
		l.handle(c, m)
	case negative:
		m.refuse()
	case loaded:
		l.load(c, m)
	case written:
		l.settle(c, m.err)
	case timerWrite:
		l.send(c)
	case timerRead:
		l.read(c)
	case tick:
		if !l.known && !l.loading && !l.saved.durable.empty() {
			l.loading = true
			l.read(c) // an earlier incarnation may have left something to write
		}
		l.write(c)
	case journal.Written:
		l.saved.journal.Written(c, m)
	default:
		l.others.receive(c, m)
	}
}

// hold keeps a request until the shard is known. The first request reads the store, not the start of the node:
// while the cluster starts, the store may not be there yet.
func (l *storeCounter) hold(c *actor.Context[message], m message) {
	if len(l.held) >= l.config.WaitingMax {
		m.(actor.Refusable).Refuse(actor.ErrFull)
		return
	}
	l.held = append(l.held, m)
	if !l.loading {
		l.loading = true
		l.read(c)
	}
}

func (l *storeCounter) read(c *actor.Context[message]) {
	node.Read(c, l.kv, l.key, l.options(), func(a actor.Answer[shard]) message { return loaded(a) })
}

// load takes in what the store holds: at the start, or after a compare and set that found something else.
func (l *storeCounter) load(c *actor.Context[message], a loaded) {
	if codeOf(a.Err) == maelstrom.KeyDoesNotExist {
		a.Value, a.Err = shard{}, nil
	}
	switch {
	case !l.known:
		l.begin(c, a)
	case a.Err != nil:
		c.After(l.config.Retry, timerRead{})
	case a.Value.equals(l.target) && l.config.Bug != RetryAddsAgain:
		l.commit(c)
	default: // written by an earlier incarnation; what is pending comes on top
		if l.saved.journal != nil {
			l.pending = l.saved.durable.minus(a.Value) // the journal has what that incarnation wrote, too
		}
		l.stored, l.writing = a.Value, false
		l.waiting, l.riding = append(l.riding, l.waiting...), nil
		l.write(c)
	}
}

// begin handles the requests that have waited for the shard. If it cannot be read, the next request tries again.
func (l *storeCounter) begin(c *actor.Context[message], a loaded) {
	if a.Err != nil {
		l.refuseHeld(node.Errorf(maelstrom.TemporarilyUnavailable, "this node's shard cannot be read from seq-kv: %v", a.Err))
		return
	}
	ready := func() {
		l.known, l.stored = true, a.Value
		if l.saved.journal != nil {
			l.pending = l.saved.durable.minus(a.Value)
		}
		held := l.held
		l.held, l.loading = nil, false
		for _, m := range held {
			l.handle(c, m)
		}
	}
	if l.saved.journal == nil || l.saved.durable.covers(a.Value) {
		ready()
		return
	}
	// The store knows more than the journal, which is younger.
	l.saved.add(c, l.saved.durable.join(a.Value).minus(l.saved.durable), func(err error) {
		if err != nil {
			l.refuseHeld(err)
			return
		}
		ready()
	})
}

// refuseHeld refuses the requests that have waited for the shard.
func (l *storeCounter) refuseHeld(err error) {
	held := l.held
	l.held, l.loading = nil, false
	for _, m := range held {
		m.(actor.Refusable).Refuse(err)
	}
}

func (l *storeCounter) handle(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case addRequest:
		l.add(c, m)
	case readRequest:
		l.others.read(c, m)
	case shardRequest:
		m.Reply(shardBody{l.own()})
	}
}

func (l *storeCounter) add(c *actor.Context[message], m addRequest) {
	if !admit(m, l.total(l.pending.plus(l.saved.underway))) {
		return
	}
	switch {
	case m.Body.Delta == 0:
		m.Reply(node.None{})
		return
	case l.config.Write == Behind:
		l.saved.add(c, shard{}.with(m.Body.Delta), func(err error) {
			if err != nil {
				m.Fail(err)
				return
			}
			l.pending = l.pending.with(m.Body.Delta)
			m.Reply(node.None{})
		})
		return
	case len(l.waiting)+len(l.riding) >= l.config.WaitingMax:
		m.Fail(actor.ErrFull)
		return
	}
	l.pending = l.pending.with(m.Body.Delta)
	if l.config.Bug == AckBeforeStore {
		m.Reply(node.None{})
	} else {
		l.waiting = append(l.waiting, m)
	}
	l.write(c)
}

// own is this node's shard as others may see it: with Through what is stored, since the rest may yet be lost.
func (l *storeCounter) own() shard {
	if l.config.Write == Behind {
		return l.stored.plus(l.pending)
	}
	return l.stored
}

// total is the sum of what is known, and of what is pending beside what is stored.
func (l *storeCounter) total(pending shard) *big.Int {
	sum := l.others.sum()
	l.stored.addTo(sum)
	pending.addTo(sum)
	return sum
}

// present reports whether this node has begun to write within a time, so that what it reads from the store now is at
// most that old.
func (l *storeCounter) present(now, within time.Duration) bool {
	return (l.writing || l.wrote) && now-l.begunAt <= within
}

// write begins to store what is pending, unless something is being stored, and reports whether it did.
func (l *storeCounter) write(c *actor.Context[message]) bool {
	if l.writing || !l.known || l.pending.empty() {
		return false
	}
	l.writing, l.begunAt, l.sent, l.target = true, c.Elapsed(), l.pending, l.stored.plus(l.pending)
	l.riding, l.waiting = l.waiting, nil
	l.send(c)
	return true
}

func (l *storeCounter) send(c *actor.Context[message]) {
	node.CompareAndSet(c, l.kv, l.key, l.stored, l.target, true, l.options(), func(err error) message { return written{err} })
}

// settle handles the outcome of a write. A compare and set that found something else may have found what its own
// first try had set.
func (l *storeCounter) settle(c *actor.Context[message], err error) {
	switch {
	case err == nil:
		l.commit(c)
	case codeOf(err) == maelstrom.PreconditionFailed:
		l.read(c)
	default:
		c.After(l.config.Retry, timerWrite{})
	}
}

// commit acknowledges what has been stored.
func (l *storeCounter) commit(c *actor.Context[message]) {
	l.stored, l.pending, l.writing = l.target, l.pending.minus(l.sent), false
	l.wrote = true
	for _, m := range l.riding {
		m.Reply(node.None{})
	}
	l.riding = nil
	l.others.resume(c)
	if l.config.Write == Through {
		l.write(c)
	}
}

// codeOf is the protocol's code of an error, -1 for another error or none.
func codeOf(err error) int {
	var coded *node.Error
	if errors.As(err, &coded) {
		return coded.Code
	}
	return -1
}
