package actor

import (
	"fmt"
	"io"
	"strconv"
)

// simBox is what a mailbox has more in a World: the queue is a channel, too, but
// used from one goroutine and never waited on, so that it can grow: a queue that is
// as long as it may become would be nearly all that a node costs at rest.
type simBox[M any] struct {
	world   *World
	context *Context[M]
	parked  []envelope[M] // signals that found the queue full
	ready   bool          // among the world's ready actors
}

// simInbox leads from an inbox to the actor behind it.
type simInbox interface{ cell() simulated }

func (b *mailbox[M]) cell() simulated { return b.sim }

// simulate puts a new actor into w; its start is its first step.
func (c *Context[M]) simulate(w *World) {
	c.box.sim, c.box.byway = &simBox[M]{world: w, context: c}, true
	c.box.sim.makeReady()
}

func (s *simBox[M]) makeReady() {
	if !s.ready {
		s.ready = true
		s.world.ready = append(s.world.ready, s)
	}
}

func (s *simBox[M]) census() census {
	s.context.addTally()
	out := s.context.census()
	if shows, ok := s.context.actor.(Viewer); ok {
		out.stats.View = shows.View()
	}
	return out
}

// advance starts the actor, or handles one envelope.
func (s *simBox[M]) advance() bool {
	s.next()
	s.ready = len(s.context.box.queue) > 0 && s.context.phase != ended
	return s.ready
}

func (s *simBox[M]) next() {
	c := s.context
	defer c.trail.flush()
	if c.phase == starting {
		s.world.observe(c.id, EventSpawn, "", "")
		c.start()
		c.settle()
		c.turn()
		return
	}
	c.deepest = max(c.deepest, int32(len(c.box.queue)))
	select {
	case env := <-c.box.queue:
		s.unpark()
		s.noteReceive(&env)
		c.step(env)
	default:
	}
}

// put queues an envelope, and reports whether there was room.
func (b *mailbox[M]) put(env envelope[M]) bool {
	if has := cap(b.queue); len(b.queue) == has {
		if has == int(b.capacity) {
			return false
		}
		larger := make(chan envelope[M], min(2*has, int(b.capacity)))
		for range has {
			larger <- <-b.queue
		}
		b.queue = larger
	}
	b.queue <- env
	return true
}

func (s *simBox[M]) unpark() {
	if len(s.parked) == 0 {
		return
	}
	s.context.box.queue <- s.parked[0]
	s.parked = s.parked[1:]
}

// sendSim is send in a World.
func (b *mailbox[M]) sendSim(env envelope[M]) Delivery {
	for {
		if b.ended() {
			b.refuseDead(&env)
			return Stopped
		}
		if b.put(env) {
			b.sim.makeReady()
			return Accepted
		}
		switch b.overflow {
		case Wait: // a sink sends to nobody, so it can be stepped inside its sender's step
			b.sim.next()
		case DropOldest:
			if b.dropOldest() {
				continue
			}
			fallthrough
		case DropNewest:
			b.countRefused()
			b.noteDrop(&env, "the mailbox is full")
			return Dropped
		default:
			b.countRefused()
			b.noteDrop(&env, "the mailbox is full")
			return Rejected
		}
	}
}

// sendWaitSim makes room by stepping the receiver: back-pressure that takes no
// virtual time. The sender is at an edge, in no actor's step.
func (b *mailbox[M]) sendWaitSim(env envelope[M]) Delivery {
	for len(b.queue) == int(b.capacity) && !b.ended() {
		b.sim.next()
	}
	return b.sendSim(env)
}

func (b *mailbox[M]) deliverSim(env envelope[M]) {
	if b.ended() {
		b.refuseDead(&env)
		return
	}
	if !b.put(env) {
		b.sim.parked = append(b.sim.parked, env)
	}
	b.sim.makeReady()
}

// buryParked refuses what waited outside an actor that has ended.
func (s *simBox[M]) buryParked() {
	for i := range s.parked {
		s.context.box.refuseDead(&s.parked[i])
	}
	s.parked = nil
}

var signalNames = [...]string{
	signalAsk: "answer", signalRefusal: "refusal", signalStop: "stop", signalEnded: "child-ended", signalWaiting: "child-waits", signalNotice: "ended",
	signalWatch: "watch", signalWake: "wake", signalStats: "stats", signalAdopt: "adopt",
}

func (s *simBox[M]) noteReceive(env *envelope[M]) {
	switch id := s.context.id; {
	case s.world.observer == nil:
	case env.isMessage(s.context.box):
		text := ""
		if m, ok := any(env.msg).(fmt.Stringer); ok {
			text = m.String()
		}
		s.world.observe(id, EventReceive, typeName[M](), text)
	default:
		s.world.observe(id, EventSignal, signalNames[env.bare().kind], "")
	}
}

func (w *World) observe(id *identity, what EventKind, typ, text string) {
	if w.observer != nil {
		w.observer.Record(&Record{At: w.clock, System: id.sys.name, Kind: what, Path: id.path, Type: typ, Text: text})
	}
}

// lines writes a line for each record.
type lines struct {
	to   io.Writer
	line []byte
}

func (l *lines) Record(r *Record) {
	line := strconv.AppendInt(l.line[:0], int64(r.At), 10)
	for _, field := range [...]string{r.System, r.Path, string(r.Kind), r.Type} {
		line = append(append(line, ' '), field...)
	}
	if r.Text != "" {
		line = append(append(line, ' '), r.Text...)
	}
	l.line = append(line, '\n')
	_, _ = l.to.Write(l.line) // a trace that cannot be written stops no world
}
