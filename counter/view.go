package counter

import (
	"math/big"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
)

// shardBody is the reply to a request for a node's shard.
type shardBody struct {
	Shard shard `json:"shard" wire:"required"`
}

const shardType = "counter_shard"

type shardRequest = node.Request[node.None, shardBody]

type (
	// presented: a value never written before has been stored, or not.
	presented struct {
		gathering int
		err       error
	}
	// gathered: a node's shard, as the store or the node itself has it.
	gathered struct {
		gathering, place int
		actor.Answer[shard]
	}
)

// view is what a storeCounter knows of the other nodes' shards. It learns more by gatherings, one at a time. A
// gathering begins after the reads that it serves came in, or at most a MaxAge before.
//
// seq-kv may answer a read from the past. So before a gathering from the store this node makes a write that changes
// something, which brings its view up to the present (Maelstrom's doc/services.md): its own shard, if there is
// something to write or a write was recent enough, or else a value never written before.
type view struct {
	counter *storeCounter
	peers   []string
	shards  []shard         // as last known, in the order of peers
	silent  []time.Duration // FromOwners: until when a peer that did not answer is not asked again

	begun   time.Duration // the last gathering that ended
	any     bool          // there was one
	readers []reader      // waiting, in the order in which they came

	gathering int // number of the one under way or the last
	active    bool
	startedAt time.Duration
	rides     bool // waits for the storeCounter's own write to bring it up to the present
	left      int  // replies still to come
	failed    error
}

// reader is a read that waits for a gathering.
type reader struct {
	readRequest
	came time.Duration
}

func newView(c *actor.Context[message], l *storeCounter) *view {
	v := &view{counter: l}
	for _, id := range l.node.IDs() {
		if id != l.node.ID() {
			v.peers = append(v.peers, id)
		}
	}
	v.shards, v.silent = make([]shard, len(v.peers)), make([]time.Duration, len(v.peers))
	return v
}

// sum adds up the other shards as last known.
func (v *view) sum() *big.Int {
	sum := new(big.Int)
	for _, s := range v.shards {
		s.addTo(sum)
	}
	return sum
}

// read answers from what is known, if that is young enough, or when more is.
func (v *view) read(c *actor.Context[message], m readRequest) {
	now := c.Elapsed()
	switch {
	case len(v.peers) == 0 || v.any && v.counter.config.MaxAge > 0 && now-v.begun <= v.counter.config.MaxAge:
		v.answer(m)
	case len(v.readers) >= v.counter.config.WaitingMax:
		m.Fail(actor.ErrFull)
	default:
		v.readers = append(v.readers, reader{m, now})
		v.gather(c)
	}
}

func (v *view) answer(m readRequest) {
	shown := shard{}
	if v.counter.config.Write == Behind {
		shown = v.counter.pending
	}
	show(m, v.counter.total(shown))
}

// gather begins a gathering, unless one is under way.
func (v *view) gather(c *actor.Context[message]) {
	if v.active {
		return
	}
	now := c.Elapsed()
	v.active, v.startedAt, v.failed, v.left = true, now, nil, len(v.peers)
	v.gathering++
	number, l := v.gathering, v.counter
	switch {
	case l.config.Read == FromOwners:
		v.askOwners(c)
	case l.config.MaxAge > 0 && l.present(now, l.config.MaxAge):
		v.startedAt = l.begunAt
		if v.rides = l.writing; !v.rides {
			v.readStore(c)
		}
	case l.write(c):
		v.rides = true
	default:
		node.Freshen(c, l.kv, l.options(), func(err error) message { return presented{number, err} })
	}
}

// resume continues a gathering that has waited for the storeCounter's write.
func (v *view) resume(c *actor.Context[message]) {
	if v.rides {
		v.rides = false
		v.readStore(c)
	}
}

func (v *view) receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case presented:
		switch {
		case m.gathering != v.gathering || !v.active:
		case m.err != nil:
			v.failed = m.err
			v.end(c)
		default:
			v.readStore(c)
		}
	case gathered:
		if m.gathering == v.gathering && v.active {
			v.take(c, m)
		}
	}
}

func (v *view) readStore(c *actor.Context[message]) {
	number := v.gathering
	for place, peer := range v.peers {
		node.Read(c, v.counter.kv, keyOf(peer), v.counter.options(), func(a actor.Answer[shard]) message {
			if codeOf(a.Err) == maelstrom.KeyDoesNotExist {
				a = actor.Answer[shard]{} // nothing was added there
			}
			return gathered{number, place, a}
		})
	}
}

// askOwners asks the nodes themselves. One that does not reply in time counts as last known and is not asked for a
// while, so that a partition does not keep this node from replying.
func (v *view) askOwners(c *actor.Context[message]) {
	number, config := v.gathering, v.counter.config
	for place, peer := range v.peers {
		if c.Elapsed() < v.silent[place] {
			v.left--
			continue
		}
		call := node.Call{Dest: peer, Type: shardType, Within: config.Patience, Retry: node.Retry{First: config.Retry, Factor: 2, Jitter: 0.2}}
		node.RPC(c, v.counter.node, call, func(a actor.Answer[shardBody]) message {
			return gathered{number, place, actor.Answer[shard]{Value: a.Value.Shard, Err: a.Err}}
		})
	}
	if v.left == 0 {
		v.end(c)
	}
}

// silences is for how many times the patience a node that did not reply is not asked.
const silences = 3

// take notes one shard. It is at least as new as what is known, since it was asked for after that had come; it can
// be smaller where a node was killed before it had written behind.
func (v *view) take(c *actor.Context[message], m gathered) {
	switch {
	case m.Err == nil:
		v.shards[m.place] = m.Value
	case v.counter.config.Read == FromOwners:
		v.silent[m.place] = c.Elapsed() + silences*v.counter.config.Patience
	default:
		v.failed = m.Err
	}
	if v.left--; v.left == 0 {
		v.end(c)
	}
}

// end replies to the reads for which the gathering is young enough and begins another one for the rest.
func (v *view) end(c *actor.Context[message]) {
	v.active = false
	if v.failed == nil {
		v.begun, v.any = v.startedAt, true
	}
	served := 0
	for served < len(v.readers) && v.readers[served].came <= v.startedAt+v.counter.config.MaxAge {
		if m := v.readers[served].readRequest; v.failed != nil {
			m.Fail(v.failed)
		} else {
			v.answer(m)
		}
		served++
	}
	v.readers = append(v.readers[:0], v.readers[served:]...)
	if len(v.readers) > 0 {
		v.gather(c)
	}
}
