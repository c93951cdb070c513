package cli

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/workload/set"
)

// large are options of a short run of more nodes than a star is the default of,
// and than the bench sets up at once.
func large(seed uint64) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount = "broadcast", seed, 300
	o.Rate, o.TimeLimit, o.LatencyMs = 100, 5*time.Second, 100
	return o
}

// Each of 300 nodes is sent a batch every 500 ms and acknowledges every third:
// some 800 messages a second, for 100 operations; the values, their hops between
// the 17 hubs and the acknowledgements of those come on top. The 300 last reads
// are operations, too.
func TestAClusterOfHundredsTakesFewMessagesByDefault(t *testing.T) {
	long(t)
	for seed := range uint64(2) {
		outcome := cluster(t, large(seed), "")
		set := outcome.Results.Workload.(*set.Results)
		if outcome.Results.Valid != checker.Valid || set.StableCount != set.AttemptCount || set.AttemptCount < 200 {
			t.Errorf("seed %d: %v, %d of %d values everywhere", seed, outcome.Results.Valid, set.StableCount, set.AttemptCount)
		}
		if figure := *outcome.Results.Net.Servers.MsgsPerOp; figure > 11 {
			t.Errorf("seed %d: %.2f server messages an op, want at most 11", seed, float64(figure))
		}
		if longest := set.StableLatencies.MaxMs; longest > 900 {
			t.Errorf("seed %d: %d ms until the last value is everywhere, want at most three hops and two intervals, 100 and 500 ms", seed, longest)
		}
	}
}

func TestClustersOfHubsLoseNothingToFaultsThatSpareMemory(t *testing.T) {
	for _, c := range []struct {
		nodes    int
		strategy string
	}{{36, "--topology clusters:6"}, {300, ""}} {
		t.Run(fmt.Sprintf("%d nodes %s", c.nodes, c.strategy), func(t *testing.T) {
			seeds := faultySeeds()
			if c.nodes > 100 {
				seeds = 1
			}
			for seed := range seeds {
				o := faulty("broadcast", seed, "partition", "loss", "duplicate", "reorder", "pause")
				o.NodeCount, o.Concurrency = c.nodes, "1n"
				outcome := cluster(t, o, c.strategy)
				set := outcome.Results.Workload.(*set.Results)
				if outcome.Results.Valid != checker.Valid || set.StableCount != set.AttemptCount || set.AttemptCount < 50 {
					t.Errorf("seed %d: %v, %d of %d values everywhere", seed, outcome.Results.Valid, set.StableCount, set.AttemptCount)
				}
			}
		})
	}
}

// A hub that has lost its memory is told everything again, by its own nodes and
// by the other hubs, and its nodes lose nothing over it.
func TestAHubThatWasKilledIsToldWhatAnybodyHas(t *testing.T) {
	for seed := range faultySeeds() {
		o := faulty("broadcast", seed, "kill", "partition")
		o.NodeCount, o.Concurrency, o.KillsForget = 16, "1n", true
		outcome := cluster(t, o, "--topology clusters:4")
		set := outcome.Results.Workload.(*set.Results)
		if outcome.Results.Valid != checker.Valid || set.StableCount < 50 {
			t.Errorf("seed %d: %v, %d of %d values everywhere", seed, outcome.Results.Valid, set.StableCount, set.AttemptCount)
		}
	}
}

func TestASeedFixesALargeCluster(t *testing.T) {
	long(t)
	o := large(7)
	o.TimeLimit, o.Recovery = time.Second, 2*time.Second
	one, again := files(t, simulated(t, o, "")), files(t, simulated(t, o, ""))
	for name, text := range one {
		if string(text) != string(again[name]) {
			t.Errorf("%s differs from run to run", name)
		}
	}
	if text := string(one[testbench.MessagesFile]); strings.Count(text, `"type":"topology"`) != o.NodeCount {
		t.Errorf("the topology was sent %d times, want once to each of %d nodes", strings.Count(text, `"type":"topology"`), o.NodeCount)
	}
}
