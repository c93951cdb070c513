package actor

import (
	"fmt"
	"runtime/debug"
)

// run is an actor's goroutine in the live executor.
func (c *Context[M]) run() {
	defer func() {
		if c.phase != ended { // a handler called runtime.Goexit
			c.fail(c.recordPanic("runtime.Goexit"))
			go c.resume()
		}
	}()
	c.start()
	c.resume()
}

func (c *Context[M]) resume() {
	for c.phase != ended {
		c.pump()
		c.turn()
	}
}

// turn carries an actor whose children are gone into its next life or to its
// end. It runs at the bottom of the stack, not inside a handler's caller, so
// that a restart that fails again does not nest and a short life needs no more
// than a goroutine's first stack.
func (c *Context[M]) turn() {
	for c.phase == renewing {
		c.incarnate()
	}
	if c.phase == finishing {
		c.finish()
	}
}

// start makes the first incarnation.
func (c *Context[M]) start() {
	c.record(Event{Kind: EventSpawn})
	c.incarnate()
}

// incarnate calls the constructor. A panic in it is a failure like another.
func (c *Context[M]) incarnate() {
	defer func() {
		if value := recover(); value != nil {
			c.fail(c.recordPanic(value))
		}
	}()
	c.phase = running
	c.actor = c.construct(c)
	if c.actor == nil {
		panic("the constructor returned no actor")
	}
	_, c.idles = c.actor.(Idler)
	if c.trouble != nil {
		c.trouble.hung = nil
	}
	if kept := c.kept; kept != nil {
		c.kept = nil
		for i := range kept.envelopes {
			c.takeKept(&kept.envelopes[i])
		}
	}
}

// keptBack are messages that came during a restart.
type keptBack[M any] struct{ envelopes []envelope[M] }

// takeKept handles a message that waited for the restart. Should it panic, the
// ones behind it wait for the next.
func (c *Context[M]) takeKept(env *envelope[M]) {
	defer func() {
		if value := recover(); value != nil {
			c.panicked(value, env)
		}
	}()
	c.dispatch(env)
}

// pump is the loop of the live executor, left by a panic or at the end. A
// burst is drained before the loop looks up.
func (c *Context[M]) pump() {
	var env envelope[M]
	defer func() {
		if value := recover(); value != nil {
			c.panicked(value, &env)
			c.settle()
		}
	}()
	queue, mayLose := c.box.queue, c.box.overflow == DropOldest
	for c.phase <= ending {
		env = <-queue
		burst := len(queue)
		c.deepest = max(c.deepest, int32(burst)+1)
		if mayLose {
			burst = 0 // a sender may take the next away
		}
		for {
			if env.sig == nil && c.phase == running {
				c.received++
				c.actor.Receive(c, env.msg)
			} else {
				c.dispatch(&env)
			}
			if burst == 0 || c.phase > ending {
				break
			}
			burst--
			env = <-queue
		}
		env = envelope[M]{} // an idle actor holds on to no message
		if c.stopAsked || c.idles {
			c.settle()
		}
	}
}

// step handles one envelope in a World.
func (c *Context[M]) step(env envelope[M]) {
	defer func() {
		if value := recover(); value != nil {
			c.panicked(value, &env)
		}
		c.settle()
		c.turn()
	}()
	c.dispatch(&env)
}

// settle is what an actor does when it looks up.
func (c *Context[M]) settle() {
	if c.stopAsked && c.phase == running {
		c.beginStop(nil)
	}
	if c.idles && (c.phase == running || c.phase == draining) && len(c.box.queue) == 0 {
		c.idle()
	}
}

func (c *Context[M]) idle() {
	defer func() {
		if value := recover(); value != nil {
			c.fail(c.recordPanic(value))
		}
	}()
	c.actor.(Idler).Idle()
}

