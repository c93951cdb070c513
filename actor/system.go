package actor

import (
	"errors"
	"time"
)

// System is a tree of actors with one name, such as a node's: its root, whose
// children are spawned on the System itself, supervises them, and ends the
// System when one of them fails beyond its restart budget.
type System struct {
	name     string
	life     int // systems of this name before it, in a World
	exec     Executor
	observer Observer
	tracing  *Tracing // nil without a trace
	root     *core
	done     chan struct{}
	err      error // read after done is closed
}

// Executor runs actors: [Live] with a goroutine each, or a [World], one step at
// a time in virtual time.
type Executor interface {
	elapsed() time.Duration
	now() time.Time
	began() time.Time
	enter(name string) (life int)
	seeds(of *identity, incarnation int) (uint64, uint64)
	launch(runner)
	roomAtFirst(capacity int) int // of a mailbox's queue
	newWaker() waker
	await(answers <-chan *signal, within time.Duration) *signal
	awaitEnd(done <-chan struct{})
	census(inbox) census
	adopt(root, child *core) error
}

// runner is an actor as an executor sees it.
type runner interface {
	run()
	simulate(*World)
}

// SystemOption changes how a system is made.
type SystemOption func(*System)

// WithObserver has o see what happens to the system's actors, off the message path: nothing is
// recorded for a message that is delivered and handled. In a live system Record is called from many goroutines, and must
// not block for long.
func WithObserver(o Observer) SystemOption { return func(s *System) { s.observer = o } }

// NewSystem starts a system with no actors but its root.
func NewSystem(name string, on Executor, opts ...SystemOption) *System {
	s := &System{name: name, life: on.enter(name), exec: on, done: make(chan struct{})}
	for _, opt := range opts {
		opt(s)
	}
	root := newCell(s, nil, "", func(*Context[struct{}]) Actor[struct{}] {
		return Func[struct{}](func(*Context[struct{}], struct{}) {})
	}, []Option{Restarts(0, 0), Capacity(rootCapacity), StopWithin(time.Hour)})
	s.root = &root.context.core
	on.launch(&root.context)
	return s
}

const rootCapacity = 16

// Name is the system's.
func (s *System) Name() string { return s.name }

// Executor is what the system runs on.
func (s *System) Executor() Executor { return s.exec }

// Elapsed is the time since the executor started: monotonic, virtual in a World.
func (s *System) Elapsed() time.Duration { return s.exec.elapsed() }

// Began is the time of day at which the executor started: what has happened at
// an Elapsed has happened that long after it.
func (s *System) Began() time.Time { return s.exec.began() }

// Life is how many systems of this name there were before it in its [World]; 0
// when live.
func (s *System) Life() int { return s.life }

func (s *System) owner() *core    { return nil }
func (s *System) system() *System { return s }

func (s *System) record(r Record) {
	if s.observer == nil {
		return
	}
	r.At, r.System = s.exec.elapsed(), s.name
	s.observer.Record(&r)
}

func (s *System) rootEnded(cause error) {
	s.err = cause
	close(s.done)
}

// Done is closed when every actor has ended, or was given up.
func (s *System) Done() <-chan struct{} { return s.done }

// Err is why the system ended: nil after an ordinary stop or before the end.
func (s *System) Err() error {
	select {
	case <-s.done:
		return s.err
	default:
		return nil
	}
}

// Stop ends every actor and returns when they have ended, or after within, with
// a [*HungError] that names those still busy. A system that had failed returns
// why.
func (s *System) Stop(within time.Duration) error {
	s.BeginStop(within)
	s.exec.awaitEnd(s.done)
	return s.err
}

// BeginStop orders what [System.Stop] does and does not wait for it: [System.Done]
// is closed at the end. Within 0 the System ends at once and leaves behind the
// actors that are not idle.
func (s *System) BeginStop(within time.Duration) {
	s.root.inbox.deliver(&signal{kind: signalStop, payload: stopWithin(s.exec.elapsed(), within)})
}

// Spawn starts an actor under s and returns the way to reach it: messages may
// be sent at once, they wait for its start. The name must be free under s and
// not empty, and may group children in the path with a slash (link/n7); anything
// else is a mistake in the program, and panics. Under an actor or a system that is ending, nothing starts, and the
// Ref answers [Stopped].
func Spawn[M any](s Scope, name string, construct Constructor[M], opts ...Option) Ref[M] {
	sys, parent := s.system(), s.owner()
	outside := parent == nil
	c := newCell(sys, parent, name, construct, opts)
	var err error
	if outside {
		c.context.parent = sys.root
		err = sys.exec.adopt(sys.root, &c.context.core)
	} else {
		err = parent.adopt(&c.context.core)
	}
	switch {
	case errors.Is(err, ErrStopped):
		c.mailbox.die()
	case err != nil:
		panic(err)
	default:
		sys.exec.launch(&c.context)
	}
	return Ref[M]{&c.mailbox}
}

func newCell[M any](sys *System, parent *core, name string, construct Constructor[M], opts []Option) *cell[M] {
	path := name
	if parent != nil && parent.id.path != "" {
		path = parent.id.path + "/" + name
	}
	o := defaults()
	for _, opt := range opts {
		opt(&o)
	}
	c := &cell[M]{identity: identity{sys: sys, path: path}}
	c.mailbox = newMailbox[M](&c.identity, o.capacity, o.overflow)
	ctx := &c.context
	ctx.id, ctx.inbox, ctx.parent, ctx.budget = &c.identity, &c.mailbox, parent, o.budget
	ctx.nameBytes = int32(len(name))
	ctx.box, ctx.construct = &c.mailbox, construct
	ctx.trail = trailOf[M](sys, path)
	return c
}

// adoption asks the root to take in an actor spawned from outside.
type adoption struct {
	child *core
	done  chan<- error
}
