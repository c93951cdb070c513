package wasi

import (
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/virtual"
)

// misbehave runs a cluster whose nodes do what they should not.
func misbehave(t *testing.T, do string) testbench.Outcome {
	t.Helper()
	o := options("echo")
	o.NodeCount, o.TimeLimit = 1, time.Second
	return run(t, o, Config{Programs: []*Program{program(t, "rogue")}, Args: []string{"-do", do}})
}

func TestCrashIsReportedWithItsText(t *testing.T) {
	for _, c := range []struct{ do, want string }{
		{"panic", "exit status 2 (panic: assignment to entry in nil map"},
		{"exit", "exit status 3 (at "},
		{"exit", "had enough"},
		{"memory", "out of memory"},
	} {
		t.Run(c.do, func(t *testing.T) {
			t.Parallel()
			out := misbehave(t, c.do)
			if got := problem(out); !strings.Contains(got, "exited during the run with ") || !strings.Contains(got, c.want) {
				t.Errorf("problem %q (err %v), want one with %q", got, out.Err, c.want)
			}
		})
	}
}

// problem is the first one of a run, as the report has it.
func problem(out testbench.Outcome) string {
	if len(out.Results.Problems) == 0 {
		return ""
	}
	p := out.Results.Problems[0]
	return p.Node + ": " + p.Kind + ": " + p.Text + strings.Join(p.Stderr, "\n")
}

func TestEndlessStepIsCutAndNamesItsMessage(t *testing.T) {
	const limit = 50_000_000
	for _, do := range []string{"loop", "spin"} {
		t.Run(do, func(t *testing.T) {
			t.Parallel()
			o := options("echo")
			o.NodeCount, o.TimeLimit = 1, time.Second
			h, err := host()
			if err != nil {
				t.Fatal(err)
			}
			cluster := h.Cluster(o.Nodes(), Config{Programs: []*Program{program(t, "rogue")}, Args: []string{"-do", do}})
			cluster.loopsMax, cluster.callsMax = limit, 100_000
			out := virtual.Run(o, virtual.Config{Start: cluster.Start})
			got := problem(out)
			if !strings.Contains(got, "a step that does not end; the last message that it read: ") || !strings.Contains(got, `"type":"echo"`) {
				t.Errorf("problem %q (err %v)", got, out.Err)
			}
		})
	}
}

func TestLineThatDoesNotEndIsAProblem(t *testing.T) {
	if got := problem(misbehave(t, "line")); !strings.Contains(got, "of more than 64 MiB") {
		t.Errorf("problem %q", got)
	}
}

func TestGuestReachesNothingOfTheMachine(t *testing.T) {
	t.Setenv("EDDY_SECRET", "1")
	out := misbehave(t, "reach")
	wantValid(t, out)
	named := strings.Join(out.Meta.Warnings, "\n")
	if strings.Count(named, "path_symlink") != 1 {
		t.Errorf("the report does not name path_symlink once: %q", named)
	}
}

func TestSyncedValuesOutliveKills(t *testing.T) {
	o := options("broadcast")
	o.NodeCount, o.Concurrency = 1, "100"
	o.Nemesis, o.NemesisInterval, o.TimeLimit = []string{"kill"}, time.Second, 5*time.Second
	for seed := range uint64(5) {
		o.Seed = seed
		wantValid(t, run(t, o, Config{Programs: []*Program{program(t, "flood")}, Args: []string{"-keep", "sync"}}))
	}
}

func TestValuesThatWereNotSyncedAreLost(t *testing.T) {
	o := options("broadcast")
	o.NodeCount, o.Concurrency = 1, "100"
	o.Nemesis, o.NemesisInterval, o.TimeLimit = []string{"kill"}, time.Second, 5*time.Second
	lost := 0
	for seed := range uint64(5) {
		o.Seed = seed
		out := run(t, o, Config{Programs: []*Program{program(t, "flood")}, Args: []string{"-keep", "write"}})
		if out.Results.Valid == checker.Invalid && virtual.Failure(&out) == "values lost" {
			lost++
		}
	}
	if lost == 0 {
		t.Error("no run lost a value")
	}
}

func TestPausedNodeTakesNoStep(t *testing.T) {
	o := options("echo")
	o.NodeCount, o.Nemesis, o.NemesisInterval, o.TimeLimit = 2, []string{"pause"}, time.Second, 5*time.Second
	out := run(t, o, Config{Programs: []*Program{program(t, "echo")}})
	wantValid(t, out)
	longest := time.Duration(0)
	began := map[int]time.Duration{}
	for _, op := range out.History {
		if at, open := began[op.Process]; open && op.Type != history.Invoke {
			longest = max(longest, op.Time-at)
		}
		began[op.Process] = op.Time
	}
	if longest < 100*time.Millisecond {
		t.Errorf("the longest operation took %v: no node was ever held up", longest)
	}
}

func TestServiceTimeDelaysAnswers(t *testing.T) {
	o := options("echo")
	o.NodeCount, o.LatencyMs = 1, 0
	measure := func(service time.Duration) float64 {
		out := run(t, o, Config{Programs: []*Program{program(t, "echo")}, ServiceTime: service})
		wantValid(t, out)
		var total time.Duration
		var began time.Duration
		for _, op := range out.History {
			if op.Type == history.Invoke {
				began = op.Time
			} else {
				total += op.Time - began
			}
		}
		return float64(total/time.Duration(len(out.History)/2)) / float64(time.Millisecond)
	}
	if free, charged := measure(0), measure(7*time.Millisecond); free > 1 || charged < 7 || charged > 8 {
		t.Errorf("mean latency %v ms without a service time, %v ms with one of 7 ms", free, charged)
	}
}