// dispatch handles one envelope, whatever it holds and whatever the phase.
func (c *Context[M]) dispatch(env *envelope[M]) {
	wasDraining := c.phase == draining
	switch {
	case !env.isMessage(c.box):
		c.obey(env.sig)
	case c.phase == running:
		c.handle(env.msg)
	case c.phase == draining && c.Elapsed() < c.stopBy:
		c.handle(env.msg)
	case c.phase == restarting || c.phase == renewing:
		c.keep(env)
	default:
		c.box.refuseDead(env)
	}
	if wasDraining && c.phase == draining {
		c.queued--
		if c.queued <= 0 || len(c.box.queue) == 0 {
			c.endChildren(ending)
		}
	}
}

// obey carries out a signal of the runtime.
func (c *Context[M]) obey(sig *signal) {
	switch sig.kind {
	case signalAsk:
		if c.phase == running || c.phase == draining {
			c.answered(sig.payload.(slipper))
		}
	case signalRefusal:
		if c.phase == running || c.phase == draining {
			r := sig.payload.(*refusal)
			c.refused(r)
		}
	case signalWake:
		c.agenda.armed = false
		if c.phase == running || c.phase == draining {
			c.expireDue()
		}
		c.checkStop()
		if c.phase <= ending {
			c.arm()
		}
	case signalStop:
		if order, bounded := sig.payload.(stopOrder); bounded {
			c.beginStop(&order)
		} else {
			c.beginStop(nil)
		}
	case signalEnded:
		c.childEnded(sig.payload.(*core))
	case signalNotice:
		c.noticed(sig.payload.(*watch))
	case signalWatch:
		w := sig.payload.(*watch)
		w.next, c.watchers = c.watchers, w
	case signalStats:
		sig.payload.(chan<- census) <- c.census()
	case signalAdopt:
		a := sig.payload.(adoption)
		a.done <- c.adopt(a.child)
	}
}

// keep holds a message over a restart, as many as the mailbox could.
func (c *Context[M]) keep(env *envelope[M]) {
	if c.kept == nil {
		c.kept = &keptBack[M]{}
	}
	if len(c.kept.envelopes) >= cap(c.box.queue) {
		c.box.countRefused()
		refuse(env, ErrFull)
		return
	}
	c.kept.envelopes = append(c.kept.envelopes, *env)
}

// recordPanic is called where a panic was recovered, for its stack.
func (c *Context[M]) recordPanic(value any) *PanicError {
	err := &PanicError{Path: c.id.path, Value: value, Stack: debug.Stack()}
	c.record(Event{Kind: EventPanic, Err: err, Message: typeName[M]()})
	return err
}

// panicked: the handler panicked over env.
func (c *Context[M]) panicked(value any, env *envelope[M]) {
	err := c.recordPanic(value)
	if env.isMessage(c.box) {
		refuse(env, err)
	}
	c.fail(err)
}

// fail ends this incarnation: there is a next one if the budget allows.
func (c *Context[M]) fail(cause error) {
	switch c.phase {
	case ending, finishing, ended:
		return // already on the way out
	case draining:
		c.troubled().cause = cause
		c.endChildren(ending)
		return
	}
	c.stopFor = c.stopWithin
	c.stopBy = c.Elapsed() + c.stopFor
	if c.allowRestart(c.Elapsed()) {
		c.restarts++
		c.record(Event{Kind: EventRestart, Err: cause, Count: int(c.restarts)})
		c.endChildren(restarting)
		return
	}
	if c.restartsMax > 0 {
		cause = &BudgetError{Path: c.id.path, Restarts: int(c.restartsMax), Window: c.restartWindow, Cause: cause}
	}
	c.trouble.cause = cause
	c.fatal = c.onExhausted == escalate
	c.record(Event{Kind: EventEscalate, Err: cause})
	c.endChildren(ending)
}

