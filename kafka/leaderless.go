package kafka

import (
	"math"
	"slices"
	"time"

	"eddy/actor"
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
type leaderless struct {
	replica
	place  int64 // of this node
	stride int64 // nodes

	held    []held // for acknowledgement by all, in order
	holding bool   // a look at them is to come
}

// held is a send that every node is to have before it is acknowledged.
type held struct {
	request sendRequest
	offset  int64
	mark    int64
	due     time.Duration
}

// timerHeld: the first of the held is due.
type timerHeld struct{}

func newLeaderless(b *broker) *leaderless {
	l := &leaderless{
		replica: newReplica(b, true), // every node's polls wait for every other's promise
		place:   int64(slices.Index(b.node.IDs(), b.node.ID())), stride: int64(len(b.node.IDs())),
	}
	l.reserves = b.journal != nil
	return l
}

// recall is the replica's, and begins where the clock of earlier incarnations may have come to.
func (l *leaderless) recall(c *actor.Context[message], saved []item) {
	l.replica.recall(c, saved)
	l.now = max(l.now, l.reserved)
	l.ready = l.ready || l.reserved > 0 // no clock of a peer says more than that
}

func (l *leaderless) send(c *actor.Context[message], r sendRequest) {
	if !l.ready {
		l.tooEarly(c, func() { l.send(c, r) })
		return
	}
	l.greet(c)
	l.now = follow(l.now, l.place, l.stride)
	entry := item{Type: itemEntry, Key: r.Body.Key, Offset: l.now, Value: r.Body.Msg}
	l.keep(c, entry, func(err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		l.given++
		all := l.config.Acks == AcksAll && len(l.mirrors) > 0 && l.config.Bug != AckOneForAll
		l.tell(c, l.topicOf(entry.Key), place{sendRequest: r, offset: entry.Offset, bound: l.bound(), silently: all})
		if all {
			l.hold(c, r, entry.Offset)
		}
		l.publish(c, nil, entry)
	})
}

// follow is the first offset above a clock that belongs to a place.
func follow(clock, place, stride int64) int64 {
	return clock + 1 + ((place-clock-1)%stride+stride)%stride
}

// bound is the smallest promise: every entry at or below it is here.
func (l *leaderless) bound() int64 {
	bound := l.complete()
	if l.config.Bug == ClosedTooEarly {
		return bound
	}
	for _, m := range l.mirrors {
		bound = min(bound, m.promise)
	}
	return bound
}

func (l *leaderless) poll(c *actor.Context[message], r pollRequest) { l.pollUpTo(c, r, l.bound()) }

func (l *leaderless) met(c *actor.Context[message], from *peer, h heard) {
	l.meet(c, from, h)
	l.acknowledge()
}

func (l *leaderless) hear(c *actor.Context[message], from *peer, s *item) {
	l.take(c, from, s, l.bound())
	if s.Type == itemEntry && s.Offset%l.stride == l.place {
		l.publish(c, from, *s) // of an earlier incarnation: it may not have come to all
	}
}

// hold keeps a send until every node has its entry.
func (l *leaderless) hold(c *actor.Context[message], r sendRequest, offset int64) {
	l.held = append(l.held, held{r, offset, l.given, c.Elapsed() + answerWithin})
	l.watchHeld(c)
}

// acknowledge acknowledges the sends whose entries every peer has acknowledged.
func (l *leaderless) acknowledge() {
	reached := int64(math.MaxInt64)
	for _, m := range l.mirrors {
		reached = min(reached, m.link.Reached())
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
		c.After(l.held[0].due-c.Elapsed(), timerHeld{})
	}
}
