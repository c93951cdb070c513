package broadcast

import (
	"math/rand/v2"

	"eddy/workload"
	"eddy/workload/set"
)

// New is the workload broadcast: it gives values to nodes, and reads which values a node has seen.
func New() workload.Workload {
	return workload.Workload{
		Name:     "broadcast",
		Judge:    set.Judge("broadcast"),
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
