// Package gset is the workload g-set: a set that only grows.
package gset

import (
	"math/rand/v2"

	"eddy/workload"
	"eddy/workload/set"
)

// New is the workload g-set: it adds elements to a set that only grows, and reads it. Its final reads are not marked as such in
// the history, and its client takes every error for an unknown outcome, as Maelstrom's does.
func New() workload.Workload {
	return workload.Workload{
		Name:   "g-set",
		Judge:  set.Judge("add"),
		Values: []string{"element", "values"},
		Final:  workload.Once(workload.Invocation{F: "read"}),
		NewGenerator: func(_ workload.Setting, rng *rand.Rand) workload.Generator {
			return workload.Mix(rng, &workload.Counting{F: "add"}, workload.Repeating{F: "read"})
		},
		Calls: []workload.Call{
			{F: "add", Argument: "element", Reply: workload.Schema{Type: "add_ok"}},
			{F: "read", Reply: workload.Schema{Type: "read_ok", Field: "value", Kind: workload.List}},
		},
		Raises: true,
	}
}
