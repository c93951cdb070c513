package gossip

import (
	"time"

	"eddy/actor"
	half "eddy/internal/link"
)

// each has every message with values acknowledged by a message of its own, and
// sends it again until it is: after Retry, then after twice that, up to
// RetryMax. It survives loss, duplication, reordering and partitions; not a
// neighbour that loses its memory after it has acknowledged.
type each struct {
	*link
	queue []entry
	last  int64 // id given out
	open  map[int64]*parcel
}

// parcel is a message under way.
type parcel struct {
	values []entry
	wait   time.Duration
	retry  actor.Timer
}

func newEach(c *actor.Context[linkMessage], l *link) *each {
	// An acknowledgement to an earlier incarnation must not fit a parcel of this one.
	return &each{link: l, last: c.Rand().Int64N(half.IncarnationMax), open: make(map[int64]*parcel)}
}

func (a *each) add(entries []entry, _ bool) { a.queue = append(a.queue, entries...) }
func (a *each) pending() bool               { return len(a.queue) > 0 }

func (a *each) send(c *actor.Context[linkMessage]) {
	for len(a.queue) > 0 {
		n := a.chunk(a.queue)
		p := &parcel{values: a.queue[:n:n], wait: a.Retry}
		a.queue = a.queue[n:]
		a.last++
		a.open[a.last] = p
		a.dispatch(c, a.last, p)
	}
}

func (a *each) dispatch(c *actor.Context[linkMessage], id int64, p *parcel) {
	a.say(outgoing{id: id, values: p.values})
	if a.Bug == SkipRetries {
		return
	}
	p.retry = c.After(jitter(c, p.wait), timer{kind: timerRetry, id: id})
	p.wait = min(2*p.wait, a.RetryMax)
}

func (*each) greet(*actor.Context[linkMessage]) {}

func (a *each) hear(_ *actor.Context[linkMessage], h heard) {
	if h.body.ID != 0 {
		a.say(outgoing{acked: h.body.ID})
	}
	if p := a.open[h.body.Acked]; p != nil {
		p.retry.Cancel()
		delete(a.open, h.body.Acked)
	}
}

func (a *each) wake(c *actor.Context[linkMessage], m timer) {
	if p := a.open[m.id]; p != nil {
		c.Trace(actor.EventRetry, actor.Fact{About: actor.FactSent, Peer: a.peer, Last: m.id})
		a.dispatch(c, m.id, p)
	}
}

// unacknowledged sends everything once. It survives duplication and
// reordering; what is lost or cut off is lost.
type unacknowledged struct {
	*link
	queue []entry
}

func (a *unacknowledged) add(entries []entry, _ bool) { a.queue = append(a.queue, entries...) }
func (a *unacknowledged) pending() bool               { return len(a.queue) > 0 }

func (a *unacknowledged) send(*actor.Context[linkMessage]) {
	for len(a.queue) > 0 {
		n := a.chunk(a.queue)
		a.say(outgoing{values: a.queue[:n]})
		a.queue = a.queue[n:]
	}
}

func (*unacknowledged) greet(*actor.Context[linkMessage])       {}
func (*unacknowledged) hear(*actor.Context[linkMessage], heard) {}
func (*unacknowledged) wake(*actor.Context[linkMessage], timer) {}
