package actor

import (
	"math/rand/v2"
	"time"
)

// Actor handles the messages of one mailbox, one at a time, in one goroutine.
// Its state needs no lock because nothing else reaches it.
type Actor[M any] interface {
	// Receive handles one message. It must not block: not on a reply, not on a
	// full mailbox, not on I/O. A panic ends this incarnation of the actor.
	Receive(c *Context[M], m M)
}

// Func lets a function be an [Actor].
type Func[M any] func(c *Context[M], m M)

// Receive calls f.
func (f Func[M]) Receive(c *Context[M], m M) { f(c, m) }

// Idler is implemented by actors with something to do whenever their mailbox
// has run empty, such as a writer that flushes.
type Idler interface{ Idle() }

// Stopper is implemented by actors with something to do at their very end:
// their queue handled, their children ended. Not called before a restart.
type Stopper interface{ Stopped() }

// Constructor makes an actor, at its spawn and again at each restart. It runs
// in the actor's goroutine and may spawn children, set timers and watch.
type Constructor[M any] func(c *Context[M]) Actor[M]

// phase is where an actor is in its life, in order.
type phase uint8

const (
	starting   phase = iota // not constructed yet
	running                 // handles messages
	draining                // told to stop: handles what was queued
	restarting              // failed: waits for its children to end, keeps messages
	ending                  // waits for its children to end, refuses messages
	renewing                // failed, its children gone: to be constructed anew
	finishing               // its children gone: to end
	ended
)

// Context is an actor's own half of itself: all that it sees of time,
// randomness, timers and other actors. It belongs to the actor's goroutine and
// must not leave it.
type Context[M any] struct {
	core
	box       *mailbox[M]
	construct Constructor[M]
	actor     Actor[M]

	agenda   *agenda[M] // nil without deadlines
	watches  map[uint32]func(Ended) M
	kept     *keptBack[M] // nil but during a restart
	random   *rand.Rand
	rejected int   // messages that the mailbox turned away, as far as counted
	queued   int32 // of the messages queued at the stop: how many are still to handle
	idles    bool  // the actor is an Idler
}

// cell is an actor whole: one allocation.
type cell[M any] struct {
	context  Context[M]
	mailbox  mailbox[M]
	identity identity
}

// Self is the actor's own Ref.
func (c *Context[M]) Self() Ref[M] { return Ref[M]{c.box} }

// Path is the actor's name under its system, such as gossip/link/n7.
func (c *Context[M]) Path() string { return c.id.path }

// System is where the actor lives.
func (c *Context[M]) System() *System { return c.id.sys }

// Elapsed is the time since the executor started: monotonic, virtual in a World.
func (c *Context[M]) Elapsed() time.Duration { return c.id.sys.exec.elapsed() }

// Now is the time of day: the wall clock, or a World's.
func (c *Context[M]) Now() time.Time { return c.id.sys.exec.now() }

// Rand is the actor's own source: PCG, seeded by the operating system when
// live; when simulated from the World's seed, the System's name and how many of
// that name there were before, the path, and the incarnation.
func (c *Context[M]) Rand() *rand.Rand {
	if c.random == nil {
		a, b := c.id.sys.exec.seeds(c.id, int(c.restarts))
		c.random = rand.New(rand.NewPCG(a, b))
	}
	return c.random
}

// Restarts is how often the actor has been restarted: 0 in its first incarnation.
func (c *Context[M]) Restarts() int { return int(c.restarts) }

// Stop ends the actor, as [Ref.Stop] does: what is queued is still handled.
func (c *Context[M]) Stop() { c.stopAsked = true }

func (c *Context[M]) owner() *core    { return &c.core }
func (c *Context[M]) system() *System { return c.id.sys }

func (c *Context[M]) record(r Record) {
	r.At, r.Path = c.Elapsed(), c.id.path
	c.id.sys.record(r)
	if c.trail != nil {
		r.Type = cutTypeArguments(r.Type)
		if r.Err != nil {
			r.Text = r.Err.Error()
		}
		c.trail.note(r)
	}
}

// handle gives the actor one message.
func (c *Context[M]) handle(m M) {
	c.received++
	c.actor.Receive(c, m)
}
