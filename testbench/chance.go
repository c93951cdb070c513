package testbench

import (
	"math/rand/v2"

	"eddy/testbench/network"
)

// chance is what a run draws from. Usually all of it is the engine's one source: whatever draws once more changes all that
// comes after it. With [Options.Apart] operations, faults, services and each message have a source of their own, so that a
// fault, or a message, can be left out and the rest stays as it was.
type chance struct {
	operations, faults, services *rand.Rand
	apart                        []*rand.PCG // of these, in this order; nil with one source
}

// streams tell the sources of a seed apart.
const (
	streamOperations uint64 = 0xc4a9ce_01 + iota
	streamFaults
	streamServices
	streamNetwork
)

// newChance takes the engine's source, or makes some of the seed.
func newChance(o *Options, engine *rand.Rand) chance {
	if !o.Apart {
		return chance{operations: engine, faults: engine, services: engine}
	}
	var c chance
	for i, to := range []**rand.Rand{&c.operations, &c.faults, &c.services} {
		source := rand.NewPCG(o.Seed, streamOperations+uint64(i))
		c.apart = append(c.apart, source)
		*to = rand.New(source)
	}
	return c
}

// reseed has all that is apart begin again from another seed; the engine's source is the engine's.
func (c *chance) reseed(seed uint64, n *network.Network) {
	if c.apart == nil {
		return
	}
	for i, source := range c.apart {
		source.Seed(seed, streamOperations+uint64(i))
	}
	n.SetApart(seed ^ streamNetwork)
}

// Reseed has chance begin again from another seed, for a [Branch].
func (c *Conductor) Reseed(seed uint64) { c.chance.reseed(seed, c.network) }
