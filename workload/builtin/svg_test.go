package builtin

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
	"eddy/workload/set"
)

func picture(t *testing.T, h history.History, r checker.Results, meta report.Meta) string {
	t.Helper()
	var svg strings.Builder
	if err := report.LatencySVG(&svg, h, r, meta); err != nil {
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
		svg := picture(t, h, r, report.Meta{Workload: c.workload})
		all := elementsIn(t, svg)
		shades, bars, names := count(all, "rect.shade f-partition"), count(all, "rect.bar f-partition"), strings.Count(svg, ">partition</text>")
		if shades != c.shades || bars != c.shades || names != min(c.shades, 1) {
			t.Errorf("%s/%s: %d shades and %d bars for %d partitions, on %d lines", c.workload, c.name, shades, bars, c.shades, names)
		}
	}
}

func TestEveryOperationAndValueHasAMark(t *testing.T) {
	h, r := recorded(t, "broadcast", "lost", checker.Options{})
	set := r.Workload.(*set.Results)
	all := elementsIn(t, picture(t, h, r, report.Meta{Workload: "broadcast"}))
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
	r, err := Workloads().Check("g-set", h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	all := elementsIn(t, picture(t, h, r, report.Meta{Workload: "g-set"}))
	for _, group := range []string{"g.k0 ok", "g.k1 fail", "g.k1 info", "g.k0 info"} {
		if count(all, group) != 1 {
			t.Errorf("no group of marks %s in %v", group, all)
		}
	}
}

// judgedAs judges histories of a workload again.
func judgedAs(workload string) func(history.History) (checker.Results, error) {
	return func(h history.History) (checker.Results, error) {
		return Workloads().Check(workload, h, checker.Options{})
	}
}

func TestPictureOfResultsThatWereReadShowsValuesToo(t *testing.T) {
	h, judged := recorded(t, "g-set", "invalid", checker.Options{})
	text, err := json.Marshal(judged)
	if err != nil {
		t.Fatal(err)
	}
	read, err := decode("g-set", text)
	if err != nil {
		t.Fatal(err)
	}
	meta := report.Meta{Workload: "g-set", Judge: judgedAs("g-set")}
	if a, b := picture(t, h, judged, meta), picture(t, h, read, meta); a != b {
		t.Error("the picture depends on whether the results were worked out or read")
	}
}

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
	r, err := Workloads().Check("unique-ids", h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	svg := picture(t, h, r, report.Meta{Workload: "unique-ids"})
	all := elementsIn(t, svg)
	if marks := count(all, "circle") - legendCircles; marks > 5000 || marks < 5000/4 {
		t.Errorf("%d marks, want at most %d and not much fewer", marks, 5000)
	}
	if len(svg) > 1<<20 {
		t.Errorf("the file has %d bytes", len(svg))
	}
	if picture(t, h, r, report.Meta{Workload: "unique-ids"}) != svg {
		t.Error("the same run gave two pictures")
	}
}

func TestOddRunsAreDrawnToo(t *testing.T) {
	nothing := history.History{}
	instant := history.History{
		{Index: 0, Type: history.Invoke, F: "generate"},
		{Index: 1, Type: history.OK, F: "generate", Value: json.RawMessage(`"<&>"`)},
	}
	for _, h := range []history.History{nothing, instant} {
		r, err := Workloads().Check("unique-ids", h, checker.Options{})
		if err != nil {
			t.Fatal(err)
		}
		elementsIn(t, picture(t, h, r, report.Meta{Workload: "<unique> & \x00ids", Flags: []string{strings.Repeat("--flag ", 100)}}))
	}
	impossible := history.History{{Type: history.OK, F: "generate"}}
	if err := report.LatencySVG(io.Discard, impossible, checker.Results{}, report.Meta{}); err == nil || !strings.HasPrefix(err.Error(), "draw latencies: operation 0") {
		t.Errorf("an impossible history: %v", err)
	}
	if err := report.LatencySVG(brokenWriter{}, nothing, checker.Results{}, report.Meta{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken writer: %v", err)
	}
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestLagOfEachPollIsDrawn(t *testing.T) {
	h, r := recorded(t, "kafka", "inconsistent-offsets", checker.Options{})
	meta := report.Meta{Workload: "kafka", Judge: judgedAs("kafka")}
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
	read, err := decode("kafka", text)
	if err != nil {
		t.Fatal(err)
	}
	if again := picture(t, h, read, meta); again != svg {
		t.Error("results that were read are drawn otherwise")
	}
}
