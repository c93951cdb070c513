// Package counter is the workloads g-counter and pn-counter: clients add to a sum and read it.
package counter

import (
	"math/rand/v2"
	"strconv"

	"eddy/testbench/checker"
	"eddy/workload"
)

// PN adds small integers of either sign to a counter, and reads it. Its client takes every error for
// an unknown outcome, as Maelstrom's does.
func PN() workload.Workload {
	return workload.Workload{
		Name: "pn-counter",
		Judge: checker.Judge{
			Fs:    []string{"add", "read"},
			Check: check,
			Empty: func() checker.Workload { return &Results{} },
		},
		Final: workload.Once(workload.Invocation{F: "read", Final: true}),
		NewGenerator: func(_ workload.Setting, rng *rand.Rand) workload.Generator {
			return workload.Mix(rng, adding{}, workload.Repeating{F: "read"})
		},
		Calls: []workload.Call{
			{F: "add", Argument: "delta", Reply: workload.Schema{Type: "add_ok"}},
			{F: "read", Reply: workload.Schema{Type: "read_ok", Field: "value", Kind: workload.Integer}},
		},
		Raises: true,
	}
}

// G is [PN] without negative deltas. Maelstrom makes it by leaving those operations out, so that
// one operation in three is an add.
func G() workload.Workload {
	w := PN()
	either := w.NewGenerator
	w.Name = "g-counter"
	w.Challenges = []workload.Challenge{{Number: "4", Flags: []string{"node-count=3", "rate=100", "time-limit=20", "nemesis=partition"}}}
	w.NewGenerator = func(s workload.Setting, rng *rand.Rand) workload.Generator { return growing{either(s, rng)} }
	return w
}

// adding asks for -5 to 4 to be added.
type adding struct{}

func (adding) Next(rng *rand.Rand) workload.Invocation {
	return workload.Invocation{F: "add", Value: strconv.AppendInt(nil, int64(rng.IntN(10))-5, 10)}
}

// growing leaves out what would make a counter smaller.
type growing struct{ of workload.Generator }

func (g growing) Next(rng *rand.Rand) workload.Invocation {
	for {
		if inv := g.of.Next(rng); inv.F != "add" || inv.Value[0] != '-' {
			return inv
		}
	}
}
