package actor

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"time"
)

// World is the executor of virtual time: one goroutine, the one that calls
// Step or Run, steps every actor of every system in it. Which actor with a
// message waiting goes next is drawn from the seed; handling takes no virtual
// time; when no actor has a message, time jumps to the next event. So the same
// seed gives the same run, and another seed another interleaving.
//
// A World and everything in it belong to one goroutine.
type World struct {
	seed     uint64
	random   *rand.Rand
	source   *rand.PCG // of random
	epoch    time.Time
	clock    time.Duration
	events   events
	ready    []simulated
	paused   int            // machines that stand still
	lives    map[string]int // systems so far of each name
	observer Observer       // of all systems; nil for none
}

// simulated is an actor in a World with something to do.
type simulated interface {
	// advance does one thing and reports whether there is more to do.
	advance() bool
	census() census
	home() Executor
}

// worldEpoch is the time of day at which every World begins.
var worldEpoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// worldStream tells the world's own chance from that of its actors.
const worldStream = 0x9e3779b97f4a7c15

// NewWorld makes an empty world at virtual time 0.
func NewWorld(seed uint64) *World {
	source := rand.NewPCG(seed, worldStream)
	return &World{
		seed: seed, source: source, random: rand.New(source),
		epoch: worldEpoch, lives: make(map[string]int),
	}
}

// Trace writes a line for each thing that happens, until w is nil again: the
// virtual time in ns, the system, the actor's path, the event, the message's
// type, and its text where it is a fmt.Stringer.
func (w *World) Trace(to io.Writer) {
	if w.observer = nil; to != nil {
		w.observer = &lines{to: to}
	}
}

// Elapsed is the virtual time since the world began.
func (w *World) Elapsed() time.Duration { return w.clock }

// Now is the virtual time of day.
func (w *World) Now() time.Time { return w.now() }

// Rand is the world's own source. What is drawn from it, such as a latency,
// replays with the seed.
func (w *World) Rand() *rand.Rand { return w.random }

// Reseed has the world's own chance begin again from another seed. What actors draw stays.
func (w *World) Reseed(seed uint64) { w.source.Seed(seed, worldStream) }

// At runs f at virtual time t (at once if t has passed), outside any actor.
// Events of one time run in the order in which they were asked for.
func (w *World) At(t time.Duration, f func()) { w.events.push(event{at: max(t, w.clock), run: f}) }

// Next is when the next thing will happen; ok is false if nothing will.
func (w *World) Next() (at time.Duration, ok bool) {
	if len(w.ready) > 0 {
		return w.clock, true
	}
	w.events.skipCancelled()
	if len(w.events.heap) == 0 {
		return 0, false
	}
	return w.events.heap[0].at, true
}

// Step does the next thing: one actor's one message or, where none has any, one
// event. It reports whether there was anything to do.
func (w *World) Step() bool {
	if len(w.ready) > 0 {
		w.stepActor()
		return true
	}
	next, any := w.events.pop()
	if !any {
		return false
	}
	w.clock = next.at
	next.run()
	return true
}

func (w *World) stepActor() {
	i, last := w.random.IntN(len(w.ready)), len(w.ready)-1
	actor := w.ready[i]
	w.ready[i] = w.ready[last]
	w.ready[last] = nil
	w.ready = w.ready[:last]
	if w.paused > 0 && w.holds(actor) {
		return
	}
	if actor.advance() {
		w.ready = append(w.ready, actor)
	}
}

// Run runs the world for d of virtual time.
func (w *World) Run(d time.Duration) {
	until := w.clock + d
	for len(w.ready) > 0 || w.events.due(until) {
		w.Step()
	}
	w.clock = until
}

// RunWhile runs the world as long as cond holds and there is anything to do.
func (w *World) RunWhile(cond func() bool) {
	for cond() && w.Step() {
	}
}

func (w *World) elapsed() time.Duration { return w.clock }
func (w *World) now() time.Time         { return w.epoch.Add(w.clock) }
func (w *World) began() time.Time       { return w.epoch }
func (w *World) launch(r runner)        { r.simulate(w) }
func (w *World) newWaker() waker        { return &simWaker{world: w} }

// roomAtFirst is little: most actors of many nodes never have more than a few messages waiting.
func (w *World) roomAtFirst(capacity int) int { return min(capacity, 2) }

// enter counts the systems of a name: a node that is killed and started again
// must not draw again what its former life drew.
func (w *World) enter(name string) int {
	w.lives[name]++
	return w.lives[name] - 1
}

func (w *World) seeds(of *identity, incarnation int) (uint64, uint64) {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s\x00%d\x00%s\x00%d", of.sys.name, of.sys.life, of.path, incarnation)
	return w.seed, h.Sum64()
}

func (w *World) await(answers <-chan *signal, within time.Duration) *signal {
	var got *signal
	timedOut := false
	w.At(w.clock+within, func() { timedOut = true })
	w.RunWhile(func() bool {
		select {
		case got = <-answers:
		default:
		}
		return got == nil && !timedOut
	})
	return got
}

func (w *World) awaitEnd(done <-chan struct{}) {
	w.RunWhile(func() bool {
		select {
		case <-done:
			return false
		default:
			return true
		}
	})
}

func (w *World) adopt(root, child *core) error { return root.adopt(child) }

func (w *World) census(of inbox) census { return of.(simInbox).cell().census() }

// simWaker wakes an actor by an event.
type simWaker struct {
	world *World
	next  *wakeup
}

func (s *simWaker) wake(to inbox, at time.Duration) {
	s.cancel()
	s.next = &wakeup{}
	s.world.events.push(event{at: max(at, s.world.clock), run: func() { to.deliver(signalOfWake) }, wakeup: s.next})
}

func (s *simWaker) cancel() {
	if s.next != nil {
		s.next.cancelled = true
	}
}
