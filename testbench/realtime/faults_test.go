package realtime

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// struck is a run of a few seconds in which nodes are killed or paused again and again.
func struck(workload string, faults ...string) testbench.Options {
	o := quick("")
	o.Workload, o.TimeLimit, o.ClientTimeout = workload, 3*time.Second, 500*time.Millisecond
	o.Nemesis, o.NemesisInterval, o.Concurrency = faults, 200*time.Millisecond, "2n"
	return o
}

func fates(h history.History) map[string]int {
	count := map[string]int{}
	for _, op := range h {
		if op.Process == history.Nemesis {
			for _, fate := range []string{"killed", "started", "paused", "resumed"} {
				count[fate] += strings.Count(string(op.Value), `:"`+fate+`"`)
			}
		}
	}
	return count
}

func TestKilledProcessesAreStartedAnewAndServeAgain(t *testing.T) {
	out := measure(t, struck("g-set", "kill"))
	count := fates(out.History)
	if count["killed"] < 3 || count["killed"] != count["started"] {
		t.Errorf("acts of the nemesis: %v", count)
	}
	if len(out.Results.Problems) != 0 {
		t.Errorf("problems %+v", out.Results.Problems)
	}
	for process := range 6 { // workers of all nodes
		if !slices.ContainsFunc(out.History, func(op history.Op) bool {
			return op.Type == history.OK && op.Process%6 == process && op.Time > out.Options.TimeLimit
		}) {
			t.Errorf("worker %d was not served at the end", process)
		}
	}
}

func TestPausedProcessesGoOnWhereTheyStoodStill(t *testing.T) {
	options := struck("g-set", "pause")
	options.ClientTimeout = 5 * time.Second
	out := measure(t, options)
	if count := fates(out.History); count["paused"] < 3 || count["paused"] != count["resumed"] {
		t.Errorf("acts of the nemesis: %v", count)
	}
	if out.Results.Valid != checker.Valid || len(out.Results.Problems) != 0 {
		t.Errorf("%+v", out.Results)
	}
}

// The run ends while nodes are killed, paused or being started.
func TestRunMayEndInTheMiddleOfFaults(t *testing.T) {
	for range 3 {
		options := struck("echo", "kill", "pause")
		options.TimeLimit, options.NemesisInterval = 700*time.Millisecond, 30*time.Millisecond
		if out := measure(t, options); len(out.Results.Problems) != 0 {
			t.Errorf("problems %+v", out.Results.Problems)
		}
	}
}

func TestSkewAndBadDisksOfProcessesAreRefusedByName(t *testing.T) {
	for fault, why := range map[string]string{"skew": "are processes", "disk": "have the disks of this machine"} {
		out := runIn(t, t.TempDir(), struck("echo", fault))
		if out.Err == nil || !strings.Contains(out.Err.Error(), "--nemesis "+fault+": the nodes of the built-in bench "+why) || out.ExitStatus() != 2 {
			t.Errorf("error %v", out.Err)
		}
	}
}

// Logs of all lives are in one file.
func TestLogsOfALaterLifeFollowThoseBefore(t *testing.T) {
	options := struck("echo", "kill")
	options.Args, options.Faults.Kill.Targets = []string{"child"}, []string{"all"}
	out := measure(t, options)
	text, err := os.ReadFile(filepath.Join(out.Meta.Dir, testbench.LogDir, "n0.log"))
	if lives := strings.Count(string(text), "child "); err != nil || lives != 1+strings.Count(killsOf(out.History), `"n0":"started"`) {
		t.Errorf("the log tells of %d lives, %v; the nemesis did %s", lives, err, killsOf(out.History))
	}
}

func killsOf(h history.History) string {
	var all []string
	for _, op := range h {
		if op.Process == history.Nemesis {
			all = append(all, op.F+string(op.Value))
		}
	}
	return strings.Join(all, " ")
}
