package actor

import "runtime/debug"

// recordPanic is called where a panic was recovered, for its stack.
func (c *Context[M]) recordPanic(value any) *PanicError {
	err := &PanicError{Path: c.id.path, Value: value, Stack: debug.Stack()}
	c.record(Record{Kind: EventPanic, Err: err, Type: typeName[M]()})
	return err
}

// panicked: the handler panicked over env.
func (c *Context[M]) panicked(value any, env *envelope[M]) {
	err := c.recordPanic(value)
	if env.isMessage(c.box) {
		refuse(env, err)
	}
	c.trail.end(c.Elapsed(), "panic")
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
	own := stopWithin(c.Elapsed(), c.stopWithin)
	c.stopBegan, c.stopBy, c.stopGrace = c.Elapsed(), own.by, own.grace
	if c.allowRestart(c.Elapsed()) {
		c.restarts++
		c.record(Record{Kind: EventRestart, Err: cause, Count: int(c.restarts)})
		c.endChildren(restarting)
		return
	}
	if c.restartsMax > 0 {
		cause = &BudgetError{Path: c.id.path, Restarts: int(c.restartsMax), Window: c.restartWindow, Cause: cause}
	}
	c.trouble.cause = cause
	c.fatal = c.onExhausted == escalate
	c.record(Record{Kind: EventEscalate, Err: cause})
	c.endChildren(ending)
}
