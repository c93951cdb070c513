package actor

import "time"

// event is something that happens at a virtual time, once, unless it is
// cancelled before.
type event struct {
	at     time.Duration
	seq    uint64
	run    func()
	wakeup *wakeup // what may cancel it; nil for an event that nobody can
}

// wakeup is an event that can be cancelled, as whoever asked for it holds it.
type wakeup struct{ cancelled bool }

// events is what is to come in a World, by time, then order of asking: a binary
// heap of values, since nothing in a World is done more often.
type events struct {
	heap []event
	seq  uint64
}

func (a *event) before(b *event) bool { return a.at < b.at || a.at == b.at && a.seq < b.seq }

func (e *events) push(ev event) {
	e.seq++
	ev.seq = e.seq
	e.heap = append(e.heap, ev)
	hole := len(e.heap) - 1
	for hole > 0 {
		parent := (hole - 1) / 2
		if !ev.before(&e.heap[parent]) {
			break
		}
		e.heap[hole] = e.heap[parent]
		hole = parent
	}
	e.heap[hole] = ev
}

// pop takes the next event out; there may be none.
func (e *events) pop() (next event, ok bool) {
	e.skipCancelled()
	if len(e.heap) == 0 {
		return event{}, false
	}
	next = e.heap[0]
	e.removeFirst()
	return next, true
}

// due reports whether there is an event at or before t.
func (e *events) due(t time.Duration) bool {
	e.skipCancelled()
	return len(e.heap) > 0 && e.heap[0].at <= t
}

func (e *events) skipCancelled() {
	for len(e.heap) > 0 && e.heap[0].wakeup != nil && e.heap[0].wakeup.cancelled {
		e.removeFirst()
	}
}

func (e *events) removeFirst() {
	last := len(e.heap) - 1
	ev := e.heap[last]
	e.heap[last] = event{} // what it refers to can be collected
	e.heap = e.heap[:last]
	if last == 0 {
		return
	}
	hole := 0
	for {
		child := 2*hole + 1
		if child >= last {
			break
		}
		if child+1 < last && e.heap[child+1].before(&e.heap[child]) {
			child++
		}
		if !e.heap[child].before(&ev) {
			break
		}
		e.heap[hole] = e.heap[child]
		hole = child
	}
	e.heap[hole] = ev
}
