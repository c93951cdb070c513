package report

import "eddy/testbench/checker"

// NotOK is the target for the share of operations that did not succeed, in
// millionths. Crashes of kafka's clients do not count: the bench plays them, and
// they never succeed.
func NotOK(belowPPM float64) Target {
	return Target{Name: "share not ok", Below: belowPPM, Unit: "ppm", Measure: func(r checker.Results) (float64, bool) {
		crashes := r.Stats.ByF["crash"].Count
		completed := r.Stats.Count - crashes
		if crashes == 0 || completed <= 0 {
			return 1e6 * (1 - float64(r.Availability.OKFraction)), true
		}
		return 1e6 * float64(completed-r.Stats.OKCount) / float64(completed), true
	}}
}
