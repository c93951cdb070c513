package report

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"eddy/testbench/history"
)

func TestWhatTheNemesisDidBecomesIntervals(t *testing.T) {
	at := func(seconds int, f, value string) history.Op {
		return history.Op{Time: time.Duration(seconds) * time.Second, Type: history.Info, Process: history.Nemesis, F: f, Value: json.RawMessage(value)}
	}
	intervals, moments := faultsOf(history.History{
		at(1, "start-partition", `"majority"`), at(2, "start-partition", `["isolated",{}]`), at(3, "start-kill", `null`),
		at(4, "stop-partition", ``), at(5, "stop-partition", `"network-healed"`), at(6, "check-clocks", ``), at(7, "start-partition", `"one"`),
	}, 9*time.Second)
	want := []interval{{"partition", "majority", 2 * time.Second, 4 * time.Second}, {"kill", "", 3 * time.Second, 9 * time.Second}, {"partition", "one", 7 * time.Second, 9 * time.Second}}
	if !slices.Equal(intervals, want) {
		t.Errorf("intervals %v, want %v", intervals, want)
	}
	struck, _ := faultsOf(history.History{
		at(1, "kill", `"one"`), at(1, "pause", `"all"`), at(1, "kill", `{"n1":"killed"}`), at(1, "pause", `{"n2":"paused"}`),
		at(3, "start", `"all"`), at(3, "start", `{"n1":"started"}`), at(4, "resume", `"all"`),
	}, 9*time.Second)
	if want := []interval{{"kill", "one", time.Second, 3 * time.Second}, {"pause", "all", time.Second, 4 * time.Second}}; !slices.Equal(struck, want) {
		t.Errorf("intervals %v, want %v", struck, want)
	}
	if len(moments) != 1 || moments[0].what != "check-clocks" {
		t.Errorf("moments %v, want check-clocks", moments)
	}
}

// manyOps is a run of n generated ids that all take about a millisecond, but
// for one that takes ten seconds.
func TestThinningKeepsOutliersAndLosesNobody(t *testing.T) {
	var dots []dot
	for i := range 60_000 {
		dots = append(dots, dot{x: float64(i % 300), y: float64(i % 200), weight: 1})
	}
	outlier := dot{x: 1000, y: 5, weight: 1}
	failure := dot{x: 10, y: 10, group: 1, weight: 1} // amid the others, but of its own group
	thinned := thin(append(dots, outlier, failure))
	if !slices.Contains(thinned, outlier) || !slices.Contains(thinned, failure) {
		t.Error("a dot that stands alone was left out")
	}
	if len(thinned) > dotsMax {
		t.Errorf("%d dots are left, want at most %d", len(thinned), dotsMax)
	}
	few := dots[:dotsMax]
	if len(thin(few)) != len(few) {
		t.Error("dots were left out though there is room for all")
	}
}

func TestScalesEndInRoundNumbers(t *testing.T) {
	for _, c := range []struct{ low, high, wantLow, wantHigh float64 }{
		{3, 70, 2, 100}, {1, 1, 1, 10}, {0.013, 12000, 0.01, 20000}, {5, 50, 5, 100}, {999, 1001, 500, 5000},
	} {
		s := newLogScale(panel{0, 100}, c.low, c.high)
		if math.Abs(s.low/c.wantLow-1) > 1e-9 || math.Abs(s.high/c.wantHigh-1) > 1e-9 {
			t.Errorf("%v to %v: scale from %v to %v, want %v to %v", c.low, c.high, s.low, s.high, c.wantLow, c.wantHigh)
		}
		if math.Abs(s.y(s.low)-100) > 1e-9 || math.Abs(s.y(s.high)) > 1e-9 || s.y(0) != s.y(s.low) {
			t.Errorf("scale from %v to %v ends at %v and %v", s.low, s.high, s.y(s.low), s.y(s.high))
		}
	}
	s := newLinearScale(panel{0, 100}, 797, 4)
	if got := fmt.Sprint(s.ticks()); got != "[0 200 400 600 800]" || s.y(400) != 50 {
		t.Errorf("ticks up to 797: %s, 400 at %v", got, s.y(400))
	}
	for label, v := range map[string]float64{"0.01 ms": 0.01, "500 ms": 500, "1 s": 1000, "2.5 s": 2500, "0 ms": 0} {
		if got := latencyLabel(v); got != label {
			t.Errorf("label of %v is %q, want %q", v, got, label)
		}
	}
}
