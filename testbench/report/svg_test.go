package report

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

func picture(t *testing.T, h history.History, r checker.Results, meta Meta) string {
	t.Helper()
	var svg strings.Builder
	if err := LatencySVG(&svg, h, r, meta); err != nil {
		t.Fatal(err)
	}
	return svg.String()
}

// elementsIn reads a picture as XML, which fails the test if it is none, and
// gives each element's name and class, such as "rect.shade".
func elementsIn(t *testing.T, svg string) []string {
	t.Helper()
	var all []string
	decoder := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := decoder.Token()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatalf("the picture is not XML: %v", err)
		}
		if start, ok := token.(xml.StartElement); ok {
			name := start.Name.Local
			for _, a := range start.Attr {
				if a.Name.Local == "class" {
					name += "." + a.Value
				}
				for _, number := range []string{"NaN", "Inf", "e+"} {
					if strings.Contains(a.Value, number) {
						t.Errorf("%s has %s=%q", name, a.Name.Local, a.Value)
					}
				}
			}
			all = append(all, name)
		}
	}
}

func count(all []string, what string) int {
	n := 0
	for _, each := range all {
		if each == what {
			n++
		}
	}
	return n
}

// legendMarks are the marks that every picture has to explain them: a circle
// for ok, a path for failed and for unknown.
const legendCircles, legendPaths = 1, 2

func TestEveryPartitionHasItsShade(t *testing.T) {
	for _, c := range []struct {
		workload, name string
		shades         int
	}{
		{"broadcast", "lost", 2}, {"broadcast", "valid-partition", 2}, {"broadcast", "valid-25-nodes", 0},
		{"g-set", "valid", 2}, {"unique-ids", "valid", 1}, {"echo", "valid", 0},
	} {
		h, r := recorded(t, c.workload, c.name, checker.Options{})
		svg := picture(t, h, r, Meta{Workload: c.workload})
		all := elementsIn(t, svg)
		shades := count(all, "rect.shade")
		if c.shades > 0 {
			shades-- // the one in the legend
		}
		if shades != c.shades || strings.Count(svg, ">partition</text>") > c.shades {
			t.Errorf("%s/%s: %d shades for %d partitions", c.workload, c.name, shades, c.shades)
		}
	}
}

func TestEveryOperationAndValueHasAMark(t *testing.T) {
	h, r := recorded(t, "broadcast", "lost", checker.Options{})
	set := r.Workload.(*checker.SetFull)
	all := elementsIn(t, picture(t, h, r, Meta{Workload: "broadcast"}))
	if got, want := count(all, "circle"), r.Stats.Count+set.StableCount+legendCircles; got != want {
		t.Errorf("%d dots, want %d", got, want)
	}
	if got, want := count(all, "path.mark"), set.LostCount+legendPaths; got != want {
		t.Errorf("%d crosses and diamonds, want %d", got, want)
	}
}

