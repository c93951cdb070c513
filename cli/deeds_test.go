package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
)

// byHand is a short run of five nodes with deeds.
func byHand(t *testing.T, workload, strategy, deeds string) simulation {
	t.Helper()
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.LatencyMs, o.Seed = workload, 5, "2n", 20, 10*time.Second, 50, 1
	var err error
	if o.Deeds, err = testbench.ParseDeeds(deeds); err != nil {
		t.Fatal(err)
	}
	return simulated(t, o, strategy)
}

const everyDeed = `1s drop 60; 1.1s delay 80 300ms; 2s cut n0,n1 n2,n3,n4; 3s heal n0 n2; 4s heal; 4.5s kill n2,n3; 5s restart n2,n3; 6s pause n1; 7s resume n1; ` +
	`7s skew n4 -2s; 8s rate 50; 8.5s latency 10; 9.5s end`

func TestDeedsMakeTheSameRunAgain(t *testing.T) {
	s := byHand(t, "broadcast", "", everyDeed+"; 3s ask n4 broadcast 7777")
	first, second := files(t, s), files(t, s)
	for name, text := range first {
		if !bytes.Equal(text, second[name]) {
			t.Errorf("%s differs", name)
		}
	}
	if history := string(first["history.jsonl"]); !strings.Contains(history, "7777") || !strings.Contains(history, `["isolated",{"n0":["n2","n3","n4"]`) {
		t.Errorf("the history lacks what was done by hand:\n%.2000s", history)
	}
}

func TestWhatDeedsBreakIsMendedBeforeTheRunIsJudged(t *testing.T) {
	for _, c := range []struct{ workload, deeds string }{
		{"broadcast", everyDeed}, {"broadcast", "2s kill n0; 2s restart n0; 2s kill n0"}, {"broadcast", "2s cut n0 n1,n2,n3,n4; 3s pause n4; 3s skew n1 1h"}, {"kafka", "2s cut n0,n1 n2,n3,n4; 3s pause n2"},
		{"g-set", "2s cut n0 n1,n2,n3,n4; 5s end"}, {"lin-kv", "5s cut n0,n1 n2,n3,n4; 6s kill n3; 7s pause n4"},
	} {
		s := byHand(t, c.workload, "", c.deeds)
		s.options.KillsForget = true
		if out := s.run(); out.Err != nil || out.Results.Valid != checker.Valid {
			t.Errorf("%s with %s: %v, %v %v", c.workload, c.deeds, out.Results.Valid, out.Err, out.Results.Problems)
		}
	}
}

func TestACutLosesWhatIsNotSentAgain(t *testing.T) {
	const unacknowledged = "--strategy flood --ack none"
	if out := byHand(t, "broadcast", unacknowledged, "").run(); out.Err != nil || out.Results.Valid != checker.Valid {
		t.Fatalf("without a deed: %v %v", out.Results.Valid, out.Err)
	}
	out := byHand(t, "broadcast", unacknowledged, "2s cut n0 n1,n2,n3,n4; 4s heal").run()
	if virtual.Failure(&out) != "values lost" {
		t.Errorf("it fails as %q", virtual.Failure(&out))
	}
}

func TestADeedThatDoesNothingIsTold(t *testing.T) {
	out := byHand(t, "broadcast", "", "2s restart n0; 3s resume n1; 4s drop 999999; 5s pause n0; 5s pause n0; 15s kill n0").run()
	for _, want := range []string{
		`"15s kill n0" did nothing: the faults of the run were over`, `"2s restart n0" did nothing: none of them was down`, `"3s resume n1" did nothing: none of them was paused`,
		`"4s drop 999999" did nothing: the message was not on its way then`, `"5s pause n0" did nothing: none of them was running`,
	} {
		if text := strings.Join(out.Meta.Warnings, "\n"); !strings.Contains(text, want) {
			t.Errorf("the warnings lack %q:\n%s", want, text)
		}
	}
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Deeds = "echo", []testbench.Deed{{Do: testbench.DoKill, Nodes: []string{"n9"}}}
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), `there is no node "n9"`) {
		t.Errorf("a deed to a node that is not there: %v", err)
	}
}

// The hub of a star of counters was killed when its last client had come. It greeted nobody, and its neighbours took
// it to have what its earlier incarnation had.
func TestAHubThatNoClientComesToGreetsItsNeighbours(t *testing.T) {
	s := byHand(t, "g-counter", "--data simulated", "0s kill n0; 0s restart n0; 900ms kill n1; 900ms restart n1; 1.1s kill n0; 1.1s restart n0")
	o := &s.options
	o.Seed, o.Apart, o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs, o.LatencyDist = 1000001, true, 4, 10, 1100*time.Millisecond, 10, "exponential"
	if out := s.run(); out.Err != nil || out.Results.Valid != checker.Valid {
		t.Errorf("%v, %v", out.Results.Valid, out.Err)
	}
}

func TestADeedAfterTheRunIsWarnedOf(t *testing.T) {
	out := byHand(t, "broadcast", "", "9h kill n0").run()
	if out.Err != nil || len(out.Run.Idle) != 1 || !strings.Contains(out.Run.Idle[0], `"9h0m0s kill n0" did nothing: the run was over`) {
		t.Errorf("%v, %q", out.Err, out.Run.Idle)
	}
}

func TestANodeIsNotCutFromItself(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Deeds = "broadcast", 3, []testbench.Deed{{Do: testbench.DoCut, Nodes: []string{"n0", "n1"}, Others: []string{"n1", "n2"}}}
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), "n1 is on both sides") {
		t.Error(err)
	}
}
