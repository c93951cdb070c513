package kafka

import (
	"hash/fnv"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
	"eddy/internal/link"
)

// The broker's messages, beside clients' requests, peers' and those about topics.
type (
	message interface{}

	// timerFlush: it may be time to send something to a peer.
	timerFlush struct{}
	// timerPending: a request has waited too long for its parts.
	timerPending struct{ id int64 }
)

// broker is the actor that clients and peers talk to. It owns the conversations
// with the peers and knows the logs' actors; what it does with a request is its
// strategy's.
type broker struct {
	config   Config
	node     *node.Node
	name     string // of this incarnation of the node
	strategy strategy
	journal  *journal.Journal[message] // nil: in memory only

	topics  map[string]*topic
	order   []*topic // as they came
	rounds  int64    // of looking for idle logs
	looking bool     // the next is to come

	peers  []*peer // in the order of the ids
	byID   map[string]*peer
	window *link.Window[message]

	lastID  int64 // of the last pending request; begins at random, so that no reply to an earlier incarnation fits
	pending map[int64]*pending
}

// strategy is what a broker does with what it is told.
type strategy interface {
	// newLog makes an empty log, newActor the actor that is to hold it.
	newLog(key string) any
	newActor(key string, log any) actor.Actor[logMessage]
	// afterPanic is the log that an actor begins with whose last incarnation panicked while it had this one.
	afterPanic(log any) any

	send(c *actor.Context[message], r sendRequest)
	poll(c *actor.Context[message], r pollRequest)
	commit(c *actor.Context[message], r commitRequest)
	list(c *actor.Context[message], r listRequest)

	// hear takes in an item of a peer.
	hear(c *actor.Context[message], from *peer, s *item)
	// met is told after each message of a peer's present incarnation, before its items.
	met(c *actor.Context[message], from *peer, h heard)
	// closing is told before a window's messages go out; clock is what they say.
	closing(c *actor.Context[message])
	clock() int64
}

// peer is another node.
type peer struct {
	id   string
	link *link.Link
}

func newBroker(c *actor.Context[message], n *node.Node, config Config, j *journal.Journal[message], saved []item) actor.Actor[message] {
	b := &broker{
		config: config, node: n, journal: j, topics: make(map[string]*topic), byID: make(map[string]*peer),
		pending: make(map[int64]*pending), lastID: 1 + c.Rand().Int64N(link.IncarnationMax),
	}
	incarnation := 1 + c.Rand().Int64N(link.IncarnationMax)
	b.name = incarnationName(n.ID(), incarnation)
	b.window = link.NewWindow[message](config.Window, timerFlush{})
	for _, id := range n.IDs() {
		if id == n.ID() {
			continue
		}
		p := &peer{id: id, link: link.New(incarnation, link.Config{
			Retry: config.Retry, RetryMax: 2 * config.Retry, AckDelay: 2 * config.Window, Bytes: batchBytes, QueueMax: queueMax,
		})}
		b.peers = append(b.peers, p)
		b.byID[id] = p
		b.window.Add(id, p.link)
	}
	switch config.Strategy {
	case Local:
		b.strategy = &local{newMemory(b)}
	case Owner:
		b.strategy = newOwner(b)
	case Leaderless:
		b.strategy = newLeaderless(b)
	case CAS, Fallback:
		b.strategy = &stored{broker: b, incarnation: b.name}
	}
	if j != nil {
		b.strategy.(interface {
			recall(c *actor.Context[message], saved []item)
		}).recall(c, saved)
	}
	return b
}

// queueMax bounds the items kept for a peer that does not answer. One that missed more gets everything again when it
// replies, from the logs: restore.go.
const queueMax = 1 << 16

// heard is what a peer says in a message beside its items.
type heard struct {
	clock int64 // its Lamport clock
	known bool  // it knew this node's incarnation
	lost  bool  // what it was told before is not all there: it must be told everything again
}

func (b *broker) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case sendRequest:
		b.strategy.send(c, m)
	case pollRequest:
		if err := m.Body.fault(); err != nil {
			m.Fail(err)
			return
		}
		b.strategy.poll(c, m)
	case commitRequest:
		if err := m.Body.fault(); err != nil {
			m.Fail(err)
			return
		}
		b.strategy.commit(c, m)
	case listRequest:
		b.strategy.list(c, m)
	case peerRequest:
		b.hear(c, m)
	case part:
		m.of.arrive(m.index, m.pair, m.err)
	case report:
		m.then(c)
	case journal.Written:
		b.journal.Written(c, m)
	case timerGreeted:
		b.strategy.(interface{ begin() }).begin()
	case timerHeld:
		b.strategy.(*leaderless).expireHeld(c)
	case timerFlush:
		b.flush(c)
	case timerPending:
		if q := b.pending[m.id]; q != nil {
			q.expire(c)
		}
	case timerIdle:
		b.parkIdle(c)
	case handedBack:
		b.handedBack(c, m)
	case logEnded:
		b.logEnded(c, m.topic)
	}
}

// report is a reply with what to do about it.
type report struct{ then func(*actor.Context[message]) }

// hear takes in a peer's message.
func (b *broker) hear(c *actor.Context[message], m peerRequest) {
	p := b.byID[m.From]
	if p == nil {
		m.Fail(node.Errorf(maelstrom.NotSupported, "a %s message is for nodes, and %s is no other node of this cluster", peerType, m.From))
		return
	}
	h := link.Hear(c, p.link, p.id, &m.Body)
	if h.Present {
		b.strategy.met(c, p, heard{clock: m.Body.Note, known: h.Known, lost: h.Lost})
	}
	for _, raw := range h.Items {
		var s item
		if err := shapeOfItem.Unmarshal(raw, &s); err != nil {
			b.node.Log().Error(unreadable(p.id, raw, err))
			continue
		}
		b.strategy.hear(c, p, &s)
	}
	b.window.Arm(c)
}

// flush sends every peer what is due.
func (b *broker) flush(c *actor.Context[message]) {
	b.strategy.closing(c)
	b.window.Flush(c, func(to string, o link.Outgoing) {
		o.Note = b.strategy.clock()
		b.node.Send(to, peerType, o)
	})
}

// push sends a peer an item, in a message that goes at the end of the window.
func (b *broker) push(c *actor.Context[message], p *peer, s item) {
	p.link.Push(s.encode(), 0)
	b.window.Soon(c)
}

// ownerOf is the node that a key belongs to, nil for this one: of all nodes the
// one whose id and the key hash highest (rendezvous hashing: Thaler and
// Ravishankar, 1996). All nodes agree without a message.
func (b *broker) ownerOf(key string) *peer {
	var best *peer
	highest := weight(b.node.ID(), key)
	for _, p := range b.peers {
		if w := weight(p.id, key); w > highest || w == highest && p.id < b.idOf(best) {
			best, highest = p, w
		}
	}
	return best
}

func (b *broker) idOf(p *peer) string {
	if p == nil {
		return b.node.ID()
	}
	return p.id
}

func weight(id, key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(id))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write([]byte(key))
	// FNV's high bits hardly move with the last byte; this mixes them (MurmurHash3's finalizer).
	w := h.Sum64()
	w = (w ^ w>>33) * 0xff51afd7ed558ccd
	w = (w ^ w>>33) * 0xc4ceb9fe1a85ec53
	return w ^ w>>33
}

func unreadable(from string, raw wire.Raw, err error) string {
	return "an item of " + from + " cannot be read: " + err.Error() + ": " + string(raw[:min(len(raw), 200)])
}
