package actor

import "time"

// Timer is a message that an actor has coming to itself.
type Timer struct {
	due    *deadline
	cancel func()
}

// Cancel takes the message back and reports whether it was still to come. Once
// Cancel has returned, the message is not delivered. It is called by the actor
// that made the timer.
func (t Timer) Cancel() bool {
	if t.due == nil || t.due.index == 0 {
		return false
	}
	t.cancel()
	return true
}

// timer is the entry behind a Timer.
type timer[M any] struct {
	due   deadline
	owner *Context[M]
	msg   M
	cause Source // what was being handled when it was set, in a trace
}

func (t *timer[M]) expire() { t.owner.handleDue(t.msg, EventTick, t.cause) }
func (*timer[M]) abandon()  {}

// After has m handled by this actor itself, once, when d has passed. Timers do
// not outlive a restart or a stop of the actor.
func (c *Context[M]) After(d time.Duration, m M) Timer {
	t := &timer[M]{owner: c, msg: m, cause: c.trail.inHand()}
	t.due.owner = t
	c.schedule(&t.due, c.Elapsed()+max(d, 0))
	c.arm()
	return Timer{due: &t.due, cancel: func() { c.agenda.deadlines.remove(&t.due) }}
}

// agenda is an actor's deadlines and the one wake-up that it has coming.
type agenda[M any] struct {
	deadlines deadlines
	tickets   *ticket[M] // closed ones, for use again
	waker     waker
	wakeAt    time.Duration
	armed     bool
}

func (c *Context[M]) planned() *agenda[M] {
	if c.agenda == nil {
		c.agenda = &agenda[M]{waker: c.id.sys.exec.newWaker()}
	}
	return c.agenda
}

func (c *Context[M]) schedule(d *deadline, at time.Duration) { c.planned().deadlines.push(d, at) }

// arm makes sure of a wake-up at the earliest deadline. A wake-up that was
// asked for earlier is left as it is: it comes, finds nothing due, and arms
// again. So a stream of answered requests sets one timer, not one each.
func (c *Context[M]) arm() {
	at, wanted := c.nextWake()
	if !wanted {
		return
	}
	a := c.planned()
	if a.armed && a.wakeAt <= at {
		return
	}
	a.armed, a.wakeAt = true, at
	a.waker.wake(c.box, at)
}

// nextWake is when the actor must look at its clock: at its first deadline, or
// when it gives up on its own stop.
func (c *Context[M]) nextWake() (at time.Duration, wanted bool) {
	if c.agenda != nil {
		if first := c.agenda.deadlines.first(); first != nil {
			at, wanted = first.at, true
		}
	}
	waiting := c.phase == draining || (c.phase == ending || c.phase == restarting) && len(c.children()) > 0
	if by := c.givesUpAt(); waiting && (!wanted || by < at) {
		at, wanted = by, true
	}
	return at, wanted
}

// givesUpAt is when a stop looks next who holds it up.
func (c *Context[M]) givesUpAt() time.Duration {
	if c.phase != draining && c.Elapsed() >= c.stopBy {
		return c.stopBy + c.stopGrace
	}
	return c.stopBy
}

// expireDue expires what is due.
func (c *Context[M]) expireDue() {
	for c.phase == running || c.phase == draining {
		first := c.agenda.deadlines.first()
		if first == nil || first.at > c.Elapsed() {
			return
		}
		c.agenda.deadlines.remove(first)
		first.owner.expire()
	}
}

// waker sends the wake-up of one actor: a runtime timer when live, an event in
// a World. Each call replaces the one before.
type waker interface {
	wake(to inbox, at time.Duration)
	cancel()
}

var signalOfWake = &signal{kind: signalWake}
