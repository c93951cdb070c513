package search

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"eddy/testbench"
)

// Search plans the runs of a sweep. Nil learns nothing.
type Search struct {
	options testbench.Options // of the first run, were it random
	plan    func(i int) testbench.Options
	learns  *corpus // nil for a strategy that learns nothing
}

// The strategies.
const (
	Random     = "random"
	Swarm      = "swarm"
	Priorities = "priorities"
	Coverage   = "coverage"
)

// Names lists the strategies.
func Names() []string { return []string{Random, Swarm, Priorities, Coverage} }

// New makes the search of that name for runs of these options, whose seed is the first.
func New(name string, o testbench.Options) (*Search, error) {
	s := &Search{options: o}
	switch name {
	case Random, "":
		s.plan = s.seeded
	case Swarm:
		s.plan = func(i int) testbench.Options { return swarm(s.seeded(i), i) }
	case Priorities:
		s.plan = func(i int) testbench.Options { return preempted(s.seeded(i)) }
	case Coverage:
		s.learns = newCorpus()
		s.plan = func(i int) testbench.Options { return s.learns.plan(s.seeded(i), i) }
	default:
		return nil, fmt.Errorf("--search %s: expected one of %s", name, strings.Join(Names(), ", "))
	}
	return s, nil
}

// Plan gives the options of run i. A search that learns must have learned of every run of the generations before.
func (s *Search) Plan(i int) testbench.Options { return s.plan(i) }

// Generation is how many runs are planned with the same knowledge; 0 for any number, by a search that learns nothing.
// Knowledge that came in the order in which runs happened to end would make a search depend on the machine.
func (s *Search) Generation() int {
	if s == nil || s.learns == nil {
		return 0
	}
	return generation
}

// Watch gives what records a run for [Search.Learn]; nil for a search that learns nothing.
func (s *Search) Watch() *Seen {
	if s == nil || s.learns == nil {
		return nil
	}
	return newSeen()
}

// Learn takes in a run that was planned and watched, in the order of the plans.
func (s *Search) Learn(o testbench.Options, seen *Seen) {
	if s != nil && s.learns != nil {
		s.learns.learn(o, seen)
	}
}

func (s *Search) seeded(i int) testbench.Options {
	o := s.options
	o.Seed += uint64(i)
	return o
}

// draws is the chance of a plan, which is not that of the run.
func draws(o *testbench.Options, what uint64) *rand.Rand {
	return rand.New(rand.NewPCG(o.Seed, what))
}

const (
	ofSwarm uint64 = 0x5eed_0001 + iota
	ofPriorities
	ofCoverage
)

// preemptionsMax is how many links a run is held up on at most. Most failures of order need one or two.
const preemptionsMax = 4

// preempted draws how many links are held up.
func preempted(o testbench.Options) testbench.Options {
	o.Preempt = 1 + draws(&o, ofPriorities).IntN(preemptionsMax)
	return o
}
