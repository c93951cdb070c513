package search

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
	"eddy/workload/broadcast"
)

// wanted are options with every fault.
func wanted() testbench.Options {
	o := testbench.Defaults(workload.Workloads{broadcast.New()})
	o.Seed, o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs = 100, 7, 20, 20*time.Second, 10
	o.Nemesis, o.NemesisInterval = nemesis.Known(), 3*time.Second
	return o
}

func named(t *testing.T, name string, o testbench.Options) *Search {
	t.Helper()
	s, err := New(name, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// same compares options but for the workloads, which are functions.
func same(a, b testbench.Options) bool {
	a.Workloads, b.Workloads = nil, nil
	return reflect.DeepEqual(a, b)
}

func TestRandomMakesTheSeedsAsTheyAre(t *testing.T) {
	s := named(t, Random, wanted())
	for i := range 10 {
		o := wanted()
		o.Seed += uint64(i)
		if got := s.Plan(i); !same(got, o) {
			t.Errorf("run %d has seed %d, or other options", i, got.Seed)
		}
	}
}

func TestPlansAreValidAndDependOnTheSeedAlone(t *testing.T) {
	for _, name := range Names() {
		s, again := named(t, name, wanted()), named(t, name, wanted())
		for i := range 200 {
			o := s.Plan(i)
			if err := o.Validate(); err != nil {
				t.Fatalf("%s, run %d: %v", name, i, err)
			}
			if !same(o, again.Plan(i)) {
				t.Fatalf("%s plans run %d in two ways", name, i)
			}
		}
	}
}

func TestSwarmStaysWithinWhatWasAskedFor(t *testing.T) {
	asked := wanted()
	asked.Nemesis = []string{nemesis.FaultPartition, nemesis.FaultLoss, nemesis.FaultKill}
	asked.Faults.Loss.Rate, asked.Faults.Kill.Targets = 0.33, []string{nemesis.TargetOne}
	with, nodes := map[string]int{}, map[int]int{}
	s := named(t, Swarm, asked)
	const runs = 300
	for i := range runs {
		o := s.Plan(i)
		for _, fault := range o.Nemesis {
			with[fault]++
			if !slices.Contains(asked.Nemesis, fault) {
				t.Errorf("run %d has %s, which was not asked for", i, fault)
			}
		}
		nodes[len(o.Nodes())]++
		switch {
		case len(o.Nemesis) == 0:
			t.Errorf("run %d has no fault", i)
		case len(o.Nodes()) > 7 || o.TimeLimit > asked.TimeLimit:
			t.Errorf("run %d has %d nodes and takes %v", i, len(o.Nodes()), o.TimeLimit)
		case o.Faults.Loss.Rate != 0.33 || !slices.Equal(o.Faults.Kill.Targets, asked.Faults.Kill.Targets):
			t.Errorf("run %d changes what was chosen: %+v", i, o.Faults)
		}
	}
	for _, fault := range asked.Nemesis {
		if n := with[fault]; n < runs/3 || n > runs*5/6 {
			t.Errorf("%d of %d runs have %s, want about every other", n, runs, fault)
		}
	}
	if len(nodes) < 4 {
		t.Errorf("clusters of %v nodes", nodes)
	}
}

// reached is a run in which a node was sent messages of these types.
func reached(types ...string) *Seen {
	s := newSeen()
	for _, name := range types {
		s.Received(0, &network.Message{Src: "n1", Dest: "n2", Body: []byte(`{"type":"` + name + `"}`)})
	}
	return s
}

func TestCoverageKeepsWhatReachesSomethingNew(t *testing.T) {
	c := newCorpus()
	for i, r := range []struct {
		seen *Seen
		kept int
	}{
		{reached("a", "b"), 1},
		{reached("a", "b"), 1},
		{reached("b", "a"), 2},
		{reached("a", "b", "a", "b", "a", "b"), 3},
	} {
		if c.learn(wanted(), r.seen); len(c.kept) != r.kept {
			t.Errorf("after run %d %d are kept, want %d", i, len(c.kept), r.kept)
		}
	}
}

func TestStatesUnderAFaultAreOthers(t *testing.T) {
	plain, faulty := reached("a"), newSeen()
	faulty.Op(history.Op{Process: history.Nemesis, F: "start-partition"})
	faulty.Received(0, &network.Message{Src: "n1", Dest: "n2", Body: []byte(`{"type":"a"}`)})
	if reflect.DeepEqual(plain.counts, faulty.counts) {
		t.Error("a message in a partition is the same state as one without")
	}
	faulty.Op(history.Op{Process: history.Nemesis, F: "stop-partition"})
	if faulty.faults != 0 {
		t.Errorf("faults %b are on after their end", faulty.faults)
	}
}

func TestCoverageChangesWhatItHasKept(t *testing.T) {
	s := named(t, Coverage, wanted())
	kept := swarm(wanted(), 0)
	s.Learn(kept, reached("a"))
	branched := 0
	for i := range 100 {
		o := s.Plan(i)
		if err := o.Validate(); err != nil {
			t.Fatalf("run %d: %v", i, err)
		}
		if len(o.Branches) > 0 {
			branched++
			if o.Seed != kept.Seed || o.Branches[0].At >= kept.TimeLimit {
				t.Errorf("run %d branches off seed %d at %v", i, o.Seed, o.Branches[0].At)
			}
		}
	}
	if branched < 20 {
		t.Errorf("%d of 100 runs branch off the one that was kept", branched)
	}
}
