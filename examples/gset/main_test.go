package main

import (
	"bytes"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
	"eddy/workload/builtin"
	values "eddy/workload/set"
)

// Five nodes in one process and virtual time, cut apart now and then by a
// network that also loses every tenth message.
func TestValuesSurviveLossAndPartitions(t *testing.T) {
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit = "g-set", 5, 20, 15*time.Second
	o.LatencyMs, o.Loss, o.Nemesis, o.NemesisInterval = 50, 0.1, []string{"partition"}, 3*time.Second
	for o.Seed = range uint64(10) {
		outcome := virtual.Run(o, virtual.Config{Start: start})
		if outcome.Err != nil {
			t.Fatalf("seed %d: %v", o.Seed, outcome.Err)
		}
		set := outcome.Results.Workload.(*values.Results)
		if outcome.Results.Valid != checker.Valid || set.AttemptCount < 50 || set.StableCount != set.AttemptCount {
			t.Errorf("seed %d: %v, %d of %d values on every node", o.Seed, outcome.Results.Valid, set.StableCount, set.AttemptCount)
		}
	}
}

func start(w *actor.World, id string, out func([]byte)) virtual.Process {
	return node.Simulate(w, id, serve, func(l node.Line) { out(bytes.TrimSuffix(l.Data, []byte("\n"))) }, node.Options{})
}
