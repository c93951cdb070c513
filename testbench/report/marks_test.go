package report

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
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

func TestEveryFaultHasAColourOfItsOwn(t *testing.T) {
	seen := map[string]string{}
	for _, name := range nemesis.Known() {
		class := faultClass(name)
		if class == otherFault {
			t.Errorf("%s has no colour", name)
		}
		for _, f := range faultColours {
			if f.name != name {
				continue
			}
			for _, colour := range []string{"light " + f.light, "dark " + f.dark} {
				if seen[colour] != "" {
					t.Errorf("%s and %s are both %s", name, seen[colour], colour)
				}
				seen[colour] = name
			}
		}
		if n := strings.Count(style(), "."+class+"{fill:"); n != 2 {
			t.Errorf("the style names %s %d times, not in light and in dark", class, n)
		}
	}
	if faultClass("clock") != otherFault {
		t.Error("a fault that is not known has a colour of its own")
	}
}

// drawnFaults is the picture of a run with all faults at once, as XML.
func drawnFaults(t *testing.T) string {
	t.Helper()
	var h history.History
	add := func(at time.Duration, f string, value string) {
		for range 2 {
			h = append(h, history.Op{Index: len(h), Time: at, Type: history.Info, Process: history.Nemesis, F: f, Value: json.RawMessage(value)})
		}
	}
	begins := map[string]string{"kill": "kill", "pause": "pause", "membership": "remove-members"}
	for i, name := range nemesis.Known() {
		begin := begins[name]
		if begin == "" {
			begin = "start-" + name
		}
		if fault, _, known := nemesis.Begins(begin); !known || fault != name {
			t.Fatalf("%s begins %q", begin, fault)
		}
		add(time.Duration(i)*time.Second, begin, `"a rather long value of it"`)
	}
	add(20*time.Second, "check-clocks", "null")
	add(20*time.Second, "check-disks", "null")
	add(21*time.Second, "stop-partition", "null")
	h = append(h, history.Op{Index: len(h), Time: 22 * time.Second, Type: history.Invoke, F: "read"}, history.Op{Index: len(h) + 1, Time: 22 * time.Second, Type: history.OK, F: "read"})
	var svg strings.Builder
	if err := LatencySVG(&svg, h, checker.Results{}, Meta{}); err != nil {
		t.Fatal(err)
	}
	return svg.String()
}

// No label may lie over another: their boxes, by the estimated width of text, must not meet.
func TestLabelsOfManyFaultsDoNotOverlap(t *testing.T) {
	svg := drawnFaults(t)
	type box struct {
		text                     string
		left, top, right, bottom float64
	}
	var all []box
	for _, m := range regexp.MustCompile(`<text class="([a-z ]*)" x="([\d.]+)" y="([\d.]+)">([^<]*)</text>`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.ParseFloat(m[2], 64)
		y, _ := strconv.ParseFloat(m[3], 64)
		width := labelPx(m[4])
		left := x
		switch {
		case strings.Contains(m[1], "end"):
			left = x - width
		case strings.Contains(m[1], "middle"):
			left = x - width/2
		}
		all = append(all, box{m[4], left, y - 10, left + width, y + 3})
	}
	for _, name := range nemesis.Known() {
		if !slices.ContainsFunc(all, func(b box) bool { return b.text == name }) {
			t.Errorf("%s has no label", name)
		}
	}
	for i, a := range all {
		if a.left < 0 || a.right > pagePx {
			t.Errorf("%q sticks out of the page: it goes from %.0f to %.0f", a.text, a.left, a.right)
		}
		for _, b := range all[:i] {
			if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
				t.Errorf("%q at %.0f,%.0f overlaps %q at %.0f,%.0f", a.text, a.left, a.bottom, b.text, b.left, b.bottom)
			}
		}
	}
}

// In virtual time most operations take none; what takes some is not pressed together above them.
func TestLatenciesOfNoneStandInABandOfTheirOwn(t *testing.T) {
	d := drawing{kinds: []string{"broadcast", "read"}, main: panel{100, 300}}
	for kind, took := range []time.Duration{0, 0} {
		d.points = append(d.points, point{took: took, kind: kind, outcome: history.OK})
	}
	slow := point{took: 40 * time.Millisecond, outcome: history.OK}
	slower := point{took: 90 * time.Millisecond, outcome: history.OK}
	d.points = append(d.points, slow, slower)
	s := d.latencyScale()
	if s.footLabel() != "0 ms" || s.low != 20 || s.high != 200 {
		t.Errorf("%q at the foot, and %v to %v ms above", s.footLabel(), s.low, s.high)
	}
	a, b := s.place(d.points[0]), s.place(d.points[1])
	if a == b || a < s.foot.top || b < s.foot.top || b > d.main.bottom() {
		t.Errorf("reads and broadcasts of 0 ms stand at %v and %v, the band is %v", a, b, s.foot)
	}
	if above := s.place(slow); above > s.foot.top || s.place(slower) >= above {
		t.Errorf("40 ms stand at %v, 90 ms at %v", above, s.place(slower))
	}

	none := d
	none.points = d.points[:2]
	if s := none.latencyScale(); !s.alone || s.foot != d.main || !none.allAtFoot() || d.allAtFoot() {
		t.Errorf("where no operation takes any there is more than their band: %+v", s)
	}

	d.points = append(d.points, point{took: time.Microsecond})
	if got := d.latencyScale().footLabel(); got != "< 0.01 ms" {
		t.Errorf("with 1 µs the band is labelled %q", got)
	}
	d.points = d.points[2:4]
	if s := d.latencyScale(); s.foot.height != 0 || s.panel != d.main {
		t.Errorf("where all take some there is a band of %v", s.foot)
	}
}
