package cli

import (
	"bytes"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/nemesis"
)

var counterStrategies = []string{
	"",
	"--topology mesh --interval 500ms",
	"--strategy seq-kv",
	"--strategy seq-kv --read owners",
	"--strategy seq-kv --max-age 300ms",
	"--strategy seq-kv --write behind",
	"--strategy seq-kv --write behind --read owners",
	"--strategy seq-kv --write behind --max-age 0s",
}

func TestCountersLoseNoAddToFaultsThatSpareMemory(t *testing.T) {
	const seeds uint64 = 4 // in one of them nodes may be paused nearly all the time
	for _, strategy := range counterStrategies {
		added := 0
		for seed := range seeds {
			workload := []string{"g-counter", "pn-counter"}[seed%2]
			outcome := cluster(t, faulty(workload, seed, "partition", "loss", "duplicate", "reorder", "latency", "pause"), strategy)
			if outcome.Results.Valid != checker.Valid {
				t.Errorf("%s %s, seed %d: %v, %+v", workload, strategy, seed, outcome.Results.Valid, outcome.Results.Witnesses)
			}
			added += outcome.Results.Stats.ByF["add"].OKCount
		}
		if uint64(added) < 20*seeds {
			t.Errorf("%s: only %d adds were acknowledged", strategy, added)
		}
	}
}

func TestCountersWrittenThroughLoseNoAddToKills(t *testing.T) {
	for _, strategy := range []string{"--strategy seq-kv", "--strategy seq-kv --read owners"} {
		killed := int64(0)
		for seed := range 2 * faultySeeds() {
			outcome := cluster(t, faulty("pn-counter", seed, "kill", "partition", "loss", "duplicate", "reorder", "pause"), strategy)
			if outcome.Results.Workload.Verdict() != checker.Valid {
				t.Errorf("%s, seed %d: %+v", strategy, seed, outcome.Results.Witnesses)
			}
			killed += outcome.Run.Net.Harm.LostWithNode
		}
		if killed == 0 {
			t.Errorf("%s: nothing was killed", strategy)
		}
	}
}

// The claim above can fail: what only the memory of a node held goes with it, and the checker says so.
func TestCountersInMemoryLoseAddsToKills(t *testing.T) {
	for _, strategy := range []string{"", "--strategy seq-kv --write behind"} {
		wrong := 0
		for seed := range uint64(10) {
			outcome := cluster(t, faulty("g-counter", seed, "kill"), strategy)
			if len(outcome.Results.Witnesses) > 0 && outcome.Results.Witnesses[0].Kind == checker.WrongSum {
				wrong++
			}
		}
		if wrong == 0 {
			t.Errorf("%q: no seed of 10 lost an add", strategy)
		}
	}
}

// Bars of the project: messages between servers for each operation, at challenge 4's flags.
func TestCountersKeepToTheirCost(t *testing.T) {
	for strategy, most := range map[string]float64{
		"": 0.05, "--strategy seq-kv --write behind": 0.25, "--strategy seq-kv --write behind --read owners": 0.25,
	} {
		for seed := range uint64(3) {
			for _, workload := range []string{"g-counter", "pn-counter"} {
				o, _ := challengeOptions(t, "4", seed)
				o.Workload = workload
				outcome := cluster(t, o, strategy)
				if cost := float64(*outcome.Results.Net.Servers.MsgsPerOp); outcome.Results.Valid != checker.Valid || cost > most {
					t.Errorf("%s %s, seed %d: %v at %.3f messages an op, want at most %v", workload, strategy, seed, outcome.Results.Valid, cost, most)
				}
			}
		}
	}
}

func TestCountersAreTheSameFromTheSameSeed(t *testing.T) {
	for _, strategy := range counterStrategies[:6] {
		o := testbench.Defaults(eddy.workloads)
		o.Workload, o.Seed, o.NodeCount, o.Rate, o.TimeLimit = "pn-counter", 5, 5, 20, 3*time.Second
		o.LatencyMs, o.LatencyDist, o.Loss = 20, "exponential", 0.05
		o.Nemesis, o.NemesisInterval = nemesis.Known(), time.Second
		s := simulated(t, o, strategy)
		first := files(t, s)
		for name, text := range files(t, s) {
			if !bytes.Equal(text, first[name]) {
				t.Errorf("%s: %s differs from run to run", strategy, name)
			}
		}
	}
}
