package gossip

import (
	"eddy/actor"
	half "eddy/internal/link"
)

// cumulative acknowledges by numbers, with package link: what is lost is sent again until it is acknowledged, through
// loss, duplication, reordering and partitions. A neighbour that was restarted with its memory lost is sent
// everything again; one that was restarted on its disk what it had not acknowledged.
//
// Values are learned as they come, not in order: a set has none.
type cumulative struct {
	*link
	half   *half.Link
	window *half.Window[linkMessage]
	queue  []entry // to be sent when the link's pace allows
	pushed int64   // how many went to the link in its present numbering
	back   int64   // up to this number they are given back to a neighbour that lost its memory
	met    bool
	disk   int64 // of the neighbour, 0 for none
}

// tries is more than usual: values that come behind a gap are of use, so new ones go on while others are sent again.
const tries = 3

// queueMax bounds what waits for acknowledgement. The rest stays in queue: it is part of the set, which a node keeps
// anyway.
const queueMax = 1 << 16

func newCumulative(c *actor.Context[linkMessage], l *link) *cumulative {
	a := &cumulative{link: l, half: half.New(1+c.Rand().Int64N(half.IncarnationMax), half.Config{
		Retry: l.Retry, RetryMax: l.RetryMax, Tries: tries, AckDelay: l.AckDelay, Bytes: l.BatchBytes, QueueMax: queueMax, Bug: l.Bug,
	})}
	a.window = half.NewWindow[linkMessage](0, timer{kind: timerLink})
	a.window.Add(l.peer, a.half)
	return a
}

func (a *cumulative) add(entries []entry, forgot bool) {
	a.queue = append(a.queue, entries...)
	if forgot {
		a.back = a.pushed + int64(len(a.queue))
	}
}

func (a *cumulative) pending() bool { return len(a.queue) > 0 }

func (a *cumulative) send(c *actor.Context[linkMessage]) {
	n := min(len(a.queue), queueMax-a.half.Queued())
	for _, e := range a.queue[:n] {
		a.half.Push(e.raw, 0)
	}
	a.queue = a.queue[n:]
	a.pushed += int64(n)
	a.flush(c)
}

func (a *cumulative) flush(c *actor.Context[linkMessage]) {
	a.window.Flush(c, func(peer string, o half.Outgoing) {
		first, _ := o.Numbers()
		o.Note = note(a.link.disk, 0 < first && first <= a.back)
		a.node.Send(peer, gossipType, o)
	})
}

func (a *cumulative) greet(c *actor.Context[linkMessage]) {
	if !a.met {
		a.half.Greet()
		a.window.Soon(c)
	}
}

func (a *cumulative) hear(c *actor.Context[linkMessage], h heard) {
	news := half.Hear(c, a.half, a.peer, &h.linked)
	if !news.Present {
		a.window.Arm(c)
		return
	}
	disk, _ := noted(h.linked.Note)
	if news.Lost {
		a.pushed, a.back = 0, 0
		if disk != 0 && disk == a.disk {
			for _, data := range news.Unacked {
				a.half.Push(data, 0)
			}
			a.pushed = int64(len(news.Unacked))
		} else {
			a.queue = nil
			a.resync(c)
		}
	}
	a.met, a.disk = true, disk
	a.window.Arm(c)
}

func (a *cumulative) wake(c *actor.Context[linkMessage], m timer) { a.flush(c) }

// note is what rides on a message besides: the number of the sender's disk, and whether the values are given back to a
// receiver that lost its memory.
func note(disk int64, back bool) int64 {
	if back {
		return disk<<1 | 1
	}
	return disk << 1
}

func noted(note int64) (disk int64, back bool) { return note >> 1, note&1 != 0 }

// diskMax bounds the numbers of disks, so that notes are exact in every JSON parser.
const diskMax = half.IncarnationMax / 2
