package cli

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"eddy/internal/testscale"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/workload/linkv"
)

// registers are options of a run of lin-kv with Maelstrom's concurrency.
func registers(seed uint64, nodes int, rate float64, faults ...string) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount, o.Concurrency = "lin-kv", seed, nodes, "4n"
	o.Rate, o.TimeLimit = rate, 20*time.Second
	o.Nemesis, o.NemesisInterval = faults, 5*time.Second
	return o
}

func judged(t *testing.T, o testbench.Options, strategy string) (*linkv.Results, testbench.Outcome) {
	t.Helper()
	s := simulated(t, o, strategy)
	out := s.run()
	if out.Err != nil {
		t.Fatalf("%s: %v", s.command(), out.Err)
	}
	l := out.Results.Workload.(*linkv.Results)
	if l.Valid != checker.Valid || len(out.Results.Problems) > 0 {
		var page bytes.Buffer
		_ = report.Terminal(&page, out.Results, out.Meta)
		t.Errorf("%s:\n%s", s.command(), &page)
	}
	return l, out
}

func TestLinKVAnswersEverythingWithoutFaultsAndMostUnderPartitions(t *testing.T) {
	t.Parallel()
	long(t)
	for _, nodes := range []int{3, 5} {
		for _, rate := range []float64{30, 300} {
			t.Run(fmt.Sprintf("%d nodes at %v", nodes, rate), func(t *testing.T) {
				if l, _ := judged(t, registers(1, nodes, rate), ""); *l.AnsweredFraction != 1 {
					t.Errorf("answered %v of all operations, want all", *l.AnsweredFraction)
				}
				// On a disk: without one, the partition that begins with the test keeps the cluster from being founded until it heals.
				if l, _ := judged(t, registers(1, nodes, rate, "partition"), ""); *l.AnsweredFraction < 0.7 {
					t.Errorf("answered %v of all operations under partitions, want 0.7", *l.AnsweredFraction)
				}
			})
		}
	}
}

// Before nodes without a disk rejoined under a new raft id, most of these seeds ended in a panic of Raft ("tocommit
// is out of range") or in acknowledged writes that were gone.
func TestKillsOfAMinorityWithoutADiskLoseNothing(t *testing.T) {
	t.Parallel()
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	for i := range seeds {
		o := registers(179882163+i, 3, 50, "kill")
		o.NemesisInterval, o.Faults.Kill.Targets = 3*time.Second, []string{"one", "minority"}
		judged(t, o, "")
		o = appends(646872750+i, 5, "kill")
		o.Faults.Kill.Targets = []string{"one", "minority-third", "minority"}
		serializable(t, o, "--strategy raft")
	}
}

func TestBatchingKeepsServerMessagesBelowFourAnOperation(t *testing.T) {
	t.Parallel()
	long(t)
	for _, reads := range []string{"index", "lease", "log"} {
		o := registers(1, 5, 300)
		o.TimeLimit = 10 * time.Second
		if _, out := judged(t, o, "--read "+reads); *out.Results.Net.Servers.MsgsPerOp >= 4 {
			t.Errorf("--read %s: %v server messages an operation, want fewer than 4", reads, *out.Results.Net.Servers.MsgsPerOp)
		}
	}
}

func TestSameSeedIsTheSameRaft(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for seed := range uint64(3) {
		o := registers(seed, 5, 30, "partition", "loss", "duplicate", "reorder", "pause", "kill", "skew")
		o.TimeLimit, o.NemesisInterval, o.LatencyMs, o.LatencyDist = 5*time.Second, time.Second, 10, "exponential"
		s := simulated(t, o, "--data simulated --disk-latency 2ms --snapshot-every 20 --snapshot-behind 5")
		runtime.GOMAXPROCS(1)
		alone := files(t, s)
		runtime.GOMAXPROCS(2)
		for name, text := range files(t, s) {
			if !bytes.Equal(text, alone[name]) {
				t.Errorf("seed %d: %s differs from run to run", seed, name)
			}
		}
	}
}

func TestLinKVIsLinearizableWhileMembersComeAndGo(t *testing.T) {
	t.Parallel()
	for seed := range testscale.Seeds(2, 8, 1000) {
		for _, c := range []struct {
			nodes    int
			strategy string
			faults   []string
		}{
			{5, "", []string{"membership", "partition"}},
			{3, "--data simulated", []string{"membership", "loss", "kill"}},
			{5, "--data simulated", []string{"membership", "partition", "loss", "duplicate", "reorder", "pause", "kill"}},
		} {
			o := registers(seed, c.nodes, 50, c.faults...)
			o.NemesisInterval = 3 * time.Second
			judged(t, o, c.strategy)
		}
	}
}

// Of this seed a replica that started again counted votes among the members of two changes ago, and two leaders committed
// different entries. The messages by which they tried to agree then doubled every 10 ms.
func TestARestartedReplicaKnowsTheMembersOfTheLastChange(t *testing.T) {
	t.Parallel()
	o := registers(187, 5, 50, "membership", "partition", "loss", "duplicate", "reorder", "pause", "kill")
	o.NemesisInterval, o.TimeLimit = 3*time.Second, 20*time.Second
	if _, out := judged(t, o, "--data simulated"); out.Results.Net.Servers.MsgCount > 20_000 {
		t.Errorf("%d messages", out.Results.Net.Servers.MsgCount)
	}
}
