package cli

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/virtual"
)

// clients are the entries of a history that are not the nemesis's, as text, up to a moment.
func clients(h history.History, until time.Duration) (all []string) {
	for _, op := range h {
		if op.Process != history.Nemesis && op.Time < until {
			all = append(all, fmt.Sprint(op.Time, op.Type, op.Process, op.F, string(op.Value)))
		}
	}
	return all
}

// transcribed is a run of options with chance apart, and the one whose deeds are what befell it.
func transcribed(t *testing.T, s simulation) (first, second testbench.Outcome) {
	t.Helper()
	var tr testbench.Transcript
	c := s.config(nil)
	c.Befallen = tr.Befallen
	first = virtual.Run(s.options, c)
	bare, groups, err := tr.Written(s.options, first.History)
	if err != nil || first.Err != nil {
		t.Fatal(err, first.Err)
	}
	written := bare.Together(groups)
	read, err := testbench.ParseDeeds(testbench.DeedsText(written.Deeds))
	if err != nil || testbench.DeedsText(read) != testbench.DeedsText(written.Deeds) {
		t.Fatalf("the deeds are read as others: %v", err)
	}
	return first, s.with(written).run()
}

func TestARunWithChanceApartIsTheSameRunWithItsFaultsAsDeeds(t *testing.T) {
	for _, c := range []struct{ workload, strategy string }{
		{"broadcast", ""}, {"lin-kv", "--data d --disk-latency 20ms"}, {"kafka", "--strategy cas"}, {"g-counter", "--strategy seq-kv"},
	} {
		for seed := range uint64(5) {
			o := soaked()
			o.Workload, o.Seed, o.Apart, o.Concurrency, o.LatencyDist = c.workload, seed, true, "2n", "exponential"
			o.Nemesis = append(o.Nemesis, nemesis.FaultKill, nemesis.FaultSkew)
			o.Faults.Partition.Shapes = nemesis.AllShapes()
			s := simulated(t, o, c.strategy)
			first, second := transcribed(t, s)
			until := o.TimeLimit
			a, b := clients(first.History, until), clients(second.History, until)
			if n := slices.IndexFunc(a, func(string) bool { return false }); n < 0 && !slices.Equal(a, b) {
				for i := range a {
					if i >= len(b) || a[i] != b[i] {
						t.Errorf("%s, seed %d: entry %d of %d is %s, with deeds %s", c.workload, seed, i, len(a), a[i], slices.Concat(b, []string{"-"})[min(i, len(b))])
						break
					}
				}
			}
		}
	}
}

// decisionsOf is a run that fails, and what it was shrunk to.
func decisionsOf(t *testing.T, o testbench.Options, strategy string) (failure string, smallest simulation) {
	t.Helper()
	s := simulated(t, o, strategy)
	for ; s.options.Seed < o.Seed+50; s = s.seeded(s.options.Seed + 1) {
		out := s.run()
		if failure = virtual.Failure(&out); failure != "" && !virtual.Vacuous(&out) {
			smallest, _ = s.shrink(failure, newProgress(true), func() bool { return false })
			return failure, smallest
		}
	}
	t.Fatal("no seed fails")
	return "", smallest
}

func TestAFailureIsShrunkToTheDecisionsThatMatter(t *testing.T) {
	o := soaked()
	o.Apart, o.TimeLimit = true, 4*time.Second
	for _, strategy := range []string{"--strategy flood --ack none", "--strategy flood --ack none --topology line"} {
		failure, smallest := decisionsOf(t, o, strategy)
		out := smallest.run()
		if again := virtual.Failure(&out); again != failure {
			t.Errorf("the shrunk run fails as %q, the first as %q", again, failure)
		}
		if n := len(smallest.options.Deeds); n == 0 || n > 3 || len(smallest.options.Nemesis) > 0 {
			t.Errorf("what is left is %s", smallest.command())
		}
		if text := smallest.decisionsText(); text != ", and this decides it: n0 hears nothing of n1 from 0.200 s on" {
			t.Errorf("it is told as %q", text)
		}
		for i := range smallest.options.Deeds {
			fewer := smallest.options
			fewer.Deeds = slices.Delete(slices.Clone(fewer.Deeds), i, i+1)
			if out := smallest.with(fewer).run(); virtual.Failure(&out) == failure {
				t.Errorf("it fails without %s, too", smallest.options.Deeds[i])
			}
		}
	}
}

func TestWhatDecidesIsSaidInASentence(t *testing.T) {
	deeds, err := testbench.ParseDeeds("1s late n0 n1 20ms; 1.2s kill n3; 1.31s cut n1 n2,n4; 2s heal n1 n2,n4; 2s lose n1 n2 2; 3s disk n0 sync; 4s twice n0 n1 5ms")
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, d := range decided(deeds, map[string]bool{"n31.2s": true}) {
		said = append(said, d.Text)
	}
	want := "n3 killed at 1.200 s between its append and its sync; n1 partitioned from n2 and n4 from 1.310 s to 2.000 s; the disk of n0 bad (sync) from 3.000 s on; " +
		"message 2 of what n1 sends n2 at 2.000 s lost; what n0 sends n1 at 1.000 s late by 20ms; what n0 sends n1 at 4.000 s there twice"
	if got := strings.Join(said, "; "); got != want {
		t.Errorf("said is\n%s\nwant\n%s", got, want)
	}
}
