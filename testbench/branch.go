package testbench

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"eddy/testbench/network"
)

// Branch is a moment at which all chance of a simulated run begins again from another seed. The run is the same up to there as
// without the branch, and another one from then on.
type Branch struct {
	At   time.Duration
	Seed uint64
}

// String is the branch as a flag has it: 1.5s=7.
func (b Branch) String() string { return fmt.Sprintf("%v=%d", b.At, b.Seed) }

// ParseBranch takes such a text.
func ParseBranch(text string) (Branch, error) {
	at, seed, both := strings.Cut(text, "=")
	d, err := time.ParseDuration(at)
	n, wrong := strconv.ParseUint(seed, 10, 64)
	if !both || err != nil || wrong != nil || d < 0 {
		return Branch{}, fmt.Errorf("%q is no branch: write the moment and a seed, such as 1.5s=7", text)
	}
	return Branch{At: d, Seed: n}, nil
}

// preemptionsMax keeps a slip of the finger from a run in which nothing arrives.
const preemptionsMax = 1000

// preemptions draws the times in which links are held up. Their chance is a generator of its own, so that the run draws
// what it draws without them.
func (o *Options) preemptions() []network.Preemption {
	rng := rand.New(rand.NewPCG(o.Seed, uint64(o.Preempt)))
	nodes := o.Nodes()
	var all []network.Preemption
	for range o.Preempt {
		p := network.Preemption{From: time.Duration(rng.Float64() * float64(o.TimeLimit)).Truncate(time.Millisecond)}
		whole := rng.IntN(3) == 0 // all that a node sends, or all that it is sent
		a, b := nodes[rng.IntN(len(nodes))], nodes[rng.IntN(len(nodes))]
		switch {
		case !whole && a != b:
			p.Src, p.Dest = a, b
		case rng.IntN(2) == 0:
			p.Src = a
		default:
			p.Dest = a
		}
		lasts := holdMin << rng.IntN(holdDoublings)
		p.Until = p.From + min(lasts+time.Duration(rng.Int64N(int64(lasts))).Truncate(time.Millisecond), o.TimeLimit/2)
		all = append(all, p)
	}
	return all
}

// How long a link is held up: from holdMin on, drawn evenly by its logarithm.
const (
	holdMin       = 8 * time.Millisecond
	holdDoublings = 10
)
