package testbench

import (
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
)

// deafAfter makes some nodes do nothing more after a number of requests each.
func deafAfter(requests int, nodes ...string) func(n *fakeNode, src string, b body) bool {
	seen := make(map[string]int)
	return func(n *fakeNode, src string, b body) bool {
		if b.Type == "init" || b.Type == "topology" || len(nodes) > 0 && !strings.Contains(strings.Join(nodes, " "), n.id) {
			return false
		}
		seen[n.id]++
		return seen[n.id] > requests
	}
}

func TestNodeThatStopsAnsweringInvalidatesTheRun(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 20 * time.Second
	out := simulate(t, o, deafAfter(5, "n1")).judge(t, o)
	if out.Results.Valid != checker.Invalid || len(out.Results.Problems) != 1 {
		t.Fatalf("verdict %v, problems %+v", out.Results.Valid, out.Results.Problems)
	}
	p := out.Results.Problems[0]
	if p.Node != "n1" || p.Kind != kindSilence || !strings.HasPrefix(p.Text, "stopped answering at 0.") || !strings.Contains(p.Text, "though no fault was active at the end") {
		t.Errorf("problem %+v", p)
	}
}

func TestClusterThatAnswersNothingEndsTheRunEarlyAndIsInvalid(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 600 * time.Second
	out := simulate(t, o, deafAfter(7)).judge(t, o)
	if out.Results.Valid != checker.Invalid || len(out.Results.Problems) != 1 || len(out.Results.Problems[0].Others) != 2 {
		t.Fatalf("verdict %v, problems %+v", out.Results.Valid, out.Results.Problems)
	}
	if out.Run.Elapsed > 20*time.Second || len(starting(out.Meta.Warnings, "The run was ended after 1")) != 1 {
		t.Errorf("it took %v; warnings %q", out.Run.Elapsed, out.Meta.Warnings)
	}
}

// What a fault does to a node is for the checker to judge: a node may have to wait for its peers.
func TestSilenceDuringFaultsIsNoFinding(t *testing.T) {
	o := smallOptions()
	o.TimeLimit, o.Nemesis, o.NemesisInterval = 20*time.Second, []string{"partition"}, 100*time.Second
	var run *fakeNode
	on := func(n *fakeNode, src string, b body) bool {
		run = n
		return n.run.phase == phaseMain && n.id == "n1" && b.Type != "flood"
	}
	out := simulate(t, o, on).judge(t, o)
	if run == nil || len(out.Results.Problems) != 0 {
		t.Errorf("problems %+v", out.Results.Problems)
	}
}

func TestNodeThatAnswersEverySecondRequestIsNotSilent(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 20 * time.Second
	asked := make(map[string]int)
	out := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		asked[n.id]++
		return b.Type == "read" && asked[n.id]%2 == 0
	}).judge(t, o)
	if len(out.Results.Problems) != 0 {
		t.Errorf("problems %+v", out.Results.Problems)
	}
}
