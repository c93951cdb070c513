// Package echo is the workload echo: a node says back what it is sent.
package echo

import (
	"math/rand/v2"
	"strconv"

	"eddy/testbench/checker"
	"eddy/testbench/network"
	"eddy/workload"
)

// New is the workload echo: it asks nodes to say back what they are told. The reply as a whole is the operation's value.
func New() workload.Workload {
	return workload.Workload{
		Name: "echo",
		Judge: checker.Judge{
			Fs:    []string{"echo"},
			Check: check,
			Empty: func() checker.Workload { return &Results{} },
		},
		Challenges: []workload.Challenge{
			{Number: "1", Flags: []string{"node-count=1", "time-limit=10"}},
		},
		AnyWorker:    true,
		NewGenerator: workload.Always(echoing{}),
		Calls: []workload.Call{
			{F: "echo", Argument: "echo", Reply: workload.Schema{Type: "echo_ok", Field: "echo", Kind: workload.Any}, Whole: true},
		},
	}
}

// echoing asks for one of 128 texts.
type echoing struct{}

func (echoing) Next(rng *rand.Rand) workload.Invocation {
	text := "Please echo " + strconv.Itoa(rng.IntN(128))
	return workload.Invocation{F: "echo", Value: network.AppendString(nil, text)}
}
