// Package uniqueids is the workload unique-ids: nodes give out ids, no two alike.
package uniqueids

import (
	"eddy/testbench/checker"
	"eddy/workload"
)

// New is the workload unique-ids: it asks nodes for identifiers that no two answers share.
func New() workload.Workload {
	return workload.Workload{
		Name: "unique-ids",
		Judge: checker.Judge{
			Fs:    []string{"generate"},
			Check: check,
			Empty: func() checker.Workload { return &Results{} },
		},
		Challenges: []workload.Challenge{
			{Number: "2", Flags: []string{"node-count=3", "time-limit=30", "rate=1000", "availability=total", "nemesis=partition"}},
		},
		KeepsClients: true,
		NewGenerator: workload.Always(workload.Repeating{F: "generate"}),
		Calls: []workload.Call{
			{F: "generate", Reply: workload.Schema{Type: "generate_ok", Field: "id", Kind: workload.Any}},
		},
	}
}