// beginStop starts the end on a parent's order, somebody's or the actor's own
// wish (order is nil). A second one only makes it sooner.
func (c *Context[M]) beginStop(order *stopOrder) {
	by := c.Elapsed() + c.stopWithin
	if order != nil {
		by = min(by, order.by)
	}
	switch c.phase {
	case running:
		c.stopBy, c.stopFor = by, by-c.Elapsed()
		c.phase = draining
		if c.queued = int32(len(c.box.queue)); c.queued == 0 {
			c.endChildren(ending)
			return
		}
		c.arm()
	case restarting, renewing:
		c.stopBy = min(c.stopBy, by)
		c.phase = ending
		c.refuseKept()
		c.arm()
		c.checkStop()
	case draining, ending:
		if by < c.stopBy {
			c.stopBy = by
			c.arm()
		}
	}
}

// endChildren ends this incarnation and, when the children are gone, goes on
// to what comes next: the end or the restart.
func (c *Context[M]) endChildren(next phase) {
	c.phase = next
	if c.agenda != nil {
		for _, d := range c.agenda.deadlines.heap {
			d.owner.abandon()
		}
		c.agenda.deadlines.clear()
	}
	c.asking = 0
	c.watches = nil
	c.stopChildren(c.Elapsed())
	c.arm()
	c.checkStop()
}

// checkStop goes on once the children are gone, or are given up.
func (c *Context[M]) checkStop() {
	if c.phase == draining && c.Elapsed() >= c.stopBy {
		c.endChildren(ending)
		return
	}
	if c.phase != ending && c.phase != restarting {
		return
	}
	if len(c.children()) > 0 {
		if c.Elapsed() < c.stopBy {
			return
		}
		c.giveUp()
	}
	if c.phase == ending {
		c.phase = finishing
	} else {
		c.phase = renewing
	}
}

// childEnded is a child's last signal.
func (c *Context[M]) childEnded(child *core) {
	if !c.disown(child) {
		return // given up earlier
	}
	if t := child.trouble; t != nil && len(t.hung) > 0 {
		c.troubled().hung = append(c.troubled().hung, t.hung...)
	}
	if child.fatal && (c.phase == running || c.phase == draining) {
		c.fail(child.cause())
	}
	c.checkStop()
}

func (c *Context[M]) refuseKept() {
	if c.kept == nil {
		return
	}
	for i := range c.kept.envelopes {
		c.box.refuseDead(&c.kept.envelopes[i])
	}
	c.kept = nil
}

// finish is the end: told to the parent and the watchers, after which the
// mailbox belongs to nobody.
func (c *Context[M]) finish() {
	if stopper, ok := c.actor.(Stopper); ok {
		c.lastWords(stopper)
	}
	c.refuseKept()
	if c.agenda != nil {
		c.agenda.waker.cancel()
	}
	c.phase = ended
	if t := c.trouble; t != nil && len(t.hung) > 0 && t.cause == nil {
		t.cause = &HungError{Paths: t.hung, Within: c.stopFor}
	}
	c.record(Event{Kind: EventStop, Err: c.cause()})
	close(c.box.dead)
	c.box.bury()
	if c.box.sim != nil {
		c.box.sim.buryParked()
	}
	c.tellOfEnd()
}

// tellOfEnd tells the parent first, so that the name is free again when a
// watcher hears of the end.
func (c *Context[M]) tellOfEnd() {
	if c.parent == nil {
		c.id.sys.rootEnded(c.cause())
		return
	}
	c.parent.inbox.deliver(&signal{kind: signalEnded, payload: &c.core})
	for w := c.watchers; w != nil; w = w.next {
		w.target = &c.core
		w.tell(Ended{Path: c.id.path, Err: c.cause()})
	}
}

// lastWords runs the stop hook. A panic in it is recorded and ends nothing
// more than what is ending anyway.
func (c *Context[M]) lastWords(s Stopper) {
	defer func() {
		if value := recover(); value != nil {
			err := c.recordPanic(value)
			if c.cause() == nil {
				c.troubled().cause = fmt.Errorf("while stopping: %w", err)
			}
		}
	}()
	s.Stopped()
}
