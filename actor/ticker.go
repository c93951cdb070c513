package actor

import "time"

// Pace is the message of a ticker: tick every so often from now on. A Pace of 0
// pauses it.
type Pace struct {
	Every time.Duration

	tick bool // the ticker's own timer
}

// SpawnTicker starts an actor that sends m to every one of the given Refs, in
// their order, once each period: first after one period, then at multiples of
// it from its start, whatever the handling takes. Beats that fall behind are
// skipped, not made up for. A receiver whose mailbox is full misses that beat.
func SpawnTicker[T any](s Scope, name string, every time.Duration, m T, to ...Ref[T]) Ref[Pace] {
	return Spawn(s, name, func(c *Context[Pace]) Actor[Pace] {
		t := &ticker[T]{message: m, to: to}
		t.pace(c, every)
		return t
	}, Capacity(4))
}

type ticker[T any] struct {
	every   time.Duration
	due     time.Duration
	timer   Timer
	message T
	to      []Ref[T]
}

func (t *ticker[T]) Receive(c *Context[Pace], p Pace) {
	if !p.tick {
		t.pace(c, p.Every)
		return
	}
	for _, to := range t.to {
		to.SendBy(c, t.message)
	}
	behind := (c.Elapsed() - t.due) / t.every
	t.due += (behind + 1) * t.every
	t.timer = c.After(t.due-c.Elapsed(), Pace{tick: true})
}

func (t *ticker[T]) pace(c *Context[Pace], every time.Duration) {
	t.timer.Cancel()
	t.every = every
	if every > 0 {
		t.due = c.Elapsed() + every
		t.timer = c.After(every, Pace{tick: true})
	}
}
