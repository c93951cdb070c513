package actor

import (
	"math/rand/v2"
	"time"
)

// live runs every actor in a goroutine of its own, on the wall clock.
type live struct{ start time.Time }

// Live is the executor of real time: a goroutine an actor, real channels, the
// wall clock, randomness seeded by the operating system.
func Live() Executor { return &live{start: time.Now()} }

func (l *live) elapsed() time.Duration { return time.Since(l.start) }
func (l *live) now() time.Time         { return time.Now() }
func (l *live) began() time.Time       { return l.start }
func (l *live) launch(r runner)        { go r.run() }
func (l *live) newWaker() waker        { return &liveWaker{live: l} }

func (l *live) roomAtFirst(capacity int) int          { return capacity }
func (l *live) enter(string) int                      { return 0 }
func (l *live) seeds(*identity, int) (uint64, uint64) { return rand.Uint64(), rand.Uint64() }

func (l *live) await(answers <-chan *signal, within time.Duration) *signal {
	timeout := time.NewTimer(within)
	defer timeout.Stop()
	select {
	case sig := <-answers:
		return sig
	case <-timeout.C:
		return nil
	}
}

func (l *live) awaitEnd(done <-chan struct{}) { <-done }

func (l *live) adopt(root, child *core) error {
	done := make(chan error, 1)
	root.inbox.deliver(&signal{kind: signalAdopt, payload: adoption{child: child, done: done}})
	return <-done
}

func (l *live) census(of inbox) census {
	counted := make(chan census, 1)
	of.deliver(&signal{kind: signalStats, payload: (chan<- census)(counted)})
	timeout := time.NewTimer(time.Second)
	defer timeout.Stop()
	select {
	case c := <-counted:
		return c
	case <-timeout.C:
		return census{gone: true}
	}
}

type liveWaker struct {
	live  *live
	timer *time.Timer
}

func (w *liveWaker) wake(to inbox, at time.Duration) {
	d := at - w.live.elapsed()
	if w.timer == nil {
		w.timer = time.AfterFunc(d, func() { to.deliver(signalOfWake) })
		return
	}
	w.timer.Reset(d)
}

func (w *liveWaker) cancel() {
	if w.timer != nil {
		w.timer.Stop()
	}
}
