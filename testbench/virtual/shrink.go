package virtual

import (
	"slices"
	"time"

	"eddy/testbench"
)

// Shrink looks for a smaller run that still fails: a shorter time limit, fewer
// faults, fewer nodes, a lower rate. It takes the first smaller one that fails
// and goes on from there, until none does or fails has been asked triesMax
// times. The seed stays: a shorter run begins exactly as the longer one does, so
// that cutting the time limit down to the failure hardly ever loses it, and is
// tried first because everything after it gets cheaper.
//
// fails must run the options and say whether they fail in the way looked for.
func Shrink(o testbench.Options, triesMax int, fails func(testbench.Options) bool) (smallest testbench.Options, tries int) {
	for shrunk := true; shrunk; {
		shrunk = false
		for _, smaller := range reductions {
			for {
				next, found := firstFailing(smaller(o), fails, triesMax, &tries)
				if !found {
					break
				}
				o, shrunk = next, true
			}
		}
	}
	return o, tries
}

func firstFailing(candidates []testbench.Options, fails func(testbench.Options) bool, triesMax int, tries *int) (testbench.Options, bool) {
	for _, c := range candidates {
		if *tries >= triesMax {
			break
		}
		if c.Validate() != nil {
			continue
		}
		if *tries++; fails(c) {
			return c, true
		}
	}
	return testbench.Options{}, false
}

// reductions give smaller runs, the boldest first.
var reductions = []func(testbench.Options) []testbench.Options{shorter, fewerFaults, fewerNodes, slower}

// timeLimitMin is the shortest time limit that is tried; limits are whole
// multiples of it, so that commands stay readable.
const timeLimitMin = 100 * time.Millisecond

func shorter(o testbench.Options) []testbench.Options {
	var all []testbench.Options
	for _, part := range []time.Duration{o.TimeLimit / 2, o.TimeLimit * 3 / 4, o.TimeLimit - timeLimitMin} {
		smaller := o
		smaller.TimeLimit = part.Truncate(timeLimitMin)
		if smaller.TimeLimit >= timeLimitMin && smaller.TimeLimit < o.TimeLimit {
			all = append(all, smaller)
		}
	}
	return all
}

func fewerFaults(o testbench.Options) []testbench.Options {
	var all []testbench.Options
	for i := range o.Nemesis {
		smaller := o
		smaller.Nemesis = slices.Delete(slices.Clone(o.Nemesis), i, i+1)
		all = append(all, smaller)
	}
	if o.Loss > 0 {
		smaller := o
		smaller.Loss = 0
		all = append(all, smaller)
	}
	return all
}

func fewerNodes(o testbench.Options) []testbench.Options {
	count := len(o.Nodes())
	var all []testbench.Options
	for _, fewer := range slices.Compact([]int{count / 2, count * 3 / 4, count - 1}) {
		smaller := o
		if named := o.NodeCount == 0 && len(o.NodeNames) > 0; named {
			smaller.NodeNames = o.NodeNames[:fewer]
		} else {
			smaller.NodeCount = fewer
		}
		if fewer >= 1 && fewer < count {
			all = append(all, smaller)
		}
	}
	return all
}

// rateMin is the lowest rate that is tried.
const rateMin = 1

func slower(o testbench.Options) []testbench.Options {
	smaller := o
	smaller.Rate = max(rateMin, float64(int(o.Rate/2)))
	if smaller.Rate >= o.Rate {
		return nil
	}
	return []testbench.Options{smaller}
}
