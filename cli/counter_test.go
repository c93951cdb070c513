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

// What the tests of package counter claim can fail: what only the memory of a node held goes with it, and the checker says so.
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
