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
	c.idler, _ = c.actor.(Idler)
	kept := c.kept
	c.kept, c.hung = nil, nil
	for i := range kept {
		c.takeKept(kept, i)
	}
}

// takeKept handles a message that waited for the restart. Should it panic, the
// ones behind it wait for the next.
func (c *Context[M]) takeKept(kept []envelope[M], i int) {
	defer func() {
		if value := recover(); value != nil {
			c.panicked(value, &kept[i])
		}
	}()
	c.dispatch(&kept[i])
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
		c.deepest = max(c.deepest, burst+1)
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
		if c.stopAsked || c.idler != nil {
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
	if c.idler != nil && (c.phase == running || c.phase == draining) && len(c.box.queue) == 0 {
		c.idle()
	}
}

func (c *Context[M]) idle() {
	defer func() {
		if value := recover(); value != nil {
			c.fail(c.recordPanic(value))
		}
	}()
	c.idler.Idle()
}

// dispatch handles one envelope, whatever it holds and whatever the phase.
func (c *Context[M]) dispatch(env *envelope[M]) {
	wasDraining := c.phase == draining
	switch {
	case env.sig != nil && env.sig.kind != signalAsk:
		c.obey(env.sig)
	case c.phase == running:
		c.handle(env.msg)
	case c.phase == draining && c.Elapsed() < c.stopBy:
		c.handle(env.msg)
	case c.phase == restarting:
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
	case signalAnswer:
		if c.phase == running || c.phase == draining {
			sig.payload.(*pendingRequest).exchange.settled(nil)
		}
	case signalRefusal:
		if c.phase == running || c.phase == draining {
			r := sig.payload.(*refusal)
			r.request.exchange.settled(r.err)
		}
	case signalWake:
		c.armed = false
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
		c.watchers = append(c.watchers, sig.payload.(*watch))
	case signalStats:
		sig.payload.(chan<- census) <- c.census()
	case signalAdopt:
		a := sig.payload.(adoption)
		a.done <- c.adopt(a.child)
	}
}

// keep holds a message over a restart, as many as the mailbox could.
func (c *Context[M]) keep(env *envelope[M]) {
	if len(c.kept) >= c.options.capacity {
		c.box.countRefused()
		refuse(env, ErrFull)
		return
	}
	c.kept = append(c.kept, *env)
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
	if env.sig == nil || env.sig.kind == signalAsk {
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
		c.cause = cause
		c.endChildren(ending)
		return
	}
	c.stopFor = c.options.stopWithin
	c.stopBy = c.Elapsed() + c.stopFor
	if c.allowRestart(c.Elapsed()) {
		c.restarts++
		c.record(Event{Kind: EventRestart, Err: cause, Count: c.restarts})
		c.endChildren(restarting)
		return
	}
	c.cause = cause
	if c.options.restartsMax > 0 {
		c.cause = &BudgetError{Path: c.id.path, Restarts: c.options.restartsMax, Window: c.options.restartWindow, Cause: cause}
	}
	c.fatal = c.options.onExhausted == escalate
	c.record(Event{Kind: EventEscalate, Err: c.cause})
	c.endChildren(ending)
}

// beginStop starts the end on a parent's order, somebody's or the actor's own
// wish (order is nil). A second one only makes it sooner.
func (c *Context[M]) beginStop(order *stopOrder) {
	by := c.Elapsed() + c.options.stopWithin
	if order != nil {
		by = min(by, order.by)
	}
	switch c.phase {
	case running:
		c.stopBy, c.stopFor = by, by-c.Elapsed()
		c.phase = draining
		if c.queued = len(c.box.queue); c.queued == 0 {
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
	for _, d := range c.deadlines.heap {
		if asked, ok := d.owner.(exchanger); ok {
			asked.abandon()
		}
	}
	c.deadlines.clear()
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
	if len(c.children) > 0 {
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
	c.hung = append(c.hung, child.hung...)
	if child.fatal && (c.phase == running || c.phase == draining) {
		c.fail(child.cause)
	}
	c.checkStop()
}

func (c *Context[M]) refuseKept() {
	for i := range c.kept {
		c.box.refuseDead(&c.kept[i])
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
	if c.waker != nil {
		c.waker.cancel()
	}
	c.phase = ended
	if len(c.hung) > 0 && c.cause == nil {
		c.cause = &HungError{Paths: c.hung, Within: c.stopFor}
	}
	c.record(Event{Kind: EventStop, Err: c.cause})
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
		c.id.sys.rootEnded(c.cause)
		return
	}
	c.endedSig = signal{kind: signalEnded, payload: &c.core}
	c.parent.inbox.deliver(&c.endedSig)
	for _, w := range c.watchers {
		w.target = &c.core
		w.tell(Ended{Path: c.id.path, Err: c.cause})
	}
}

// lastWords runs the stop hook. A panic in it is recorded and ends nothing
// more than what is ending anyway.
func (c *Context[M]) lastWords(s Stopper) {
	defer func() {
		if value := recover(); value != nil {
			err := c.recordPanic(value)
			if c.cause == nil {
				c.cause = fmt.Errorf("while stopping: %w", err)
			}
		}
	}()
	s.Stopped()
}
