package actor

import "time"

// Machine is an [Executor] inside a [World]: what the systems on it share and
// those beside it do not, which is a clock that may be wrong and a processor that
// may stand still. A system made on the World itself lives on a machine that
// never fails.
//
// Like its World it belongs to one goroutine, and its methods are called between
// the World's steps: from an event ([World.At]), or by whoever runs the World.
type Machine struct {
	executor
	world  *World
	ahead  time.Duration // of the world's time of day
	paused bool
	held   []simulated // actors whose turn came during the pause
	calls  []func()    // what is to enter when it is over
}

// executor keeps the World's own methods from being methods of a Machine.
type executor = Executor

// NewMachine makes a machine in w whose clock is right.
func (w *World) NewMachine() *Machine { return &Machine{executor: w, world: w} }

// SetClock makes the time of day on the machine differ from the World's: ahead of
// it, or behind it for a negative value. Only Now is concerned; Elapsed and timers
// go by the monotonic clock, which no one sets.
func (m *Machine) SetClock(ahead time.Duration) { m.ahead = ahead }

// Pause stops the machine as SIGSTOP stops a process: no actor on it handles
// anything and no timer fires until [Machine.Resume]. What is sent to them waits.
func (m *Machine) Pause() {
	if !m.paused {
		m.paused = true
		m.world.paused++
	}
}

// Resume ends a pause. The actors have then all that waited for them before
// them, in the order in which it came, and the wake-ups of timers that were due
// meanwhile; what was to [Machine.Enter] enters at once.
func (m *Machine) Resume() {
	if !m.paused {
		return
	}
	m.paused = false
	m.world.paused--
	m.world.ready = append(m.world.ready, m.held...)
	calls := m.calls
	m.held, m.calls = nil, nil
	for _, call := range calls {
		m.Enter(call)
	}
}

// Paused reports whether the machine is paused.
func (m *Machine) Paused() bool { return m.paused }

// Enter runs f now or, during a pause, when it is over: for what comes from
// outside and has to wait, such as a line that a network delivers. Calls keep
// their order.
func (m *Machine) Enter(f func()) {
	if m.paused {
		m.calls = append(m.calls, f)
		return
	}
	f()
}

func (m *Machine) now() time.Time { return m.executor.now().Add(m.ahead) }

// holds keeps an actor whose turn it is if it lives on a paused machine.
func (w *World) holds(actor simulated) bool {
	m, _ := actor.home().(*Machine)
	if m == nil || !m.paused {
		return false
	}
	m.held = append(m.held, actor)
	return true
}

// home is where an actor's system lives.
func (s *simBox[M]) home() Executor { return s.context.id.sys.exec }
