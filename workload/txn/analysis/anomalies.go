package analysis

import (
	"slices"
)

// alsoIs says which anomalies each anomaly is as well: an aborted read is a G1,
// a circle of writes is a circle of information, and so on. From Adya's thesis;
// Adya, Liskov and O'Neil, "Generalized Isolation Level Definitions"; Cerone,
// Bernardi and Gotsman, "A Framework for Transactional Consistency Models with
// Atomic Visibility"; Bailis and others, "Highly Available Transactions"; and
// Elle. The realtime and process variants follow in init.
var alsoIs = map[string][]string{
	"G0":                 {"G1c"},
	"G1a":                {"G1"},
	"G1b":                {"G1"},
	"G1c":                {"G1"},
	"G-single-item":      {"G-single", "G-nonadjacent-item"},
	"G-single":           {"G-nonadjacent", "GSIb"},
	"G-nonadjacent-item": {"G-nonadjacent", "G2-item"},
	"G-nonadjacent":      {"G2"},
	"G2-item":            {"G2"},
	"GSIa":               {"GSI"},
	"GSIb":               {"GSI"},
	"incompatible-order": {"G1a"},
	"unwritten-read":     {"G1a"},
	"future-read":        {"G1c"},
	"dirty-update":       {"G1a"},
	"lost-update":        {"write-skew", "G2-item"},
	"write-skew":         {"G2"},
}

// circles are the anomalies that need processes or real time in their variants.
var circles = []string{"G0", "G1", "G1c", "G-single-item", "G-single", "G-nonadjacent-item", "G-nonadjacent", "G2-item", "G2"}

const (
	inProcess  = "-process"
	inRealtime = "-realtime"
)

// A process does one thing after the other, so what goes against the order of a
// process goes against real time.
func init() {
	plain := map[string][]string{}
	for _, name := range circles {
		plain[name] = slices.Clone(alsoIs[name])
	}
	for _, name := range circles {
		alsoIs[name] = append(alsoIs[name], name+inProcess)
		alsoIs[name+inProcess] = append(alsoIs[name+inProcess], name+inRealtime)
		for _, weaker := range plain[name] {
			if slices.Contains(circles, weaker) {
				alsoIs[name+inProcess] = append(alsoIs[name+inProcess], weaker+inProcess)
				alsoIs[name+inRealtime] = append(alsoIs[name+inRealtime], weaker+inRealtime)
			}
		}
	}
}

// closure gives all that can be reached from some names, themselves included.
func closure(next func(string) []string, from ...string) map[string]bool {
	reached := map[string]bool{}
	from = slices.Clone(from)
	for len(from) > 0 {
		name := from[len(from)-1]
		from = from[:len(from)-1]
		if !reached[name] {
			reached[name] = true
			from = append(from, next(name)...)
		}
	}
	return reached
}

// implied gives all that an anomaly is, itself included.
func implied(anomalies ...string) map[string]bool {
	return closure(func(name string) []string { return alsoIs[name] }, anomalies...)
}

// forbiddenBy tells which anomalies none of the models allows, the models that
// they include considered.
func forbiddenBy(names []string) func(anomaly string) bool {
	direct := map[string]bool{}
	for name := range closure(func(m string) []string { return models[m].includes }, names...) {
		for _, anomaly := range models[name].forbids {
			direct[anomaly] = true
		}
	}
	return func(anomaly string) bool {
		for name := range implied(anomaly) {
			if direct[name] {
				return true
			}
		}
		return false
	}
}

// asksFor tells whether some of the models forbid what only a variant's edges
// show.
func asksFor(names []string, variant string) bool {
	forbidden := forbiddenBy(names)
	return slices.ContainsFunc(circles, func(name string) bool { return forbidden(name + variant) })
}

// ruledOut gives the models that a history with the anomalies does not keep:
// the weakest, and those that include them. Both are sorted.
func ruledOut(anomalies []string) (weakest, stronger []string) {
	found := implied(anomalies...)
	broken := map[string]bool{}
	for name := range models {
		for included := range includedIn(name) {
			if slices.ContainsFunc(models[included].forbids, func(a string) bool { return found[a] }) {
				broken[name] = true
			}
		}
	}
	for name := range broken {
		lesser := false
		for included := range includedIn(name) {
			lesser = lesser || included != name && broken[included]
		}
		if lesser {
			stronger = append(stronger, name)
		} else {
			weakest = append(weakest, name)
		}
	}
	slices.Sort(weakest)
	slices.Sort(stronger)
	return weakest, stronger
}

func includedIn(model string) map[string]bool {
	return closure(func(m string) []string { return models[m].includes }, model)
}
