package report

import (
	"testing"

	"eddy/testbench/checker"
)

func TestCrashesThatTheBenchPlaysDoNotCountAsNotOK(t *testing.T) {
	r := checker.Results{Availability: checker.Availability{OKFraction: 0.97}, MayFail: []string{"crash"}}
	r.Stats.Count, r.Stats.OKCount = 100, 97
	r.Stats.ByF = map[string]checker.Counts{"crash": {Count: 3, InfoCount: 3}, "send": {Count: 97, OKCount: 97}}
	if ppm, _ := NotOK(500).Measure(r); ppm != 0 {
		t.Errorf("%v ppm not ok where only crashes were", ppm)
	}
	r.Stats.OKCount = 96
	if ppm, _ := NotOK(500).Measure(r); ppm < 10309 || ppm > 10310 {
		t.Errorf("%v ppm of 97 operations of which one failed", ppm)
	}
}
