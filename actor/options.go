package actor

import "time"

// options are an actor's, with the defaults below.
type options struct {
	capacity int
	overflow Overflow
	budget
}

// budget is what an actor's supervisor allows it.
type budget struct {
	restartWindow time.Duration
	stopWithin    time.Duration
	restartsMax   int32
	onExhausted   exhaustion
}

type exhaustion uint8

const (
	escalate exhaustion = iota // the parent fails in its turn
	endAlone                   // the actor ends, its parent goes on
)

// Defaults of an actor.
const (
	DefaultCapacity      = 64 // messages; beyond 256 there is little to gain
	DefaultRestarts      = 3
	DefaultRestartWindow = 10 * time.Second
	DefaultStopWithin    = 5 * time.Second
)

func defaults() options {
	return options{
		capacity: DefaultCapacity,
		budget: budget{
			restartsMax:   DefaultRestarts,
			restartWindow: DefaultRestartWindow,
			stopWithin:    DefaultStopWithin,
		},
	}
}

// Option changes how an actor is spawned.
type Option func(*options)

// Capacity sets how many messages the mailbox holds, at least 1.
func Capacity(messages int) Option {
	return func(o *options) { o.capacity = max(messages, 1) }
}

// WhenFull sets what a full mailbox does with one message more.
func WhenFull(policy Overflow) Option {
	return func(o *options) { o.overflow = policy }
}

// Restarts sets the restart budget: an actor that panics is made anew by its
// constructor, its mailbox kept, up to limit times within a window. One panic
// more and the failure escalates: the actor ends and its parent fails in its
// turn, up to the root, which stops the system. Restarts(0, 0) escalates the
// first panic.
func Restarts(limit int, within time.Duration) Option {
	return func(o *options) { o.restartsMax, o.restartWindow = int32(limit), within }
}

// EndsAlone makes an exhausted restart budget end this actor and no other;
// those who watch it are told.
func EndsAlone() Option {
	return func(o *options) { o.onExhausted = endAlone }
}

// StopWithin bounds a stop of the actor: handling what is queued and ending its
// children. A parent's own bound is kept too.
func StopWithin(d time.Duration) Option {
	return func(o *options) { o.stopWithin = d }
}
