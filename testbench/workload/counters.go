package workload

import (
	"math/rand/v2"
	"strconv"
)

// pnCounter adds small integers of either sign to a counter, and reads it. Its client takes every error for
// an unknown outcome, as Maelstrom's does.
func pnCounter() Workload {
	return Workload{
		Name:  "pn-counter",
		Final: once(Invocation{F: "read", Final: true}),
		generator: func(_ Setting, rng *rand.Rand) Generator {
			return newMix(rng, adding{}, repeating{F: "read"})
		},
		calls: []call{
			{f: "add", argument: "delta", reply: Schema{Type: "add_ok"}},
			{f: "read", reply: Schema{Type: "read_ok", Field: "value", Kind: Integer}},
		},
		raises: true,
	}
}

// gCounter is pnCounter without negative deltas. Maelstrom makes it by leaving those operations out, so that
// one operation in three is an add.
func gCounter() Workload {
	w := pnCounter()
	either := w.generator
	w.Name = "g-counter"
	w.generator = func(s Setting, rng *rand.Rand) Generator { return growing{either(s, rng)} }
	return w
}

// adding asks for -5 to 4 to be added.
type adding struct{}

func (adding) Next(rng *rand.Rand) Invocation {
	return Invocation{F: "add", Value: strconv.AppendInt(nil, int64(rng.IntN(10))-5, 10)}
}

// growing leaves out what would make a counter smaller.
type growing struct{ of Generator }

func (g growing) Next(rng *rand.Rand) Invocation {
	for {
		if inv := g.of.Next(rng); inv.F != "add" || inv.Value[0] != '-' {
			return inv
		}
	}
}
