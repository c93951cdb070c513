package testbench

import (
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
)

// floodAgain makes nodes that send what they hear back to where it came from, so that no message ever ends.
func floodAgain() func(n *fakeNode, src string, b body) bool {
	return func(n *fakeNode, src string, b body) bool {
		if b.Type == "flood" && len(n.seen) > 3 {
			n.run.clock.At(n.run.clock.Now()+10*time.Millisecond, func() {
				n.run.FromNode(n.id, []byte(`{"src":"`+n.id+`","dest":"`+src+`","body":{"type":"flood","message":`+string(b.Message)+`}}`))
			})
		}
		return false
	}
}

func TestClusterThatSendsWithoutEndIsTold(t *testing.T) {
	o := smallOptions()
	o.TimeLimit = 2 * time.Second
	out := simulate(t, o, floodAgain()).judge(t, o)
	if out.Results.Valid != checker.Valid || len(out.Results.Stricter) != 1 {
		t.Fatalf("verdict %v, stricter %q", out.Results.Valid, out.Results.Stricter)
	}
	if text := out.Results.Stricter[0]; !strings.HasPrefix(text, "nodes send without end: ") || !strings.Contains(text, `most of type "flood"; since second`) {
		t.Error(text)
	}
	o.Strict = true
	out = simulate(t, o, floodAgain()).judge(t, o)
	if out.Results.Valid != checker.Invalid || len(out.Results.Problems) != 1 || out.Results.Problems[0].Kind != "runaway" {
		t.Errorf("with --strict: verdict %v, problems %+v", out.Results.Valid, out.Results.Problems)
	}
}

func TestMessagesThatGrowWithTimeAreTold(t *testing.T) {
	var traffic traffic
	for s := range 20 {
		for range 10 {
			traffic.at(time.Duration(s)*time.Second).operations++
		}
		for range 10 * (s*s + 1) * 4 {
			traffic.message(time.Duration(s)*time.Second, []byte(`{"type":"sync"}`))
		}
	}
	got := traffic.finding(5, 0, 20*time.Second)
	if !strings.HasPrefix(got, "messages an operation grow with time: 28 in the first quarter of the run, 1") || !strings.Contains(got, `"sync"`) {
		t.Error(got)
	}
	if got := traffic.finding(200, 0, 20*time.Second); got != "" {
		t.Errorf("in a cluster of 200 nodes: %s", got)
	}
}

func TestFloodWithoutFaultsDoesNotRunAway(t *testing.T) {
	o := floodOptions()
	if out := simulate(t, o, nil).judge(t, o); len(out.Results.Stricter) != 0 {
		t.Error(out.Results.Stricter)
	}
}
