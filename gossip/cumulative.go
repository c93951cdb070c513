package gossip

import (
	"time"

	"eddy/actor"
)

// cumulative numbers the values that go over its link and acknowledges, in
// whatever message goes next, up to where the neighbour's have come without a
// gap; when nothing goes for AckDelay, in a message of its own. What stays
// unacknowledged is sent again from the first on (go-back-N), after Retry, then
// after twice that, up to RetryMax. A gap that stays open for a moment is told
// of, and answered at once: only the loss of the last message waits for Retry.
//
// It survives loss, duplication, reordering and partitions, and a neighbour
// that comes back with its memory lost: that one speaks in a new epoch and is
// sent everything again.
type cumulative struct {
	*link

	epoch int64
	acked int64   // number of the last value that the neighbour has acknowledged
	queue []entry // those behind it
	sent  int     // how many of the queue are under way
	wait  time.Duration
	retry actor.Timer
	hurry int64 // where a gap was answered already

	peerEpoch int64
	upTo      int64 // number of the last value that came without a gap
	owed      bool  // an acknowledgement is to be sent
	ackTimer  actor.Timer
	seen      int64 // number of the last value that came, with a gap before it or not
	gapTimed  bool  // a look at the gap is to come
}

// gapPatience is how long a gap may be the order of arrival, and no loss.
const gapPatience = 100 * time.Millisecond

// epochMax keeps epochs exact in every JSON parser.
const epochMax = 1 << 53

func newCumulative(c *actor.Context[linkMessage], l *link) *cumulative {
	a := &cumulative{link: l}
	a.begin(c)
	return a
}

// begin starts a new epoch, in which nothing has been sent.
func (a *cumulative) begin(c *actor.Context[linkMessage]) {
	a.epoch = 1 + c.Rand().Int64N(epochMax-1)
	a.acked, a.queue, a.sent, a.wait, a.hurry = 0, nil, 0, a.Retry, -1
	a.retry.Cancel()
}

func (a *cumulative) add(entries []entry) { a.queue = append(a.queue, entries...) }
func (a *cumulative) pending() bool       { return a.sent < len(a.queue) }

func (a *cumulative) send(c *actor.Context[linkMessage]) {
	first := a.sent
	for a.pending() {
		n := a.chunk(a.queue[a.sent:])
		a.sayWith(outgoing{first: a.acked + int64(a.sent) + 1, values: a.queue[a.sent : a.sent+n]})
		a.sent += n
	}
	if first == 0 && a.sent > 0 {
		a.expectAck(c)
	}
}

// sayWith sends a message, and the acknowledgement with it.
func (a *cumulative) sayWith(o outgoing) {
	o.epoch, o.ackEpoch, o.ack = a.epoch, a.peerEpoch, a.upTo
	a.owed = false
	a.ackTimer.Cancel()
	a.say(o)
}

func (a *cumulative) expectAck(c *actor.Context[linkMessage]) {
	a.retry.Cancel()
	a.retry = c.After(jitter(c, a.wait), alarm{kind: alarmRetry})
}

func (a *cumulative) hear(c *actor.Context[linkMessage], h heard) {
	if h.body.Epoch != a.peerEpoch {
		a.meet(c, h.body.Epoch)
	}
	if h.count > 0 {
		if h.body.First <= a.upTo+1 {
			a.upTo = max(a.upTo, h.body.First+h.count-1)
		}
		a.seen = max(a.seen, h.body.First+h.count-1)
		a.owe(c)
		a.watchGap(c)
	}
	if h.body.AckEpoch == a.epoch {
		a.acknowledged(c, h.body.Ack)
		if h.body.Gap != 0 && h.body.Ack == a.acked && a.hurry != a.acked {
			a.hurry = a.acked // once: the second time it may be the answer that was lost
			a.again(c)
		}
	}
}

// watchGap has another look, soon, at a gap in what came.
func (a *cumulative) watchGap(c *actor.Context[linkMessage]) {
	if a.seen > a.upTo && !a.gapTimed {
		a.gapTimed = true
		c.After(gapPatience, alarm{kind: alarmGap})
	}
}

// meet: the neighbour speaks in an epoch not heard before. If there was
// another one before, it has lost its memory, and needs everything again.
func (a *cumulative) meet(c *actor.Context[linkMessage], epoch int64) {
	if a.peerEpoch != 0 {
		a.begin(c)
		a.store.Send(resync{a.index})
	}
	a.peerEpoch, a.upTo, a.seen = epoch, 0, 0
}

func (a *cumulative) owe(c *actor.Context[linkMessage]) {
	if !a.owed {
		a.owed = true
		a.ackTimer = c.After(a.AckDelay, alarm{kind: alarmAck})
	}
}

// acknowledged: the neighbour has everything up to this number.
func (a *cumulative) acknowledged(c *actor.Context[linkMessage], upTo int64) {
	n := int(upTo - a.acked)
	if n <= 0 || n > a.sent {
		return // nothing new, or nothing that was ever sent
	}
	a.queue, a.sent, a.acked, a.wait = a.queue[n:], a.sent-n, upTo, a.Retry
	a.retry.Cancel()
	if a.sent > 0 {
		a.expectAck(c)
	}
}

func (a *cumulative) wake(c *actor.Context[linkMessage], m alarm) {
	switch m.kind {
	case alarmAck:
		if a.owed {
			a.sayWith(outgoing{})
		}
	case alarmGap:
		a.gapTimed = false
		if a.seen > a.upTo {
			a.sayWith(outgoing{gap: 1})
		}
	case alarmRetry:
		a.wait = min(2*a.wait, a.RetryMax)
		a.again(c)
	}
}

// again sends everything that is not acknowledged, from the first on.
func (a *cumulative) again(c *actor.Context[linkMessage]) {
	if a.SkipRetries {
		return
	}
	a.sent = 0
	a.send(c)
}
