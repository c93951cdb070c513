package search

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/workload"
)

// swarm draws a run within what the options allow: some of their faults, of up to their nodes, for up to their time.
// What is at its default is drawn too, such as how many messages are lost; what was chosen stays as it is.
//
// Runs are short first: failures that take long are rare, and of what most runs show a short one costs little. How
// long the i-th is follows the sequence of Luby, Sinclair and Zuckerman (Optimal speedup of Las Vegas algorithms,
// 1993), which loses little against the length that would be best.
func swarm(o testbench.Options, i int) testbench.Options {
	rng := draws(&o, ofSwarm)
	o.Apart = true // so that what fails is told by its decisions
	o.TimeLimit = min(o.TimeLimit, max(timeLimitMin, (o.TimeLimit/shortest).Truncate(timeLimitStep))*time.Duration(luby(i+1)))
	for _, change := range dimensions {
		next := o
		change(&next, rng)
		if next.Validate() == nil { // a workload may want a number of workers that fewer nodes do not have
			o = next
		}
	}
	return o
}

// dimensions are what a run can be changed in, each by itself.
var dimensions = []func(o *testbench.Options, rng *rand.Rand){fewerFaults, faultPace, faultOptions, fewerNodes, otherRate, otherTopology, holdUps}

// fewerFaults keeps each fault in every other run, and one at least: a fault may hide what another brings to light.
func fewerFaults(o *testbench.Options, rng *rand.Rand) {
	if len(o.Nemesis) == 0 || rng.IntN(2) == 0 {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(o.Nemesis), func(string) bool { return rng.IntN(2) == 0 })
	if len(kept) == 0 {
		kept = []string{o.Nemesis[rng.IntN(len(o.Nemesis))]}
	}
	o.Nemesis = kept
}

func faultPace(o *testbench.Options, rng *rand.Rand) {
	o.NemesisInterval = min(scaled(rng, o.NemesisInterval, 0.2, 1.5), scaled(rng, o.TimeLimit, 0.04, 0.4))
}

// scaled draws a time between two multiples of another, evenly by its logarithm, in whole milliseconds.
func scaled(rng *rand.Rand, d time.Duration, from, to float64) time.Duration {
	factor := from * math.Exp(rng.Float64()*math.Log(to/from))
	return max(time.Millisecond, time.Duration(float64(d)*factor).Truncate(time.Millisecond))
}

// faultOptions draws how hard the faults are that are left, and how long they last.
func faultOptions(o *testbench.Options, rng *rand.Rand) {
	usual, lasts := nemesis.Defaults(), func(d *time.Duration) {
		if *d == 0 && rng.IntN(2) == 0 {
			*d = scaled(rng, o.NemesisInterval, 0.05, 2)
		}
	}
	rate := func(r *float64, usual float64) {
		if *r == usual {
			*r = one(rng, []float64{0.02, 0.05, 0.1, 0.2, 0.4, 0.7})
		}
	}
	f := &o.Faults
	for _, name := range o.Nemesis {
		switch name {
		case nemesis.FaultPartition:
			some(rng, &f.Partition.Shapes, nemesis.Shapes())
			lasts(&f.Partition.Duration)
		case nemesis.FaultLoss:
			rate(&f.Loss.Rate, usual.Loss.Rate)
			lasts(&f.Loss.Duration)
		case nemesis.FaultDuplicate:
			rate(&f.Duplicate.Rate, usual.Duplicate.Rate)
			lasts(&f.Duplicate.Duration)
		case nemesis.FaultReorder:
			rate(&f.Reorder.Rate, usual.Reorder.Rate)
			if f.Reorder.Delay == usual.Reorder.Delay {
				f.Reorder.Delay = scaled(rng, f.Reorder.Delay, 0.05, 3)
			}
			lasts(&f.Reorder.Duration)
		case nemesis.FaultLatency:
			if f.Latency.Factor == usual.Latency.Factor {
				f.Latency.Factor = one(rng, []float64{2, 5, 10, 30})
			}
			lasts(&f.Latency.Duration)
		case nemesis.FaultKill:
			some(rng, &f.Kill.Targets, nemesis.Targets())
			lasts(&f.Kill.Duration)
		case nemesis.FaultPause:
			some(rng, &f.Pause.Targets, nemesis.Targets())
			lasts(&f.Pause.Duration)
		case nemesis.FaultSkew:
			some(rng, &f.Skew.Targets, nemesis.Targets())
			if f.Skew.Max == usual.Skew.Max {
				f.Skew.Max = one(rng, []time.Duration{100 * time.Millisecond, time.Second, time.Minute})
			}
			lasts(&f.Skew.Duration)
		case nemesis.FaultDisk:
			some(rng, &f.Disk.Targets, nemesis.Targets())
			some(rng, &f.Disk.Harms, []string{nemesis.DiskFull, nemesis.DiskSlow, nemesis.DiskSync})
			lasts(&f.Disk.Duration)
		case nemesis.FaultMembership:
			lasts(&f.Membership.Duration)
		}
	}
}

func one[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

// some draws one or more of all where nothing was chosen, in their order. Half of the time it leaves the choice to
// the fault.
func some(rng *rand.Rand, chosen *[]string, all []string) {
	if len(*chosen) > 0 || rng.IntN(2) == 0 {
		return
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(string) bool { return rng.IntN(3) > 0 })
	if len(kept) == 0 {
		kept = []string{one(rng, all)}
	}
	*chosen = kept
}

// nodesFew is the smallest cluster that is drawn: below it there is no minority.
const nodesFew = 3

// fewerNodes has runs with small clusters, which are cheap, and of which a fault hits a larger part.
func fewerNodes(o *testbench.Options, rng *rand.Rand) {
	n := len(o.Nodes())
	if n <= nodesFew || rng.IntN(3) == 0 {
		return
	}
	fewer := nodesFew + rng.IntN(n-nodesFew)
	if o.NodeCount == 0 && len(o.NodeNames) > 0 {
		o.NodeNames = o.NodeNames[:fewer]
		return
	}
	o.NodeCount = fewer
}

// The shortest runs take one in so many parts of the time, but not less than timeLimitMin.
const (
	shortest      = 12
	timeLimitMin  = time.Second
	timeLimitStep = 100 * time.Millisecond
)

// luby is the i-th of 1, 1, 2, 1, 1, 2, 4, 1, 1, 2, 1, 1, 2, 4, 8 and so on, from 1.
func luby(i int) int {
	for k := bits.Len(uint(i)); ; k = bits.Len(uint(i)) {
		if i == 1<<k-1 {
			return 1 << (k - 1)
		}
		i -= 1<<(k-1) - 1
	}
}

func otherRate(o *testbench.Options, rng *rand.Rand) {
	o.Rate = math.Ceil(o.Rate * one(rng, []float64{0.5, 1, 1, 2}))
}

func otherTopology(o *testbench.Options, rng *rand.Rand) {
	if w, err := o.Workloads.Named(o.Workload); err == nil && w.Topology && o.Topology == testbench.Defaults(o.Workloads).Topology {
		o.Topology = one(rng, workload.Topologies())
	}
}

// holdUps has every third run held up on links.
func holdUps(o *testbench.Options, rng *rand.Rand) {
	if o.Preempt == 0 && rng.IntN(3) == 0 {
		o.Preempt = 1 + rng.IntN(preemptionsMax)
	}
}
