package testbench

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
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

func TestNodesThatAnsweredOnlySomeFinalReadsAreNamed(t *testing.T) {
	node := func(process int) string { return []string{"n0", "n1"}[process%2] }
	var h history.History
	op := func(process int, typ history.Type, f string) {
		h = append(h, history.Op{Index: len(h), Type: typ, Process: process, F: f, Final: true})
	}
	for process := range 4 {
		op(process, history.Invoke, "poll")
		op(process, history.OK, "poll")
	}
	op(1, history.Invoke, "assign")
	op(1, history.Fail, "assign")
	if told := silentFinally(h, node); told != "" {
		t.Errorf("all were answered: %s", told)
	}
	op(3, history.Invoke, "poll")
	op(3, history.Info, "poll")
	if told, want := silentFinally(h, node), "4 of 5 final reads were answered, 2 of 3 by n1: the verdict does not know what the others would have shown."; told != want {
		t.Errorf("%s, want %s", told, want)
	}
}

func TestPartitionsThatHarmNoMessageAreTold(t *testing.T) {
	for _, harmless := range []bool{true, false} {
		o := smallOptions()
		o.Workload, o.Nemesis, o.NemesisInterval = "echo", []string{"partition"}, time.Second
		out := simulate(t, o, func(n *fakeNode, _ string, b body) bool {
			if !harmless && b.Type == "echo" {
				for _, other := range o.Nodes() {
					n.send(other, `"type":"hello"`)
				}
			}
			return false
		}).judge(t, o)
		told := strings.Join(out.Meta.Harm, ", ")
		if strings.Contains(told, "none lost in") != harmless || strings.Contains(told, " lost in partitions") == harmless {
			t.Errorf("harmless %v: %q", harmless, told)
		}
	}
}

func TestNodesThatDoNotKnowMembershipAreTold(t *testing.T) {
	for _, c := range []struct {
		fate string
		told bool
	}{{"not-supported", true}, {"removed", false}, {"timeout", false}} {
		h := history.History{
			{Process: history.Nemesis, Type: history.Info, F: "remove-members", Value: json.RawMessage(`"one"`)},
			{Process: history.Nemesis, Type: history.Info, F: "remove-members", Value: json.RawMessage(`{"n1":"` + c.fate + `"}`)},
			{Process: history.Nemesis, Type: history.Info, F: "add-members", Value: json.RawMessage(`{"n1":"not-supported"}`)},
		}
		if told := membersKept(h); (told != "") != c.told {
			t.Errorf("%s: %q", c.fate, told)
		}
	}
}
