package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/internal/testscale"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/nemesis"
	"eddy/testbench/virtual"
	"eddy/workload/set"
	"eddy/workload/uniqueids"
)

// faulty are options of a run of 15 s under faults, whose size and latencies the
// seed decides.
func faulty(workload string, seed uint64, faults ...string) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.Nemesis = workload, seed, faults
	testscale.Vary(&o)
	return o
}

// long leaves a test out where time is short, as under the race detector. It has
// nothing to find there: a world of virtual time has one goroutine.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("takes long")
	}
}

func faultySeeds() uint64 {
	if testing.Short() {
		return 1
	}
	return 4
}

// What --ack cumulative is for: a node that comes back without memory is given
// everything again, so that only what nobody else had is gone.
func TestCumulativeAcknowledgementKeepsWhatOutlivesAKill(t *testing.T) {
	t.Parallel()
	forgotten, killed := 0, int64(0)
	for _, strategy := range acknowledged {
		if !strings.Contains(strategy, "cumulative") && !strings.Contains(strategy, "batch") || strings.Contains(strategy, "each") || strings.Contains(strategy, "given") {
			continue // given: a node is not told the topology again
		}
		t.Run(strategy, func(t *testing.T) {
			for seed := range 2 * faultySeeds() {
				o := faulty("broadcast", seed, "kill", "partition", "loss", "duplicate", "reorder")
				o.Faults.Kill.Targets, o.KillsForget = []string{nemesis.TargetOne, nemesis.TargetMinority}, true
				outcome := cluster(t, o, strategy)
				set := outcome.Results.Workload.(*set.Results)
				if outcome.Results.Valid != checker.Valid {
					t.Errorf("seed %d, %d nodes: %v, %d lost, %d forgotten of %d, problems %+v", seed, o.NodeCount, outcome.Results.Valid, set.LostCount, set.ForgottenCount, set.AttemptCount, outcome.Results.Problems)
				}
				forgotten += set.ForgottenCount
				killed += outcome.Run.Net.Harm.LostWithNode
			}
		})
	}
	if forgotten == 0 || killed == 0 {
		t.Errorf("the kills took %d values and %d messages along: they were no test", forgotten, killed)
	}
}

// A node that comes back when there is no client to ask it anything and no
// neighbour with something new must speak first, or what it had is never given
// back to it. These seeds end so.
func TestANodeThatComesBackToSilenceIsGivenEverything(t *testing.T) {
	for _, seed := range []uint64{195, 201, 208, 211, 271} {
		o := testbench.Defaults(eddy.workloads)
		o.Workload, o.Seed, o.NodeCount, o.Concurrency = "broadcast", seed, 2, "2n"
		o.Rate, o.TimeLimit, o.LatencyMs = 20, 15*time.Second, 20
		o.Nemesis, o.NemesisInterval, o.KillsForget = []string{"kill"}, 3*time.Second, true
		o.Faults.Kill.Targets = []string{nemesis.TargetOne, nemesis.TargetMinority}
		outcome := cluster(t, o, "--strategy batch")
		set := outcome.Results.Workload.(*set.Results)
		if outcome.Results.Valid != checker.Valid || set.ForgottenCount == set.AttemptCount {
			t.Errorf("seed %d: %v, %d lost, %d forgotten of %d", seed, outcome.Results.Valid, set.LostCount, set.ForgottenCount, set.AttemptCount)
		}
	}
}

// Without the flag the same runs are what they are: values that were
// acknowledged are gone.
func TestKillsLoseValuesUnlessThatIsExpected(t *testing.T) {
	for seed := range uint64(20) {
		o := faulty("broadcast", seed, "kill")
		if outcome := cluster(t, o, "--strategy batch --ack each"); outcome.Results.Valid == checker.Invalid {
			return
		}
	}
	t.Error("no kill of 20 runs lost a value")
}

// Each acknowledges to nobody in particular who it was: it does not survive a
// neighbour that forgets what it has acknowledged, and the faults show it.
func TestAcknowledgingEachMessageDoesNotSurviveKills(t *testing.T) {
	for seed := range uint64(20) {
		o := faulty("broadcast", seed, "kill")
		o.Faults.Kill.Targets, o.KillsForget = []string{nemesis.TargetOne}, true
		if outcome := cluster(t, o, "--strategy batch --ack each"); outcome.Results.Valid == checker.Invalid {
			return
		}
	}
	t.Error("20 runs with kills found nothing")
}

func TestUniqueIDsSurviveWrongClocksAndKills(t *testing.T) {
	for _, c := range []struct {
		strategy string
		faults   []string
	}{
		{"--strategy counter", []string{"skew", "kill", "pause", "partition"}},
		{"--strategy snowflake", []string{"skew", "pause", "partition"}},
		{"--strategy snowflake", []string{"kill", "pause"}},
		{"--strategy snowflake --data simulated", []string{"skew", "kill", "disk", "pause", "partition"}},
	} {
		vacuous, seeds := uint64(0), 3*faultySeeds()
		for seed := range seeds {
			o := faulty("unique-ids", seed, c.faults...)
			o.Rate, o.NemesisInterval, o.Faults.Skew.Max = 200, 500*time.Millisecond, 5*time.Second
			outcome := simulated(t, o, c.strategy).run()
			ids := outcome.Results.Workload.(*uniqueids.Results)
			if slices.Contains(c.faults, nemesis.FaultDisk) && virtual.Vacuous(&outcome) && ids.DuplicatedCount == 0 {
				vacuous++ // a disk that failed holds a node up until it is killed
				continue
			}
			if outcome.Results.Valid != checker.Valid || ids.AcknowledgedCount < 50 {
				t.Errorf("%s, seed %d: %v, %d ids, %d twice, problems %+v", c.strategy, seed, outcome.Results.Valid, ids.AcknowledgedCount, ids.DuplicatedCount, outcome.Results.Problems)
			}
		}
		if vacuous > seeds/4 {
			t.Errorf("%s: %d of %d seeds proved nothing", c.strategy, vacuous, seeds)
		}
	}
}

func TestASeedFixesARunWithAllFaults(t *testing.T) {
	var harm [6]int64
	for seed := range 2 * faultySeeds() {
		for _, strategy := range []string{"--strategy batch", "--strategy detour --topology grid"} {
			o := faulty("broadcast", seed, nemesis.Known()...)
			first := cluster(t, o, strategy)
			h := first.Run.Net.Harm
			for i, n := range [...]int64{h.LostInPartition, h.LostOnTheWay, h.LostWithNode, h.Duplicated, h.HeldBack, h.Slowed} {
				harm[i] += n
			}
			if fmt.Sprint(first.History) != fmt.Sprint(cluster(t, o, strategy).History) {
				t.Errorf("%s, seed %d: two runs differ", strategy, seed)
			}
		}
	}
	if slices.Contains(harm[:], 0) {
		t.Errorf("some fault did nothing: %v", harm)
	}
}

// A strategy that does not acknowledge is found out by every fault that loses.
func TestFaultsFindWhatDoesNotRetransmit(t *testing.T) {
	for _, fault := range []string{"partition", "loss", "kill"} {
		found := false
		for seed := uint64(0); seed < 20 && !found; seed++ {
			o := faulty("broadcast", seed, fault)
			o.KillsForget = true
			found = cluster(t, o, "--strategy flood --topology line --ack none").Results.Valid == checker.Invalid
		}
		if !found {
			t.Errorf("%s: not found in 20 seeds", fault)
		}
	}
}
