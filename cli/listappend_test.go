package cli

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"eddy/kv"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/txn/serial"
	"eddy/workload/txn"
)

// appends are options of a run of txn-list-append that is held to strict
// serializability.
func appends(seed uint64, nodes int, faults ...string) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount, o.Concurrency = "txn-list-append", seed, nodes, "4n"
	o.Rate, o.TimeLimit, o.ConsistencyModels = 50, 15*time.Second, []string{"strict-serializable"}
	o.LatencyMs, o.LatencyDist = 10, "exponential"
	o.Nemesis, o.NemesisInterval = faults, 3*time.Second
	return o
}

// serializable runs a test and wants it valid.
func serializable(t *testing.T, o testbench.Options, strategy string) testbench.Outcome {
	t.Helper()
	s := simulated(t, o, strategy)
	out := s.run()
	if out.Err != nil {
		t.Fatalf("%s: %v", s.command(), out.Err)
	}
	if out.Results.Valid != checker.Valid || len(out.Results.Problems) > 0 {
		var page bytes.Buffer
		_ = report.Terminal(&page, out.Results, out.Meta)
		t.Errorf("%s:\n%s", s.command(), &page)
	}
	return out
}

func TestListsAreStrictlySerializableThroughEveryFault(t *testing.T) {
	t.Parallel()
	long(t)
	seeds := uint64(4)
	if testing.Short() {
		seeds = 2
	}
	spared := []string{"partition", "loss", "duplicate", "reorder", "pause"}
	all := append(slices.Clone(spared), "kill", "skew")
	for _, c := range []struct {
		strategy string
		faults   []string
	}{
		{"--strategy raft", spared},
		{"--strategy raft --read log", spared},
		{"--strategy raft --data simulated --disk-latency 2ms --snapshot-every 40 --snapshot-behind 10", all},
		{"--strategy chunks", all},
		{"--strategy chunks --chunk-bytes 100 --shelf 16 --pause 5ms --retry 30ms", all},
	} {
		t.Run(c.strategy, func(t *testing.T) {
			for seed := range seeds {
				o := appends(seed, 3+2*int(seed%2), c.faults...)
				o.LatencyMs = 1 + 10*int64(seed%3)
				serializable(t, o, c.strategy)
			}
		})
	}
}

func TestListsAreServedWithoutFaultsAndThroughPartitions(t *testing.T) {
	t.Parallel()
	long(t)
	for _, c := range []struct {
		strategy string
		faults   []string
		least    float64
	}{
		{"raft", nil, 1}, {"raft", []string{"partition"}, 0.7},
		{"chunks", nil, 1}, {"chunks", []string{"partition"}, 1}, // no store is ever cut off
	} {
		o := appends(1, 5, c.faults...)
		if out := serializable(t, o, "--strategy "+c.strategy); float64(out.Results.Availability.OKFraction) < c.least {
			t.Errorf("%s, faults %v: ok fraction %v, want %v", c.strategy, c.faults, out.Results.Availability.OKFraction, c.least)
		}
	}
}

// Where the last to commit went on at once, with constant latencies no other node
// ever committed.
func TestEveryNodeCommits(t *testing.T) {
	o := appends(1, 5)
	o.LatencyDist, o.Rate, o.Concurrency = "constant", 100, "10n"
	out := serializable(t, o, "--strategy chunks")
	if f := out.Results.Availability.OKFraction; f != 1 {
		t.Errorf("ok fraction %v", f)
	}
	if figure := float64(*out.Results.Net.Servers.MsgsPerOp); figure > 4 {
		t.Errorf("%.2f server messages an operation, want at most 4", figure)
	}
}

// Each deliberate mistake is found, and by an anomaly that it is known to cause.
func TestMistakesInTransactionsAreFoundByName(t *testing.T) {
	long(t)
	realtime := []string{"G-single-item-realtime", "G-nonadjacent-item-realtime"}
	torn := []string{"G-single-item", "G-nonadjacent-item", "G1c", "G2-item"}
	for _, c := range []struct {
		strategy serial.Strategy
		bug      serial.Bug
		names    []string
	}{
		{serial.Raft, serial.StaleRead, realtime},
		{serial.Chunks, serial.StaleRead, realtime},
		{serial.Raft, serial.Interleaved, torn},
		{serial.Chunks, serial.BlindRoot, []string{"incompatible-order", "lost-update"}},
	} {
		t.Run(string(c.strategy)+" "+string(c.bug), func(t *testing.T) {
			s := simulated(t, appends(1, 3), "")
			s.nodes.Service = serial.Service(serial.Config{Strategy: c.strategy, Bug: c.bug})
			var found []string
			for seed := range uint64(5) {
				out := s.seeded(seed).run()
				w := out.Results.Workload.(*txn.Results)
				if w.Valid == checker.Invalid && slices.ContainsFunc(w.AnomalyTypes, func(name string) bool { return slices.Contains(c.names, name) }) {
					t.Logf("seed %d: %v", seed, w.AnomalyTypes)
					return
				}
				found = append(found, w.AnomalyTypes...)
			}
			t.Errorf("five seeds show %v, not one of %v", found, c.names)
		})
	}
}

func TestSameSeedIsTheSameTransactions(t *testing.T) {
	for _, strategy := range []string{"--strategy raft", "--strategy chunks --chunk-bytes 100"} {
		o := appends(3, 3, "partition", "loss", "duplicate", "reorder", "pause")
		o.TimeLimit, o.NemesisInterval = 4*time.Second, time.Second
		s := simulated(t, o, strategy)
		first := files(t, s)
		for name, text := range files(t, s) {
			if !bytes.Equal(text, first[name]) {
				t.Errorf("%s: %s differs from run to run", strategy, name)
			}
		}
	}
}

// Requests that are in the log twice are applied once: without that, elements
// would be in lists twice.
func TestTransactionAppliedTwiceIsFound(t *testing.T) {
	o := appends(1, 3, "duplicate", "loss", "partition")
	o.NemesisInterval = time.Second
	s := simulated(t, o, "")
	s.nodes.Service = serial.Service(serial.Config{Raft: kv.Config{Bug: kv.CASTwice}})
	for seed := range uint64(20) {
		out := s.seeded(seed).run()
		if w := out.Results.Workload.(*txn.Results); slices.Contains(w.AnomalyTypes, "duplicate-elements") {
			return
		}
	}
	t.Error("twenty seeds do not show it")
}
