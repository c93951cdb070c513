package report

import "eddy/testbench/checker"

// NotOK is the target for the share of operations that did not succeed, in
// millionths: what Maelstrom's ok-fraction lacks to 1. The crashes of kafka's
// clients, which never succeed, are among them.
func NotOK(belowPPM float64) Target {
	return Target{Name: "share not ok", Below: belowPPM, Unit: "ppm", Measure: func(r checker.Results) (float64, bool) {
		return 1e6 * (1 - float64(r.Availability.OKFraction)), true
	}}
}
