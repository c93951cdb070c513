package realtime

import (
	"container/heap"
	"time"
)

// loop is the one goroutine that owns a run: it runs the callbacks of the run's clock when they are due,
// and the events that other goroutines send, one at a time.
type loop struct {
	start   time.Time
	events  chan func()
	due     callbacks
	calls   uint64
	stopped bool
}

// eventsMax is how many events may wait for the loop before their senders have to.
const eventsMax = 4096

// turnMax is how many callbacks or events the loop takes before it looks at the others again.
const turnMax = 128

func newLoop() *loop {
	return &loop{start: time.Now(), events: make(chan func(), eventsMax)}
}

// Now is the time since the loop was made.
func (l *loop) Now() time.Duration { return time.Since(l.start) }

// At runs f when the time has come. Only the loop's own goroutine may call it.
func (l *loop) At(t time.Duration, f func()) {
	l.calls++
	heap.Push(&l.due, callback{at: t, order: l.calls, run: f})
}

// stop makes run return after the present callback.
func (l *loop) stop() { l.stopped = true }

// run works until stop is called.
func (l *loop) run() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for !l.stopped {
		l.runDue()
		l.takeEvents()
		if l.stopped {
			return
		}
		timer.Reset(l.untilNext())
		select {
		case event := <-l.events:
			event()
		case <-timer.C:
		}
	}
}

func (l *loop) runDue() {
	for n := 0; n < turnMax && !l.stopped && len(l.due) > 0 && l.due[0].at <= l.Now(); n++ {
		heap.Pop(&l.due).(callback).run()
	}
}

func (l *loop) takeEvents() {
	for n := 0; n < turnMax && !l.stopped; n++ {
		select {
		case event := <-l.events:
			event()
		default:
			return
		}
	}
}

func (l *loop) untilNext() time.Duration {
	if len(l.due) == 0 {
		return time.Hour
	}
	return max(0, l.due[0].at-l.Now())
}

// callback is something to do at a time; of equal times the one asked for first comes first.
type callback struct {
	at    time.Duration
	order uint64
	run   func()
}

type callbacks []callback

func (c callbacks) Len() int { return len(c) }
func (c callbacks) Less(i, j int) bool {
	if c[i].at != c[j].at {
		return c[i].at < c[j].at
	}
	return c[i].order < c[j].order
}
func (c callbacks) Swap(i, j int) { c[i], c[j] = c[j], c[i] }
func (c *callbacks) Push(x any)   { *c = append(*c, x.(callback)) }
func (c *callbacks) Pop() any {
	old := *c
	last := old[len(old)-1]
	old[len(old)-1] = callback{}
	*c = old[:len(old)-1]
	return last
}
