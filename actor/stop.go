package actor

import "fmt"

// beginStop starts the end on a parent's order, somebody's or the actor's own
// wish (order is nil). A second one only makes it sooner.
func (c *Context[M]) beginStop(order *stopOrder) {
	own := stopWithin(c.Elapsed(), c.stopWithin)
	if order == nil {
		order = &own
	}
	switch c.phase {
	case running:
		c.stopBegan, c.stopBy, c.stopGrace = c.Elapsed(), own.by, own.grace
		c.tighten(*order)
		c.phase = draining
		if c.queued = int32(len(c.box.queue)); c.queued == 0 {
			c.endChildren(ending)
			return
		}
		c.arm()
	case restarting, renewing:
		c.tighten(*order)
		c.phase = ending
		c.refuseKept()
		c.tellWaiting()
		c.arm()
		c.checkStop()
	case draining, ending:
		if c.tighten(*order) && c.phase == ending {
			c.stopChildren(c.Elapsed())
		}
		c.arm()
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
	c.tellWaiting()
	c.arm()
	c.checkStop()
}

// tellWaiting tells the parent that this stop waits for nothing but children.
func (c *Context[M]) tellWaiting() {
	if c.phase == ending && c.parent != nil && len(c.children()) > 0 {
		c.parent.inbox.deliver(&signal{kind: signalWaiting, payload: &c.core})
	}
}

// childWaits is such a signal of a child's.
func (c *Context[M]) childWaits(child *core) {
	if c.family != nil && c.family.byName[child.name()] == child {
		child.waiting = true
	}
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
	if now := c.Elapsed(); now >= c.stopBy {
		c.giveUp(now >= c.stopBy+c.stopGrace)
	}
	if len(c.children()) > 0 {
		return
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
		t.cause = &HungError{Paths: t.hung, Within: c.Elapsed() - c.stopBegan}
	}
	c.record(Record{Kind: EventStop, Err: c.cause()})
	c.box.die()
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
