package actor

import (
	"container/heap"
	"time"
)

// events is what is to come in a World, by time, then order of asking.
type events struct {
	heap eventHeap
	seq  uint64
}

func (e *events) push(ev *event) {
	e.seq++
	ev.seq = e.seq
	heap.Push(&e.heap, ev)
}

// pop takes the next event out, nil when there is none.
func (e *events) pop() *event {
	e.skipCancelled()
	if len(e.heap) == 0 {
		return nil
	}
	return heap.Pop(&e.heap).(*event)
}

// due reports whether there is an event at or before t.
func (e *events) due(t time.Duration) bool {
	e.skipCancelled()
	return len(e.heap) > 0 && e.heap[0].at <= t
}

func (e *events) skipCancelled() {
	for len(e.heap) > 0 && e.heap[0].cancelled {
		heap.Pop(&e.heap)
	}
}

type eventHeap []*event

func (h eventHeap) Len() int { return len(h) }
func (h eventHeap) Less(i, j int) bool {
	return h[i].at < h[j].at || h[i].at == h[j].at && h[i].seq < h[j].seq
}
func (h eventHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *eventHeap) Push(x any)   { *h = append(*h, x.(*event)) }
func (h *eventHeap) Pop() any {
	old := *h
	last := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	return last
}