func TestOutcomesHaveShapesAndKindsColours(t *testing.T) {
	lines := `{"time":0,"type":"invoke","process":0,"f":"add","value":1}
		{"time":1000000,"type":"ok","process":0,"f":"add","value":1}
		{"time":0,"type":"invoke","process":1,"f":"read","value":null}
		{"time":2000000,"type":"fail","process":1,"f":"read","value":null}
		{"time":0,"type":"invoke","process":2,"f":"read","value":null}
		{"time":3000000,"type":"info","process":2,"f":"read","value":null}
		{"time":0,"type":"invoke","process":3,"f":"add","value":2}`
	h, err := history.Read(strings.NewReader(lines), "history")
	if err != nil {
		t.Fatal(err)
	}
	r, err := checker.Check("g-set", h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := elementsIn(t, picture(t, h, r, Meta{Workload: "g-set"}))
	for _, group := range []string{"g.k0 ok", "g.k1 fail", "g.k1 info", "g.k0 info"} {
		if count(all, group) != 1 {
			t.Errorf("no group of marks %s in %v", group, all)
		}
	}
}

func TestPictureOfResultsThatWereReadShowsValuesToo(t *testing.T) {
	h, judged := recorded(t, "g-set", "invalid", checker.Options{})
	text, err := json.Marshal(judged)
	if err != nil {
		t.Fatal(err)
	}
	read, err := checker.Decode("g-set", text)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := picture(t, h, judged, Meta{Workload: "g-set"}), picture(t, h, read, Meta{Workload: "g-set"}); a != b {
		t.Error("the picture depends on whether the results were worked out or read")
	}
}

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
func manyOps(n int) history.History {
	var h history.History
	for i := range n {
		at := time.Duration(i) * time.Millisecond
		took := time.Millisecond + time.Duration(i%97)*10*time.Microsecond
		if i == n/2 {
			took = 10 * time.Second
		}
		h = append(h, history.Op{Time: at, Type: history.Invoke, Process: i, F: "generate"},
			history.Op{Time: at + took, Type: history.OK, Process: i, F: "generate", Value: json.RawMessage(fmt.Sprint(i))})
	}
	slices.SortStableFunc(h, func(a, b history.Op) int { return int(a.Time - b.Time) })
	for i := range h {
		h[i].Index = i
	}
	return h
}

func TestAHundredThousandOperationsMakeAModestFile(t *testing.T) {
	h := manyOps(100_000)
	r, err := checker.Check("unique-ids", h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	svg := picture(t, h, r, Meta{Workload: "unique-ids"})
	all := elementsIn(t, svg)
	if marks := count(all, "circle") - legendCircles; marks > dotsMax || marks < dotsMax/4 {
		t.Errorf("%d marks, want at most %d and not much fewer", marks, dotsMax)
	}
	if len(svg) > 1<<20 {
		t.Errorf("the file has %d bytes", len(svg))
	}
	if picture(t, h, r, Meta{Workload: "unique-ids"}) != svg {
		t.Error("the same run gave two pictures")
	}
}

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

func TestOddRunsAreDrawnToo(t *testing.T) {
	nothing := history.History{}
	instant := history.History{
		{Index: 0, Type: history.Invoke, F: "generate"},
		{Index: 1, Type: history.OK, F: "generate", Value: json.RawMessage(`"<&>"`)},
	}
	for _, h := range []history.History{nothing, instant} {
		r, err := checker.Check("unique-ids", h, checker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		elementsIn(t, picture(t, h, r, Meta{Workload: "<unique> & \x00ids", Flags: []string{strings.Repeat("--flag ", 100)}}))
	}
	impossible := history.History{{Type: history.OK, F: "generate"}}
	if err := LatencySVG(io.Discard, impossible, checker.Results{}, Meta{}); err == nil || !strings.HasPrefix(err.Error(), "draw latencies: operation 0") {
		t.Errorf("an impossible history: %v", err)
	}
	if err := LatencySVG(brokenWriter{}, nothing, checker.Results{}, Meta{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken writer: %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLagOfEachPollIsDrawn(t *testing.T) {
	h, r := recorded(t, "kafka", "inconsistent-offsets", checker.Options{})
	meta := Meta{Workload: "kafka"}
	svg := picture(t, h, r, meta)
	if n := count(elementsIn(t, svg), "rect.panel"); n != 3 {
		t.Errorf("%d panels, want 3", n)
	}
	if !strings.Contains(svg, "realtime lag of each poll") || !strings.Contains(svg, "99 % within ") {
		t.Error("the lag has no title, or no quantile")
	}
	// Results that were read hold no single lags; they are worked out again.
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	read, err := checker.Decode("kafka", text)
	if err != nil {
		t.Fatal(err)
	}
	if again := picture(t, h, read, meta); again != svg {
		t.Error("results that were read are drawn otherwise")
	}
}
