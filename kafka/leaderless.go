package kafka

import (
	"math"
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// leaderless is the strategy in which every node keeps every log and gives out
// offsets of its own: node i of n those congruent to i modulo n, above its
// Lamport clock, so that a send needs no message. The clock is the highest
// offset that the node has given out or heard of, over all keys.
//
// Each node tells each other its own entries in order and, behind them, a
// promise: its clock, at or below which it will give out no offset any more (a
// closed timestamp, as in CockroachDB's follower reads; here the clock is the
// log's own offset). A poll shows entries up to the smallest promise: below it
// every entry of every node is here, so no reader ever skips one. One promise
// covers all keys, so an idle key advances with the busy ones; and once every
// node has promised the highest offset there is, there is nothing to say.
//
// A node that starts may have lost its memory, and with it the promises that it
// gave. So before its first offset it asks the others for their clocks, which
// are above everything they ever heard of it, and it is told everything again
// by everybody (restore.go).
type leaderless struct {
	memory
	now     int64 // the Lamport clock
	place   int64 // of this node
	stride  int64 // nodes
	mirrors []*mirror

	dirty   []string // keys whose committed offset the peers are to be told
	isDirty map[string]bool

	given    int64  // messages of clients that were given an offset
	held     []held // for acknowledgement by all, in order
	holding  bool   // a look at them is to come
	ready    bool   // offsets may be given out
	greeting bool   // the others were asked for their clocks
	early    []sendRequest
}

// mirror is what this node knows of a peer and the peer of this node.
type mirror struct {
	*peer
	promise  int64     // of the peer
	promised int64     // to the peer
	met      bool      // the peer has told its clock
	transfer *transfer // of everything, to a peer that has lost its memory; nil without one
}

// held is a send that every node is to have before it is acknowledged.
type held struct {
	request sendRequest
	offset  int64
	mark    int64
	due     time.Duration
}

// The strategy's own alarms.
type (
	greeted    struct{} // the others had time enough to tell their clocks
	heldLonger struct{} // the first of the held is due
)

// greetFor is how long a node waits for the clocks of all others before it
// gives out offsets without having heard them all. It is less than a client waits.
const greetFor = 2 * time.Second

func newLeaderless(b *broker) *leaderless {
	l := &leaderless{
		memory: newMemory(b), isDirty: make(map[string]bool), ready: len(b.peers) == 0,
		place: int64(slices.Index(b.node.IDs(), b.node.ID())), stride: int64(len(b.node.IDs())),
	}
	for _, p := range b.peers {
		l.mirrors = append(l.mirrors, &mirror{peer: p})
	}
	return l
}

func (l *leaderless) send(c *actor.Context[message], r sendRequest) {
	if !l.ready {
		l.early = append(l.early, r)
		l.greet(c)
		return
	}
	l.now = follow(l.now, l.place, l.stride)
	l.given++
	all := l.config.Acks == AcksAll && len(l.mirrors) > 0
	l.tell(c, l.topicOf(r.Body.Key), place{sendRequest: r, offset: l.now, bound: l.bound(), silently: all})
	if all {
		l.hold(c, r)
	}
	l.publish(c, nil, saying{Type: sayEntry, Key: r.Body.Key, Offset: l.now, Value: r.Body.Msg})
}

// follow is the first offset above a clock that belongs to a place.
func follow(clock, place, stride int64) int64 {
	return clock + 1 + ((place-clock-1)%stride+stride)%stride
}

// publish tells every peer but one something, when the window is over. It is
// encoded once.
func (l *leaderless) publish(c *actor.Context[message], except *peer, s saying) {
	if len(l.mirrors) == 0 {
		return
	}
	data := s.encode()
	for _, m := range l.mirrors {
		if m.peer != except {
			m.stream.push(data, l.given)
		}
	}
	l.armBy(c, c.Elapsed())
}

// bound is the smallest promise: every entry at or below it is here.
func (l *leaderless) bound() int64 {
	bound := l.now
	for _, m := range l.mirrors {
		bound = min(bound, m.promise)
	}
	return bound
}

func (l *leaderless) poll(c *actor.Context[message], r pollRequest) {
	l.greet(c)
	l.pollLogs(c, r.Body.Offsets, l.bound(), l.config.share(len(r.Body.Offsets)), r.answerPoll)
}

func (l *leaderless) commit(c *actor.Context[message], r commitRequest) {
	l.greet(c)
	for _, key := range l.advanceAll(r.Body.Offsets) {
		l.soil(c, key)
	}
	r.Reply(node.None{})
}

// soil has the peers told of a key's committed offset when the window is over.
func (l *leaderless) soil(c *actor.Context[message], key string) {
	if len(l.mirrors) > 0 && !l.isDirty[key] {
		l.isDirty[key] = true
		l.dirty = append(l.dirty, key)
		l.armBy(c, c.Elapsed())
	}
}

func (l *leaderless) list(c *actor.Context[message], r listRequest) {
	l.greet(c)
	r.ReplyWith(keyedField{"offsets", offsetPairs(l.listed(r.Body.Keys))})
}

func (l *leaderless) hear(c *actor.Context[message], from *peer, s *saying) {
	switch s.Type {
	case sayEntry:
		l.now = max(l.now, s.Offset)
		l.tell(c, l.topicOf(s.Key), insert{offset: s.Offset, bound: l.bound(), value: s.Value})
		if s.Offset%l.stride == l.place {
			l.publish(c, from, *s) // of an earlier life: it may not have come to all
		}
	case sayCommit:
		l.advance(s.Key, s.Offset)
	case sayPromise:
		l.now = max(l.now, s.Offset)
		m := l.mirrorOf(from)
		m.promise = max(m.promise, s.Offset)
	}
}

func (l *leaderless) mirrorOf(p *peer) *mirror {
	return l.mirrors[slices.IndexFunc(l.mirrors, func(m *mirror) bool { return m.peer == p })]
}

// closing puts behind the window's entries what they allow to be said: the
// committed offsets that grew, and the promise.
func (l *leaderless) closing(*actor.Context[message]) {
	for _, key := range l.dirty {
		data := saying{Type: sayCommit, Key: key, Offset: l.committed[key]}.encode()
		for _, m := range l.mirrors {
			m.stream.push(data, l.given)
		}
		delete(l.isDirty, key)
	}
	l.dirty = l.dirty[:0]
	for _, m := range l.mirrors {
		if l.now > m.promised && m.transfer == nil {
			m.stream.push(saying{Type: sayPromise, Offset: l.now}.encode(), l.given)
			m.promised = l.now
		}
	}
}

func (l *leaderless) clock() int64 { return l.now }

// met takes in what a message of a peer says beside its items.
func (l *leaderless) met(c *actor.Context[message], from *peer, p *parcel, forgot bool) {
	l.greet(c)
	m := l.mirrorOf(from)
	l.now = max(l.now, p.Clock)
	if !m.met {
		m.met = true
		if !slices.ContainsFunc(l.mirrors, func(m *mirror) bool { return !m.met }) {
			l.begin(c)
		}
	}
	if forgot {
		l.restore(c, m)
	}
	l.settleHeld()
	l.promiseSoon(c)
}

// promiseSoon has a window end if there is something to promise in it.
func (l *leaderless) promiseSoon(c *actor.Context[message]) {
	for _, m := range l.mirrors {
		if l.now > m.promised && m.transfer == nil {
			l.armBy(c, c.Elapsed())
			return
		}
	}
}

// greet asks the others for their clocks, once. It is called when somebody was
// heard: before that the others may not be there yet.
func (l *leaderless) greet(c *actor.Context[message]) {
	if l.ready || l.greeting {
		return
	}
	l.greeting = true
	for _, m := range l.mirrors {
		m.stream.hails = !m.met
	}
	l.armBy(c, c.Elapsed())
	c.After(greetFor, greeted{})
}

// begin gives out offsets from now on.
func (l *leaderless) begin(c *actor.Context[message]) {
	if l.ready {
		return
	}
	l.ready = true
	early := l.early
	l.early = nil
	for _, r := range early {
		l.send(c, r)
	}
}

// hold keeps a send until every node has its entry.
func (l *leaderless) hold(c *actor.Context[message], r sendRequest) {
	l.held = append(l.held, held{r, l.now, l.given, c.Elapsed() + answerWithin})
	l.watchHeld(c)
}

// settleHeld acknowledges the sends whose entries every peer has acknowledged.
func (l *leaderless) settleHeld() {
	reached := int64(math.MaxInt64)
	for _, m := range l.mirrors {
		reached = min(reached, m.stream.reached)
	}
	n := 0
	for n < len(l.held) && l.held[n].mark <= reached {
		l.held[n].request.ReplyWith(offsetField(l.held[n].offset))
		n++
	}
	l.held = l.held[n:]
}

// expireHeld answers the sends whose client would give up: the entry has its
// place, but who has it is not known.
func (l *leaderless) expireHeld(c *actor.Context[message]) {
	n := 0
	for n < len(l.held) && l.held[n].due <= c.Elapsed() {
		l.held[n].request.Fail(actor.ErrTimeout)
		n++
	}
	l.held, l.holding = l.held[n:], false
	l.watchHeld(c)
}

// watchHeld makes sure of a look at the held when the first of them is due.
func (l *leaderless) watchHeld(c *actor.Context[message]) {
	if len(l.held) > 0 && !l.holding {
		l.holding = true
		c.After(l.held[0].due-c.Elapsed(), heldLonger{})
	}
}
