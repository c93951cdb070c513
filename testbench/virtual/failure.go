package virtual

import (
	"maps"
	"slices"
	"strings"

	"eddy/testbench"
	"eddy/testbench/checker"
)

// Failure says in a few words what is wrong with a run, the gravest first; it is
// empty for a valid one. Two runs with the same words fail in the same way.
func Failure(o *testbench.Outcome) string {
	r := o.Results
	switch {
	case o.Err != nil:
		return "could not run"
	case r.Valid == checker.Valid:
		return ""
	case len(r.Problems) > 0 && strings.HasPrefix(r.Problems[0].Kind, invariantKind):
		return r.Problems[0].Kind + " is broken"
	case r.Workload != nil && r.Workload.Verdict() == checker.Invalid:
		return r.Workload.Failure()
	case r.Stats.Valid == checker.Invalid:
		return stuck(r.Stats)
	case r.Availability.Valid == checker.Invalid:
		return "too few operations succeeded"
	case len(r.Problems) > 0:
		return "a node broke the protocol: " + r.Problems[0].Kind
	}
	return "nothing to judge"
}

// Vacuous tells whether a run under faults proved nothing: nothing speaks against its nodes, but of some kind of
// operation not one succeeded, or what did succeed leaves nothing to judge. Faults that hold nodes up for most of a
// short run make such runs.
func Vacuous(o *testbench.Outcome) bool {
	r := o.Results
	return o.Err == nil && !o.Interrupted && r.Valid != checker.Valid &&
		(len(o.Options.Nemesis) > 0 || o.Options.Loss > 0 || len(o.Options.Deeds) > 0) &&
		(r.Workload == nil || r.Workload.Verdict() != checker.Invalid) &&
		r.Availability.Valid != checker.Invalid && len(r.Problems) == 0
}

func stuck(s checker.Stats) string {
	for _, f := range slices.Sorted(maps.Keys(s.ByF)) {
		if s.ByF[f].Valid == checker.Invalid {
			return "not one " + f + " succeeded"
		}
	}
	return "an operation never succeeded"
}
