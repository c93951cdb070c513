package testbench

import (
	"strings"
	"testing"

	"eddy/testbench/checker"
)

func TestRunWithoutAnOperationIsNeverValid(t *testing.T) {
	for _, workload := range []string{"echo", "broadcast"} {
		o := lintOptions()
		o.Workload, o.Rate = workload, 0
		if workload == "broadcast" {
			o.Concurrency = "1"
		}
		out := simulate(t, o, nil).judge(t, o)
		if workload == "echo" && (out.Results.Valid != checker.Unknown || !strings.Contains(out.Results.Unjudged, "no operation was made")) || out.ExitStatus() != 1 {
			t.Errorf("%s: verdict %v, %q", workload, out.Results.Valid, out.Results.Unjudged)
		}
	}
}

func TestFinalReadsThatNobodyAnsweredAreNeverValid(t *testing.T) {
	for _, c := range []struct {
		name  string
		mute  string // the nodes that answer no read after recovery
		valid checker.Verdict
		want  string
	}{
		{"all", "n0 n1 n2", checker.Unknown, "not one final read was answered"},
		{"one", "n1", checker.Valid, "none by n1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := smallOptions()
			var out Outcome
			run := simulate(t, o, func(n *fakeNode, src string, b body) bool {
				return b.Type == "read" && n.run.phase == phaseFinal && strings.Contains(c.mute, n.id)
			})
			out = run.judge(t, o)
			told := out.Results.Unjudged + " " + strings.Join(out.Meta.Warnings, " ")
			if out.Results.Valid != c.valid || !strings.Contains(told, c.want) {
				t.Errorf("verdict %v: %s", out.Results.Valid, told)
			}
		})
	}
}
