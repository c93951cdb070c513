package cli

import (
	"testing"
	"time"

	"eddy/kv"
	"eddy/testbench"
	"eddy/testbench/virtual"
)

// bugSeeds is within how many seeds a deliberate mistake must be found.
const bugSeeds = 300

// mistaken are the conditions under which each deliberate mistake is looked for:
// faults that bring it to light, and a configuration in which it happens often. Two
// that need leaders to be cut off at the right moment, commit of an older term by
// counting and logs that are not truncated, are found in package kv.
var mistaken = []struct {
	bug    kv.Bug
	config kv.Config
	nodes  int
	faults []string
	loss   float64
}{
	{kv.StaleLocalRead, kv.Config{}, 3, []string{"partition"}, 0},
	{kv.VoteTwice, kv.Config{}, 5, []string{"partition"}, 0},
	{kv.CASTwice, kv.Config{}, 3, []string{"duplicate", "loss", "partition"}, 0},
	{kv.SnapshotWithoutLast, kv.Config{SnapshotEvery: 5, SnapshotBehind: 1}, 5, []string{"partition"}, 0},
}

func TestDeliberateMistakesAreFound(t *testing.T) {
	t.Parallel()
	long(t)
	for _, m := range mistaken {
		t.Run(string(m.bug), func(t *testing.T) {
			o := registers(1, m.nodes, 100, m.faults...)
			o.TimeLimit, o.NemesisInterval, o.LatencyMs, o.LatencyDist, o.Loss = 10*time.Second, time.Second, 5, "exponential", m.loss
			s := simulated(t, o, "")
			m.config.Bug = m.bug
			s.nodes.Service = kv.Service(m.config)
			for seed := range uint64(bugSeeds) {
				out := s.seeded(seed).run()
				if wrong(&out) {
					t.Logf("seed %d: %s", seed, virtual.Failure(&out))
					return
				}
			}
			t.Errorf("not found in %d seeds", bugSeeds)
		})
	}
}

// wrong tells a run in which the store was wrong, or a replica found out that the
// log is, from one in which it was only not there.
func wrong(out *testbench.Outcome) bool {
	switch virtual.Failure(out) {
	case "not linearizable", "a node broke the protocol: exit":
		return true
	}
	return false
}
