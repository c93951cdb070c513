package node

import (
	"bytes"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"eddy/actor"
)

// Simulated is a node in a World: the same way in, the same actors and the same
// way out as in [Run], with a World in place of goroutines and pipes. Lines are
// what passes between it and its network, as bytes.
//
// Any number of nodes may live in one World; what carries their lines is the
// caller's, with [actor.World.At] and [actor.World.Rand] for latency and loss. The
// World's seed then fixes the run, byte for byte. A Simulated belongs to the
// World's goroutine.
type Simulated struct {
	world       *actor.World
	machine     *actor.Machine
	sys, output *actor.System
	in          *ingress
	out         func(Line)
	options     Options
	failed      error
	killed      bool
}

// Simulate starts a node in w that waits for its init. The name is the system's,
// for traces and for the seeds of its actors; it is usually the id that init
// will bring.
//
// Each line of output is handed to out, with its line feed, one at a time and in
// the order in which the node wrote them. out is called inside a step of the
// world: it may call [actor.World.At] and Feed, and keep the line, but must not
// run the world.
//
// Of the Options In and Out do not count. Without a Log nothing is logged;
// with one its time is the World's.
func Simulate(w *actor.World, name string, service Service, out func(Line), o Options) *Simulated {
	s := &Simulated{world: w, machine: w.NewMachine(), out: out}
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	s.options, _ = o.filled()
	log := o.Log.WithOptions(zap.WithClock(worldClock{w}), zap.WrapCore(func(c zapcore.Core) zapcore.Core { return aliveCore{c, s} }))
	recording := actor.WithObserver(recorder{log})
	tracer := newTracer(s.unlessKilled(o.Trace))
	s.sys, s.output = actor.NewSystem(name, s.machine, recording, tracer.option()), actor.NewSystem(name+"/output", s.machine, recording)
	sink := actor.Spawn(s.output, "stdout", func(*actor.Context[Line]) actor.Actor[Line] {
		leaving := tracer.outlet()
		return actor.Func[Line](func(c *actor.Context[Line], l Line) {
			leaving.leave(&l, c.Elapsed)
			leaving.flush()
			s.write(l)
		})
	}, actor.Capacity(writerCapacity), actor.WhenFull(actor.Wait), actor.Restarts(0, 0))
	s.in = newIngress(s.sys, log, sink, service, s.options.Reader, tracer)
	s.in.node.disk = s.options.Disk
	return s
}

// unlessKilled has a killed node record nothing.
func (s *Simulated) unlessKilled(o TraceOptions) TraceOptions {
	if to := o.To; to != nil {
		o.To = func(lines []byte) {
			if !s.killed {
				to(lines)
			}
		}
	}
	return o
}

// Feed hands the node one line, with or without its line feed, as its standard input
// would, at the present virtual time. It happens as an event of the world: Feed
// only asks for it, so that it may be called from anywhere in the world's
// goroutine. Lines arrive in the order in which they were fed. The node keeps
// line, which must not change any more. A node that has ended hears nothing, and
// one that is paused hears it when it goes on.
func (s *Simulated) Feed(line []byte) {
	s.world.At(s.world.Elapsed(), func() { s.machine.Enter(func() { s.read(line) }) })
}

func (s *Simulated) read(line []byte) {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	switch {
	case s.killed || s.Err() != nil:
	case len(line) > s.options.LineMax:
		s.in.refuseLong(&tooLong{begin: line, bytes: len(line), max: s.options.LineMax})
	default:
		if err := s.in.feed(line); err != nil {
			s.failed = err
			s.sys.BeginStop(s.options.DrainFor)
		}
	}
}

func (s *Simulated) write(l Line) {
	if !s.killed {
		s.out(l)
	}
}

// Kill ends the node as SIGKILL ends a process: from now on it hears nothing,
// says nothing and logs nothing, and its state is gone. Under the same name a
// new one may be started at once; its actors draw other random numbers. Killing
// a node that has ended changes nothing. It may be called wherever Feed may.
func (s *Simulated) Kill() {
	if s.killed {
		return
	}
	s.failed, s.killed = s.Err(), true
	s.sys.BeginStop(0)
	s.output.BeginStop(0)
	s.machine.Resume() // SIGKILL ends stopped processes, too
}

// Pause makes the node stand still as SIGSTOP does a process: it handles nothing,
// and its timers come when [Simulated.Resume] lets it go on. What it is fed
// meanwhile waits. It may be called wherever Feed may, and must not be from
// inside a step of the node itself.
func (s *Simulated) Pause() { s.machine.Pause() }

// Resume ends a pause.
func (s *Simulated) Resume() { s.machine.Resume() }

// SetClock sets the node's time of day ahead of the World's, or behind it for a
// negative value. Timers, and what its actors see as Elapsed, do not change.
func (s *Simulated) SetClock(ahead time.Duration) { s.machine.SetClock(ahead) }

// Err is why the node ended by itself, what [Run] would have returned: its
// service refused to start, or an actor failed beyond its restart budget. It is
// nil while the node runs, and stays what it was when the node is killed.
func (s *Simulated) Err() error {
	if s.failed != nil || s.killed {
		return s.failed
	}
	if err := s.sys.Err(); err != nil {
		return err
	}
	return s.output.Err()
}

// Stats are the counters of the node's actors.
func (s *Simulated) Stats() []actor.Stats { return s.sys.Stats() }

// worldClock lets a log tell virtual time.
type worldClock struct{ world *actor.World }

func (c worldClock) Now() time.Time { return c.world.Now() }

// NewTicker is what zap asks of a clock for a log that is written by the clock.
// That would bring real time into a World.
func (worldClock) NewTicker(time.Duration) *time.Ticker {
	panic("node: a log in a World cannot be written by a ticker")
}

// aliveCore keeps a killed node from logging the end of its actors.
type aliveCore struct {
	zapcore.Core
	node *Simulated
}

func (c aliveCore) Enabled(l zapcore.Level) bool { return !c.node.killed && c.Core.Enabled(l) }

func (c aliveCore) With(f []zapcore.Field) zapcore.Core { return aliveCore{c.Core.With(f), c.node} }
