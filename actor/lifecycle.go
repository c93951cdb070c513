package actor

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
	c.trail.flush()
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
	c.record(Record{Kind: EventSpawn})
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
	queue, mayLose, traced := c.box.queue, c.box.overflow == DropOldest, c.trail != nil
	for c.phase <= ending {
		if traced {
			env = c.nextTraced()
		} else {
			env = <-queue
		}
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

// nextTraced hands on what was recorded before the actor waits.
func (c *Context[M]) nextTraced() envelope[M] {
	select {
	case env := <-c.box.queue:
		return env
	default:
		c.trail.flush()
		return <-c.box.queue
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
	if env.sig != nil && env.sig.kind == signalTraced {
		c.handleTagged(env)
		return
	}
	c.dispatchBare(env)
}

// dispatchBare is dispatch without regard to a trace.
func (c *Context[M]) dispatchBare(env *envelope[M]) {
	wasDraining := c.phase == draining
	switch {
	case !env.isMessage(c.box):
		c.obey(env.bare())
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
			c.answered(sig)
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
	case signalWaiting:
		c.childWaits(sig.payload.(*core))
	case signalNotice:
		c.noticed(sig.payload.(*watch))
	case signalWatch:
		w := sig.payload.(*watch)
		w.next, c.watchers = c.watchers, w
	case signalStats:
		if len(c.box.tally) > 0 {
			c.addTally() // not inside census: idle actors keep the stack that they began with
		}
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
	if len(c.kept.envelopes) >= int(c.box.capacity) {
		c.box.countRefused()
		refuse(env, ErrFull)
		return
	}
	c.kept.envelopes = append(c.kept.envelopes, *env)
}
