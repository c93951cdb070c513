package virtual

import (
	"slices"
	"time"

	"eddy/testbench"
)

// decisionsMax is how many decisions are told: a run of more is better told by its seed.
const decisionsMax = 20

// apartTriesMax is how many seeds are tried for one with which a run with chance apart fails as one without did.
const apartTriesMax = 40

// Decide looks for the decisions with which a run fails, and gives a run whose deeds they are, and nothing else
// befalls it. It asks fails at most triesMax times. A run with chance apart is written down as it is; of another the
// faults of nodes and links are, and a seed is looked for with which the rest fails too. found is false where nothing
// is told that way.
func Decide(o testbench.Options, config Config, triesMax int, fails func(testbench.Options) bool) (decided testbench.Options, found bool) {
	tries := 0
	asked := func(o testbench.Options) bool {
		tries++
		return tries <= triesMax && o.Validate() == nil && fails(o)
	}
	if !o.Apart {
		if o, found = tellApart(o, config, asked); !found {
			return o, false
		}
	}
	var t testbench.Transcript
	config.Befallen = t.Befallen
	out := Run(o, config)
	bare, groups, err := t.Written(o, out.History)
	if err != nil || !asked(bare.Together(groups)) {
		return o, false
	}
	groups = shrinkDecisions(bare, groups, asked)
	if len(groups) > decisionsMax {
		return o, false
	}
	decided, _ = Shrink(bare.Together(groups), triesMax-tries, fails)
	ended := decided
	ended.Deeds = slices.DeleteFunc(slices.Clone(decided.Deeds), func(d testbench.Deed) bool { return d.At > decided.TimeLimit })
	if len(ended.Deeds) < len(decided.Deeds) && fails(ended) {
		decided = ended // what is mended only then is mended anyway
	}
	return decided, true
}

// tellApart looks for a run with chance apart that fails, under the same faults of nodes and links.
func tellApart(o testbench.Options, config Config, fails func(testbench.Options) bool) (apart testbench.Options, found bool) {
	out := Run(o, config)
	var faults testbench.Transcript
	bare, groups, err := faults.Written(o, out.History)
	if err != nil {
		return o, false
	}
	apart = bare.Together(groups)
	apart.Nemesis, apart.NemesisInterval, apart.Faults = testbench.FaultsOfMessages(o.Nemesis), o.NemesisInterval, o.Faults
	apart.Loss, apart.Preempt, apart.Apart = o.Loss, o.Preempt, true
	for i := range uint64(apartTriesMax) {
		if apart.Seed = o.Seed + i; fails(apart) {
			return apart, true
		}
	}
	return o, false
}

// shrinkDecisions looks for fewer and smaller decisions with which a run still fails: by delta debugging (Zeller,
// Hildebrandt: Simplifying and isolating failure-inducing input, 2002), then fewer nodes and links in each fault,
// shorter faults, and rounder times.
func shrinkDecisions(bare testbench.Options, groups [][]testbench.Deed, fails func(testbench.Options) bool) [][]testbench.Deed {
	ask := func(some [][]testbench.Deed) bool { return fails(bare.Together(some)) }
	groups = minimal(fewerKinds(groups, ask), ask)
	for _, smaller := range []func([]testbench.Deed) [][]testbench.Deed{fewerStruck, sooner, rounder} {
		for i := range groups {
			for shrunk := true; shrunk; {
				shrunk = false
				for _, g := range smaller(groups[i]) {
					next := slices.Clone(groups)
					if next[i] = g; ask(next) {
						groups, shrunk = next, true
						break
					}
				}
			}
		}
	}
	return minimal(groups, ask)
}

// fewerKinds leaves out all decisions of a kind together, where that can be.
func fewerKinds(groups [][]testbench.Deed, fails func([][]testbench.Deed) bool) [][]testbench.Deed {
	for _, kind := range []string{testbench.DoLate, testbench.DoTwice, testbench.DoLose, testbench.DoSkew, testbench.DoPause, testbench.DoDeafen, testbench.DoCut, testbench.DoDisk, testbench.DoKill} {
		rest := slices.DeleteFunc(slices.Clone(groups), func(g []testbench.Deed) bool { return g[0].Do == kind })
		if len(rest) < len(groups) && fails(rest) {
			groups = rest
		}
	}
	return groups
}

// minimal leaves out of all what can be left out.
func minimal[T any](all []T, fails func([]T) bool) []T {
	if len(all) > 0 && fails(nil) {
		return nil
	}
	for parts := 2; len(all) >= 2; { // as halves, quarters and so on
		size := (len(all) + parts - 1) / parts
		smaller := false
		for begin := 0; begin < len(all); begin += size {
			end := min(begin+size, len(all))
			if rest := slices.Concat(all[:begin], all[end:]); fails(rest) {
				all, smaller = rest, true
				parts = max(parts-1, 2)
				break
			}
		}
		switch {
		case smaller:
		case parts >= len(all):
			return all
		default:
			parts = min(2*parts, len(all))
		}
	}
	return all
}

// fewerStruck gives a fault of fewer nodes and links.
func fewerStruck(g []testbench.Deed) (all [][]testbench.Deed) {
	first := g[0]
	change := func(nodes, others []string) {
		next := slices.Clone(g)
		for i := range next {
			next[i].Nodes, next[i].Others = nodes, others
		}
		all = append(all, next)
	}
	without := func(of []string, change func([]string)) {
		if len(of) < 2 {
			return
		}
		for i := range of {
			change(slices.Delete(slices.Clone(of), i, i+1))
		}
	}
	without(first.Nodes, func(nodes []string) { change(nodes, first.Others) })
	without(first.Others, func(others []string) { change(first.Nodes, others) })
	if first.Do == testbench.DoCut && len(g) <= 2 {
		next := slices.Clone(g)
		next[0].Do = testbench.DoDeafen
		all = append(all, next)
		next = slices.Clone(next)
		for i := range next {
			next[i].Nodes, next[i].Others = first.Others, first.Nodes
		}
		all = append(all, next)
	}
	return all
}

// spanMin is how short faults are made, and by what their ends are counted.
const spanMin = 10 * time.Millisecond

// sooner gives a fault that ends sooner, or a message that is less late.
func sooner(g []testbench.Deed) (all [][]testbench.Deed) {
	if d := g[0]; len(g) == 1 && d.Do == testbench.DoLate && d.For > spanMin {
		d.For = (d.For / 2).Truncate(time.Millisecond)
		return [][]testbench.Deed{{d}}
	}
	if len(g) < 2 {
		return nil
	}
	for _, share := range []time.Duration{4, 2} {
		next := slices.Clone(g)
		next[1].At = (g[0].At + (g[1].At-g[0].At)/share).Truncate(time.Millisecond)
		if next[1].At >= g[0].At+spanMin {
			all = append(all, next)
		}
	}
	return all
}

// rounder gives a group at rounder times.
func rounder(g []testbench.Deed) (all [][]testbench.Deed) {
	for _, to := range []time.Duration{100 * time.Millisecond, spanMin, time.Millisecond} {
		next := slices.Clone(g)
		round := true
		for i := range next {
			next[i].At = g[i].At.Truncate(to)
			round = round && next[i].At == g[i].At
		}
		if round {
			return all
		}
		all = append(all, next)
	}
	return all
}
