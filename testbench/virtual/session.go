package virtual

import (
	"errors"
	"fmt"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/checker"
)

// Session is a run that is made step by step, so that it may be looked at between two of them. The run is the one that
// [Run] makes, however it is stepped.
type Session struct {
	config    Config
	world     *actor.World
	nodes     []*host
	conductor *testbench.Conductor
	over      bool
	skews     int

	steps     int
	printed   int64         // bytes of all nodes
	moment    time.Duration // when it was last seen that time passes
	since     int           // steps by then
	invariant string
	broken    error
}

// invariantKind begins the kind of problem that Always finds.
const invariantKind = "invariant "

// attendEvery is how many steps lie between two calls of Attend: some milliseconds of real time.
const attendEvery = 4096

// momentStepsMax is how many steps may happen at one moment of virtual time.
// Handling takes none, so nodes that answer each other without a delay would go
// on for ever. The start of 100,000 nodes takes a tenth of it.
var momentStepsMax = 20_000_000 // fewer in a test

// Begin makes a run that has not taken a step yet. It must be closed.
func Begin(options testbench.Options, config Config) (*Session, error) {
	if config.Recorder == nil {
		config.Recorder = Nobody
	}
	s := &Session{config: config, world: actor.NewWorld(options.Seed), moment: -1}
	if config.World != nil {
		config.World(s.world)
	}
	var ports []testbench.Node
	for _, id := range options.Nodes() {
		n := &host{id: id, world: s.world, start: config.Start, unsynced: config.Unsynced, skews: &s.skews, printed: &s.printed}
		s.nodes, ports = append(s.nodes, n), append(ports, n)
	}
	var err error
	s.conductor, err = testbench.New(options, testbench.Environment{
		Clock: clock{s.world}, Rand: s.world.Rand(), Nodes: ports, Recorder: config.Recorder,
		Ended: func() { s.over = true }, Befallen: config.Befallen,
	})
	if err != nil {
		return nil, err
	}
	for _, n := range s.nodes {
		n.conductor = s.conductor
		n.begin()
	}
	for _, b := range options.Branches {
		s.world.At(b.At, func() {
			s.world.Reseed(b.Seed)
			s.conductor.Reseed(b.Seed)
		})
	}
	s.conductor.Start()
	return s, nil
}

// Step does the next thing, and reports whether the run goes on.
func (s *Session) Step() bool {
	if !s.goesOn() {
		return false
	}
	return s.world.Step()
}

// goesOn looks at the run before each step.
func (s *Session) goesOn() bool {
	if s.steps++; s.steps%attendEvery == 0 {
		if now := s.world.Elapsed(); now != s.moment {
			s.moment, s.since = now, s.steps
		}
		if s.config.Attend != nil {
			s.config.Attend(s.conductor)
		}
	}
	if most := s.config.PrintedMax; most > 0 && s.printed > most && !s.over {
		s.conductor.Interrupt()
	}
	if s.config.Always != nil {
		s.invariant, s.broken = s.config.Always()
	}
	return !s.over && s.broken == nil && s.steps-s.since <= momentStepsMax
}

// To does all that happens up to a time, and reports whether the run goes on.
func (s *Session) To(t time.Duration) bool {
	for {
		if at, any := s.world.Next(); !any || at > t {
			return any && !s.over
		}
		if !s.Step() {
			return false
		}
	}
}

// Nodes are the names of the nodes.
func (s *Session) Nodes() []string {
	names := make([]string, len(s.nodes))
	for i, n := range s.nodes {
		names[i] = n.id
	}
	return names
}

// Now is the time of the run.
func (s *Session) Now() time.Duration { return s.world.Elapsed() }

// Conductor is that of the run.
func (s *Session) Conductor() *testbench.Conductor { return s.conductor }

// Ahead is how far a node's clock is ahead of the right time.
func (s *Session) Ahead(node int) time.Duration { return s.nodes[node].ahead }

// Changes counts the changes of the state of nodes, of what is cut and of clocks.
func (s *Session) Changes() int { return s.conductor.Changes() + s.skews }

// Stats are the counters of a node's actors, and what they show of their state; ok is false for a program that is not made
// of actors.
func (s *Session) Stats(node int) (all []actor.Stats, ok bool) {
	made, ok := s.nodes[node].process.(interface{ Stats() []actor.Stats })
	if !ok {
		return nil, false
	}
	return made.Stats(), true
}

// Run is what was measured of a run that is over, or why there is nothing.
func (s *Session) Run() (testbench.Run, error) {
	switch {
	case s.broken != nil:
		run := s.conductor.Run()
		text := fmt.Sprintf("at %.3f s: %v", s.world.Elapsed().Seconds(), s.broken)
		run.Problems = append([]checker.Problem{{Kind: invariantKind + s.invariant, Text: text}}, run.Problems...)
		return run, nil
	case s.over:
		return s.conductor.Run(), nil
	case s.steps-s.since > momentStepsMax:
		return testbench.Run{}, fmt.Errorf("virtual time stands still at %v: the nodes have done %d things at that moment and do not stop, such as two that answer each other's every message at once", s.moment, s.steps-s.since)
	}
	return testbench.Run{}, errors.New("the simulation came to a standstill before the run was over")
}

// Close frees what the nodes hold.
func (s *Session) Close() {
	for _, n := range s.nodes {
		n.close()
	}
}
