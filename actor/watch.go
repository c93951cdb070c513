package actor

// Ended tells of an actor's end.
type Ended struct {
	Path string
	// Err is nil after an ordinary stop; else why the actor ended: the failure
	// that exhausted its restart budget, [*HungError] when descendants did not
	// end in time, [ErrStopped] when it had ended before it was watched.
	Err error
}

// watch is one watcher's interest in one target.
type watch struct {
	watcher inbox
	number  uint32 // in the watcher's table
	next    *watch // in the target's list of watchers
	ended   Ended
	target  *core // the actor that ended, where it was there to say so
	sig     signal
}

func (w *watch) tell(e Ended) {
	w.ended = e
	w.sig = signal{kind: signalNotice, payload: w}
	w.watcher.deliver(&w.sig)
}

// Watch has the end of target arrive as the message that wrap makes of it, also
// when target has ended already. A restart of target is not an end. A watcher
// that restarts watches nothing any more.
func Watch[M, T any](c *Context[M], target Ref[T], wrap func(Ended) M) {
	if c.watches == nil {
		c.watches = make(map[uint32]func(Ended) M)
	}
	c.nextWatch++
	w := &watch{watcher: c.box, number: c.nextWatch}
	c.watches[w.number] = wrap
	if target.box == nil {
		w.tell(Ended{Err: ErrStopped})
		return
	}
	target.box.deliver(&signal{kind: signalWatch, payload: w})
}

func (c *Context[M]) noticed(w *watch) {
	if w.target != nil && w.target.parent == &c.core {
		c.childEnded(w.target) // when its own signal waits outside a full mailbox
	}
	wrap, ok := c.watches[w.number]
	if !ok {
		return // watched by an earlier incarnation
	}
	delete(c.watches, w.number)
	if c.phase == running || c.phase == draining {
		c.handle(wrap(w.ended))
	}
}
