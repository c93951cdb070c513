package txn

import (
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// The messages of a link.
type (
	linkMessage interface{}

	// offer: the store has these. It is what the store says again if the mailbox
	// was full, so it carries whatever must not be missed.
	offer struct {
		entries []entry
		state   []byte // in place of entries: all there is, under numbers of a new epoch
		epoch   int64  // that one
		back    bool   // the peer lost its memory
		greet   bool   // say who is there, for this node may have lost its memory
		heard   heard
	}
	// heard: this has come from the peer.
	heard struct {
		life, epoch, upTo int64
		owes, gap         bool
		acked             ack
	}
	// tick: an interval is over.
	tick struct{}
	// alarm is a timer of the link.
	alarm uint8
)

const (
	alarmRetry alarm = iota
	alarmAck
	alarmHello
	alarmResync
	alarmGap
)

// linkConfig is what a link is made of, the same in each of its incarnations.
type linkConfig struct {
	Config
	node  *node.Node
	store actor.Ref[message]
	peer  string
	index int
	life  int64
}

// link is the actor that knows what one peer has got. It numbers the entries that
// it sends. Where the peer tells of a gap, what is missing is sent again at once. A
// peer that has acknowledged nothing for Retry is silent: it is probed with the
// first message that it lacks, and given all the rest when it answers.
type link struct {
	linkConfig
	epoch   int64   // of the numbers below; 0 until the store has said
	acked   int64   // number of the last entry that the peer has acknowledged
	queue   []entry // those behind it
	state   []byte  // in place of the first entry, if that is a whole state
	back    bool    // which is given back
	sent    int     // how many of the queue are under way
	reached int64   // number of the last entry that was ever sent; it may have come though its like is under way again
	silent  bool
	hurry   int64 // where a gap was answered already
	retry   actor.Timer

	gapTimed  bool  // a look at a gap is to come
	from      heard // what has come from the peer
	owed      bool  // an acknowledgement is to be sent
	ackTimer  actor.Timer
	resyncing bool // the whole state was asked for
}

func spawnLink(c *actor.Context[message], config linkConfig) actor.Ref[linkMessage] {
	return actor.Spawn(c, "link/"+config.peer, func(c *actor.Context[linkMessage]) actor.Actor[linkMessage] {
		l := &link{linkConfig: config}
		if c.Restarts() == 0 {
			l.begin(firstEpoch, nil)
		} else {
			l.resync(c) // its queue went with the incarnation before
		}
		return l
	}, actor.Capacity(config.Mailbox))
}

func (l *link) Receive(c *actor.Context[linkMessage], m linkMessage) {
	switch m := m.(type) {
	case offer:
		l.take(c, m)
	case tick:
		if !l.silent {
			l.send(c)
		}
	case alarm:
		l.wake(c, m)
	}
}

// take queues what the store offers, and notes what has come from the peer.
func (l *link) take(c *actor.Context[linkMessage], m offer) {
	if m.state != nil {
		l.begin(m.epoch, m.state)
		l.back = m.back
	}
	l.queue = append(l.queue, m.entries...)
	if len(l.queue) > l.QueueMax && !l.resyncing {
		l.resync(c)
	}
	l.hear(c, m.heard)
	if m.greet {
		l.hello(c)
	}
}

// begin starts a new epoch, in which nothing has been sent: with a whole state as
// its first entry, if there is one.
func (l *link) begin(epoch int64, state []byte) {
	l.epoch, l.acked, l.queue, l.state, l.sent, l.reached = epoch, 0, nil, state, 0, 0
	l.silent, l.hurry, l.resyncing = false, -1, false
	if state != nil {
		l.queue = []entry{nil}
	}
	l.retry.Cancel()
}

// resync asks the store for the whole state, until the store's mailbox takes it.
func (l *link) resync(c *actor.Context[linkMessage]) {
	l.resyncing = true
	if l.store.Send(resync{l.index}) != actor.Accepted {
		c.After(catchUpDelay, alarmResync)
	}
}

// send sends what is pending.
func (l *link) send(c *actor.Context[linkMessage]) {
	first := l.sent
	for l.sent < len(l.queue) && l.epoch > 0 {
		l.sendChunk()
	}
	if first == 0 && l.sent > 0 {
		l.expectAck(c)
	}
}

// sendChunk sends as much of what is pending as goes into one message.
func (l *link) sendChunk() {
	o := outgoing{first: l.acked + int64(l.sent) + 1}
	if l.sent == 0 && l.state != nil {
		o.state = l.state
		if l.back {
			o.back = 1
		}
		l.sent = 1
	} else {
		n := l.chunk(l.queue[l.sent:])
		o.entries = l.queue[l.sent : l.sent+n]
		l.sent += n
	}
	l.reached = max(l.reached, l.acked+int64(l.sent))
	l.say(o)
}

// chunk is how many of the queued entries fit into one message: at least one.
func (l *link) chunk(queue []entry) int {
	if l.Strategy == Writes {
		return 1
	}
	bytes := 0
	for i, e := range queue {
		if bytes += len(e) + 1; bytes > l.BatchBytes && i > 0 {
			return i
		}
	}
	return len(queue)
}

// say sends a message, and the acknowledgement with it.
func (l *link) say(o outgoing) {
	o.life, o.epoch = l.life, l.epoch
	o.ackLife, o.ackEpoch, o.ack = l.from.life, l.from.epoch, l.from.upTo
	l.owed = false
	l.ackTimer.Cancel()
	l.node.Send(l.peer, replicateType, o)
}

// gapPatience is how long a gap may be the order of arrival, and no loss.
const gapPatience = 100 * time.Millisecond

func (l *link) expectAck(c *actor.Context[linkMessage]) {
	l.retry.Cancel()
	l.retry = c.After(jitter(c, l.Retry), alarmRetry)
}

// hello says who is there until the peer is heard of.
func (l *link) hello(c *actor.Context[linkMessage]) {
	if l.from.life == 0 {
		l.say(outgoing{})
		c.After(jitter(c, l.Retry), alarmHello)
	}
}

// hear takes in what has come from the peer.
func (l *link) hear(c *actor.Context[linkMessage], h heard) {
	if h.life == 0 {
		return
	}
	l.from = h
	if h.owes && !l.owed {
		l.owed = true
		l.ackTimer = c.After(l.AckDelay, alarmAck)
	}
	if h.gap && !l.gapTimed {
		l.gapTimed = true
		c.After(gapPatience, alarmGap)
	}
	if h.acked.epoch != l.epoch {
		return
	}
	l.acknowledged(c, h.acked.upTo)
	if h.acked.gap && h.acked.upTo == l.acked && l.hurry != l.acked {
		l.hurry = l.acked // once: the second time it may be the answer that was lost
		l.fill(c)
	}
}

// acknowledged: the peer has everything up to this number.
func (l *link) acknowledged(c *actor.Context[linkMessage], upTo int64) {
	n := int(upTo - l.acked)
	if n <= 0 || upTo > l.reached {
		return // nothing new, or nothing that was ever sent
	}
	l.queue, l.sent, l.acked, l.state = l.queue[n:], max(0, l.sent-n), upTo, nil
	l.retry.Cancel()
	wasSilent := l.silent
	l.silent = false
	switch {
	case wasSilent:
		l.again(c)
	case l.sent > 0:
		l.expectAck(c)
	}
}

func (l *link) wake(c *actor.Context[linkMessage], a alarm) {
	switch a {
	case alarmAck:
		if l.owed {
			l.say(outgoing{})
		}
	case alarmHello:
		l.hello(c)
	case alarmResync:
		l.resync(c)
	case alarmGap:
		l.gapTimed = false
		if l.from.gap {
			l.say(outgoing{gap: 1})
		}
	case alarmRetry:
		l.probe(c)
	}
}

// probe asks a peer that has not acknowledged in time for a sign of life, with the
// first thing that it lacks.
func (l *link) probe(c *actor.Context[linkMessage]) {
	if l.SkipRetries {
		return
	}
	l.tellRetry(c)
	l.silent, l.sent = true, 0
	l.sendChunk()
	l.expectAck(c)
}

// again sends everything that is not acknowledged, from the first on.
func (l *link) again(c *actor.Context[linkMessage]) {
	if l.SkipRetries {
		return
	}
	l.tellRetry(c)
	l.sent = 0
	l.send(c)
}

// tellRetry tells a trace that what is not acknowledged goes again.
func (l *link) tellRetry(c *actor.Context[linkMessage]) {
	c.Trace(actor.EventRetry, actor.Fact{About: actor.FactSent, Peer: l.peer, First: int64(l.acked) + 1, Last: int64(l.acked) + int64(len(l.queue))})
}

// fill sends again the first messages of those under way: what came behind a gap
// waits at the peer.
func (l *link) fill(c *actor.Context[linkMessage]) {
	if l.SkipRetries {
		return
	}
	underWay := l.sent
	l.sent = 0
	for n := 0; n < fillMax && l.sent < underWay; n++ {
		l.sendChunk()
	}
	l.sent = max(l.sent, underWay)
	l.expectAck(c)
}

// fillMax bounds the messages that fill a gap: single writes come in many.
const fillMax = 16

// jitter varies a wait by a tenth, so that nodes that lost something together do
// not repeat it together.
func jitter(c *actor.Context[linkMessage], d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*c.Rand().Float64()))
}
