package report

import "eddy/testbench/checker"

// NotOK is the target for the share of operations that did not succeed, in
// millionths. Those that promise nothing do not count, such as the crashes of
// kafka's clients, which the bench plays and which never succeed.
func NotOK(belowPPM float64) Target {
	return Target{Name: "share not ok", Below: belowPPM, Unit: "ppm", Measure: func(r checker.Results) (float64, bool) {
		promised, unpromised := r.Stats.Counts, 0
		for _, f := range r.MayFail {
			unpromised += r.Stats.ByF[f].Count
			promised.OKCount -= r.Stats.ByF[f].OKCount
		}
		completed := r.Stats.Count - unpromised
		if unpromised == 0 || completed <= 0 {
			return 1e6 * (1 - float64(r.Availability.OKFraction)), true
		}
		return 1e6 * float64(completed-promised.OKCount) / float64(completed), true
	}}
}
