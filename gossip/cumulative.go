package gossip

import (
	"slices"
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
// that comes back with its memory lost: that one speaks in a new life, and is
// sent everything again, under numbers of a new epoch. Lives have no order, so
// those that are over are remembered; the epochs of one life only grow. What
// still comes of a life or an epoch that is over says nothing.
type cumulative struct {
	*link

	life  int64
	epoch int64   // of the numbers below
	acked int64   // number of the last value that the neighbour has acknowledged
	queue []entry // those behind it
	sent  int     // how many of the queue are under way
	back  int64   // up to this number they are given back to a neighbour that forgot
	wait  time.Duration
	retry actor.Timer
	hurry int64 // where a gap was answered already
	told  int64 // number of the last value that was sent at all

	peerLife  int64   // 0 before the first message
	peerDisk  int64   // by its name; 0 for none
	pastLives []int64 // of the neighbour
	peerEpoch int64
	upTo      int64 // number of the last value that came without a gap
	owed      bool  // an acknowledgement is to be sent
	ackTimer  actor.Timer
	seen      int64 // number of the last value that came, with a gap before it or not
	gapTimed  bool  // a look at the gap is to come
	tries     int   // to send again since the last acknowledgement
}

// gapPatience is how long a gap may be the order of arrival, and no loss.
const gapPatience = 100 * time.Millisecond

// numberMax keeps random numbers exact in every JSON parser, with room to count.
const numberMax = 1 << 52

func newCumulative(c *actor.Context[linkMessage], l *link) *cumulative {
	a := &cumulative{link: l, life: 1 + c.Rand().Int64N(numberMax), epoch: c.Rand().Int64N(numberMax)}
	a.begin()
	return a
}

// begin starts a new epoch, in which nothing has been sent.
func (a *cumulative) begin() {
	a.epoch++
	a.acked, a.queue, a.sent, a.back, a.wait, a.hurry, a.told = 0, nil, 0, 0, a.Retry, -1, 0
	a.retry.Cancel()
}

func (a *cumulative) add(entries []entry, forgot bool) {
	a.queue = append(a.queue, entries...)
	if forgot {
		a.back = a.acked + int64(len(a.queue))
	}
}

func (a *cumulative) pending() bool { return a.sent < len(a.queue) }

func (a *cumulative) send(c *actor.Context[linkMessage]) {
	first := a.sent
	for a.pending() {
		n := a.chunk(a.queue[a.sent:])
		o := outgoing{first: a.acked + int64(a.sent) + 1, values: a.queue[a.sent : a.sent+n]}
		if o.first <= a.back {
			o.back = 1
		}
		if o.first > a.told {
			a.told = o.first + int64(n) - 1
			tellSent(c, actor.EventState, a.peer, o.first, a.told)
		}
		a.sayWith(o)
		a.sent += n
	}
	if first == 0 && a.sent > 0 {
		a.expectAck(c)
	}
	if a.Fault == TrustsTheNetwork {
		a.acknowledged(c, a.acked+int64(a.sent))
	}
}

// sayWith sends a message, and the acknowledgement with it.
func (a *cumulative) sayWith(o outgoing) {
	o.life, o.epoch, o.ackEpoch, o.ack, o.disk = a.life, a.epoch, a.peerEpoch, a.upTo, a.disk
	a.owed = false
	a.ackTimer.Cancel()
	a.say(o)
}

func (a *cumulative) expectAck(c *actor.Context[linkMessage]) {
	a.retry.Cancel()
	a.retry = c.After(jitter(c, a.wait), alarm{kind: alarmRetry})
}

// greet says who is there until the neighbour is heard of.
func (a *cumulative) greet(c *actor.Context[linkMessage]) {
	if a.peerLife == 0 {
		a.sayWith(outgoing{})
		c.After(jitter(c, a.Retry), alarm{kind: alarmHello})
	}
}

func (a *cumulative) hear(c *actor.Context[linkMessage], h heard) {
	if met := a.peerLife; !a.current(c, &h.body) {
		return
	} else if met != a.peerLife {
		if met != 0 && a.pending() {
			a.send(c) // to a new life on the same disk
		}
		a.owe(c) // it may be waiting for an answer to its greeting
	}
	if h.count > 0 {
		if h.body.First <= a.upTo+1 || a.Fault == AcksOverGaps {
			if last := h.body.First + h.count - 1; last > a.upTo {
				a.upTo = last
				tellHas(c, a.peer, last)
			}
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

// current reports whether a message belongs to the neighbour's present life and
// epoch, having taken note of a new one. A new life has no memory of what was
// sent to the one before and needs everything again; but one with the same disk has all that was acknowledged.
func (a *cumulative) current(c *actor.Context[linkMessage], b *gossipBody) bool {
	switch {
	case slices.Contains(a.pastLives, b.Life):
		return false
	case b.Life != a.peerLife:
		if a.peerLife != 0 {
			a.pastLives = append(a.pastLives, a.peerLife)
			queue := a.queue
			a.begin()
			if b.Disk != 0 && b.Disk == a.peerDisk {
				a.queue = queue // what it has acknowledged is on its disk
			} else {
				tellForgot(c, a.peer)
				a.resync(c)
			}
		}
		a.peerDisk = b.Disk
		a.peerLife, a.peerEpoch, a.upTo, a.seen = b.Life, b.Epoch, 0, 0
	case b.Epoch < a.peerEpoch:
		return false
	case b.Epoch > a.peerEpoch:
		a.peerEpoch, a.upTo, a.seen = b.Epoch, 0, 0
	}
	return true
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
	a.tries = 0
	tellAcked(c, a.peer, upTo)
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
	case alarmHello:
		a.greet(c)
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
	if !a.mayRetry() {
		return
	}
	a.sent = 0
	if a.Fault == SkipsTheFirst {
		a.sent = min(1, len(a.queue))
		a.expectAck(c)
	}
	tellSent(c, actor.EventRetry, a.peer, a.acked+int64(a.sent)+1, a.acked+int64(len(a.queue)))
	a.send(c)
}
