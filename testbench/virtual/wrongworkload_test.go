package virtual_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/virtual"
	"eddy/workload"
)

// drawn is a generator by a function.
type drawn func() workload.Invocation

func (d drawn) Next(*rand.Rand) workload.Invocation { return d() }

// A workload that is wrong ends the run with a sentence that names the workload and what it did, not the program.
func TestAWorkloadThatIsWrongIsNamed(t *testing.T) {
	judge := func(check func() (checker.Workload, error)) func(*workload.Workload) {
		return func(w *workload.Workload) {
			w.Judge.Check = func(history.History, history.Pairing, checker.Options) (checker.Workload, []checker.Witness, error) {
				results, err := check()
				return results, nil, err
			}
		}
	}
	generate := func(next drawn) func(*workload.Workload) {
		return func(w *workload.Workload) { w.NewGenerator = workload.Always(next) }
	}
	for name, c := range map[string]struct {
		change func(*workload.Workload)
		want   string
	}{
		"a checker that panics":         {judge(func() (checker.Workload, error) { panic("no such key") }), "the checker of workload ticket panicked: no such key at "},
		"a checker without results":     {judge(func() (checker.Workload, error) { return nil, nil }), "the checker of workload ticket gave neither results nor an error"},
		"a generator that panics":       {generate(func() workload.Invocation { panic("no more") }), "the generator of workload ticket panicked: no more at "},
		"no generator":                  {func(w *workload.Workload) { w.NewGenerator = workload.Always(nil) }, "the NewGenerator of workload ticket gave no generator, but nil"},
		"an operation that there isn't": {generate(func() workload.Invocation { return workload.Invocation{F: "tke"} }), `the generator of workload ticket made an operation "tke", which is none of Judge.Fs: take`},
		"a value that is not JSON": {generate(func() workload.Invocation { return workload.Invocation{F: "take", Value: json.RawMessage("k1")} }),
			`the generator of workload ticket made an operation "take" whose Value is not JSON: k1`},
	} {
		w := ticket()
		c.change(&w)
		o := testbench.Defaults(workload.Workloads{w})
		o.Workload, o.NodeCount, o.TimeLimit = "ticket", 1, time.Second
		out := virtual.Run(o, virtual.Config{Start: func(w *actor.World, id string, out func([]byte)) virtual.Process {
			return &office{world: w, id: id, out: out, step: 1}
		}})
		if out.Err == nil || !strings.Contains(out.Err.Error(), c.want) {
			t.Errorf("%s: %v; want %s", name, out.Err, c.want)
		}
	}
}

// A service that does not start is told in its own words, once for all nodes.
func TestARouteThatIsThereTwiceIsNamed(t *testing.T) {
	type request = node.Request[node.None, node.None]
	twice := func(n *node.Node) error {
		to := actor.Spawn(n, "office", func(*actor.Context[request]) actor.Actor[request] { return nil })
		for range 2 {
			node.Handle(n, "take", to, func(r request) request { return r })
		}
		return nil
	}
	o := testbench.Defaults(workload.Workloads{ticket()})
	o.Workload, o.NodeCount, o.TimeLimit = "ticket", 2, time.Second
	out := virtual.Run(o, virtual.Config{Start: virtual.Actors{Service: twice}.Start()})
	want := `"node n0 cannot serve: actor service panicked: node: route take: there is one already"`
	if out.Err == nil || !strings.Contains(out.Err.Error(), want) || !strings.Contains(out.Err.Error(), "And n1 the same") {
		t.Errorf("%v; want %s, and that n1 did the same", out.Err, want)
	}
}
