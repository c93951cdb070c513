// Package broadcast is the workload broadcast: every value gets to every node.
package broadcast

import (
	"math/rand/v2"
	"time"

	"eddy/testbench/report"
	"eddy/workload"
	"eddy/workload/set"
)

// New is the workload broadcast: it gives values to nodes, and reads which values a node has seen.
func New() workload.Workload {
	return workload.Workload{
		Name:  "broadcast",
		Judge: set.Judge("broadcast"),
		Challenges: []workload.Challenge{
			{Number: "3a", Flags: []string{"node-count=1", "time-limit=20", "rate=10"}},
			{Number: "3b", Flags: []string{"node-count=5", "time-limit=20", "rate=10"}},
			{Number: "3c", Flags: []string{"node-count=5", "time-limit=20", "rate=10", "nemesis=partition"}},
			{Number: "3d", Flags: []string{"node-count=25", "time-limit=20", "rate=100", "latency=100"}, Targets: []report.Target{report.ServerMessagesPerOp(30), report.MedianStableLatency(400 * time.Millisecond), report.MaxStableLatency(600 * time.Millisecond)}},
			{Number: "3e", Flags: []string{"node-count=25", "time-limit=20", "rate=100", "latency=100"}, Targets: []report.Target{report.ServerMessagesPerOp(20), report.MedianStableLatency(time.Second), report.MaxStableLatency(2 * time.Second)}},
		},
		Values:   []string{"message", "values"},
		Topology: true,
		Final:    workload.Once(workload.Invocation{F: "read", Final: true}),
		NewGenerator: func(_ workload.Setting, rng *rand.Rand) workload.Generator {
			return workload.Mix(rng, &workload.Counting{F: "broadcast"}, workload.Repeating{F: "read"})
		},
		Calls: []workload.Call{
			{F: "broadcast", Argument: "message", Reply: workload.Schema{Type: "broadcast_ok"}},
			{F: "read", Reply: workload.Schema{Type: "read_ok", Field: "messages", Kind: workload.List}, Idempotent: true},
		},
	}
}
