package sweep

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestPoolTakesEveryJobOnce(t *testing.T) {
	for _, workers := range []int{1, 3, 100} {
		var taken []int
		Pool(37, workers, func(job int) int { return job * job }, func(job, square int) bool {
			if square != job*job {
				t.Errorf("job %d gives %d", job, square)
			}
			taken = append(taken, job)
			return true
		})
		slices.Sort(taken)
		if len(taken) != 37 || taken[36] != 36 || len(slices.Compact(taken)) != 37 {
			t.Errorf("%d workers: took %v", workers, taken)
		}
	}
	Pool(0, 4, func(int) int { t.Error("a job of none"); return 0 }, func(int, int) bool { return true })
}

func TestStoppedPoolHasDoneAllEarlierJobs(t *testing.T) {
	var taken []int
	ended, late := make(chan struct{}), make(chan int, 1000)
	Pool(1000, 4, func(job int) int {
		select {
		case <-ended:
			late <- job
		default:
		}
		return job
	}, func(job, _ int) bool {
		taken = append(taken, job)
		if job == 20 {
			close(ended)
		}
		return job != 20
	})
	slices.Sort(taken)
	for i, job := range taken {
		if i != job {
			t.Fatalf("took %v", taken)
		}
	}
	// The other workers may have been given a job each. How many of the jobs behind 20 were done before it ended the
	// pool is the scheduler's affair.
	if len(taken) < 21 || len(late) > 3 {
		t.Errorf("stopped at job 20 it took %d jobs, of which %d were begun after that", len(taken), len(late))
	}
}

func TestPointsAreEveryCombination(t *testing.T) {
	got := Points([]Axis{{"a", []string{"1", "2"}}, {"b", []string{"x", "y"}}})
	want := [][]string{{"1", "x"}, {"1", "y"}, {"2", "x"}, {"2", "y"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the points are %v", got)
	}
	if got := Points(nil); len(got) != 1 || len(got[0]) != 0 {
		t.Errorf("without axes: %v", got)
	}
}

// sampled is a point of runs that measured so many messages, and latencies.
func sampled(values []string, samples ...Sample) Row {
	return Collect(values, samples, make([]string, len(samples)))
}

func example() Sweep {
	return Sweep{
		Command: []string{"broadcast", "--vary", "interval=50ms,100ms,1s,2s", "it's"},
		Axes:    []Axis{{"interval", []string{"50ms", "100ms", "1s", "2s", "3s"}}},
		Rows: []Row{
			sampled([]string{"50ms"}, Sample{4, 100, 200}, Sample{4.5, 110, 190}, Sample{4.2, 105, 180}),
			sampled([]string{"100ms"}, Sample{2, 150, 300}, Sample{2.1, 151, 310}, Sample{2.2, 155, 290}),
			sampled([]string{"1s"}, Sample{3, 400, 900}, Sample{3, 410, 910}, Sample{3, 405, 905}),
			{Values: []string{"2s"}, Skipped: `too long, "says" <the> check & more`},
			Collect([]string{"3s"}, []Sample{{1, 10, 20}, {1, 12, 20}}, []string{"", "values lost"}),
		},
	}
}

func TestFrontierIsWhatNothingBeats(t *testing.T) {
	if got := Frontier(example().Rows, MedianMs); !slices.Equal(got, []bool{true, true, false, false, false}) {
		t.Errorf("the frontier is %v", got)
	}
}

func TestFileOfASweepCanBeReadAgain(t *testing.T) {
	var text bytes.Buffer
	s := example()
	if err := s.WriteCSV(&text); err != nil {
		t.Fatal(err)
	}
	again, err := Read(&text)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(again.Command, s.Command) || again.Table() != s.Table() {
		t.Errorf("written\n%s\nread\n%s", s.Table(), again.Table())
	}
	for i, r := range s.Rows {
		for _, f := range Figures() {
			if got, want := again.Rows[i].Figures[f], r.Figures[f]; got.String() != want.String() || want.N > 1 && got.variance() != want.variance() {
				t.Errorf("row %d: %s is %+v, was %+v", i, f, got, want)
			}
		}
	}
}

func TestForeignFilesAreRefusedInWords(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "first line",
		"a,b\n1,2\n":                  "eddy bench --csv",
		"# eddy bench [1]\n":          "arguments",
		"# eddy bench [\"x\"]\na,b\n": "columns",
		"# eddy bench [\"x\"]\n\"a\n": "quote",
	} {
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := ReadFile("no-such-file.csv"); err == nil || !strings.Contains(err.Error(), "no-such-file.csv") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestOnlyDifferencesBeyondNoiseCount(t *testing.T) {
	steady := Estimated([]float64{100, 101, 99, 100, 100})
	for _, c := range []struct {
		before, now Estimate
		want        Change
	}{
		{steady, steady, Noise},
		{steady, Estimated([]float64{90, 91, 89, 90, 90}), Better},
		{steady, Estimated([]float64{110, 111, 109, 110, 110}), Worse},
		{steady, Estimated([]float64{60, 140, 90, 125, 95}), Noise},
		{Estimated([]float64{5, 5}), Estimated([]float64{4, 4}), Better},
		{Estimated([]float64{5}), Estimated([]float64{4}), Unknown},
		{Estimated([]float64{5}), Estimated([]float64{5}), Noise},
		{Estimated(nil), steady, Unknown},
	} {
		if got := Compare(c.before, c.now); got != c.want {
			t.Errorf("%v, then %v: %s, want %s", c.before, c.now, got, c.want)
		}
	}
}

func TestComparisonFindsPointsByTheirFlags(t *testing.T) {
	earlier, now := example(), example()
	now.Rows = now.Rows[1:]
	now.Rows[0] = sampled([]string{"100ms"}, Sample{1, 150, 300}, Sample{1.1, 151, 310}, Sample{1.2, 155, 290})
	now.Rows = append(now.Rows, sampled([]string{"9s"}, Sample{1, 1, 1}))
	text := now.Against(earlier)
	for _, want := range []string{"better (-47.6 %)", "same", "1 of 2 invalid: values lost", "1 points are not in the earlier sweep"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestChartIsSoundXMLAndTellsEveryPoint(t *testing.T) {
	var picture bytes.Buffer
	if err := example().SVG(&picture, `eddy bench <"&'>`, Targets{30, 400, 600}); err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(bytes.NewReader(picture.Bytes()))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	for _, want := range []string{"interval=50ms", "interval=3s", "1 of 2 invalid", "targets: under 30 messages an op and 400 ms"} {
		if !strings.Contains(picture.String(), want) {
			t.Errorf("the chart does not tell %q", want)
		}
	}
	if strings.Contains(picture.String(), "NaN") || strings.Contains(picture.String(), "Inf") {
		t.Error("the chart has places that are no numbers")
	}
	var page bytes.Buffer
	if err := example().HTML(&page, "a", Targets{}); err != nil || !strings.Contains(page.String(), "&lt;the&gt; check") {
		t.Errorf("the page does not tell what was skipped: %v", err)
	}
}

func TestChartOfNothingMeasuredSaysSo(t *testing.T) {
	s := Sweep{Rows: []Row{{Figures: [figures]Estimate{{Mean: math.NaN()}}}}}
	var picture bytes.Buffer
	if err := s.SVG(&picture, "", Targets{}); err != nil || !strings.Contains(picture.String(), "nothing measured") {
		t.Errorf("%v: %s", err, picture.String())
	}
}

// grid is a sweep of two axes, whose points lie close together in places.
func grid(first, second []string) Sweep {
	s := Sweep{Axes: []Axis{{"topology", first}, {"interval", second}}}
	for i, a := range first {
		for j, b := range second {
			x, y := 2+0.3*float64(i)+3*float64(j%2), 100+float64(20*j)+float64(3*i)
			s.Rows = append(s.Rows, sampled([]string{a, b}, Sample{x, y, 2 * y}, Sample{x + 0.1, y + 1, 2*y + 1}))
		}
	}
	return s
}

// written finds the texts of a class in a chart, with their boxes.
func written(t *testing.T, picture, class string) (texts []string, boxes []box) {
	t.Helper()
	for _, m := range regexp.MustCompile(`<text class="`+class+`" x="([\d.]+)" y="([\d.]+)">([^<]*)</text>`).FindAllStringSubmatch(picture, -1) {
		x, _ := strconv.ParseFloat(m[1], 64)
		y, _ := strconv.ParseFloat(m[2], 64)
		texts = append(texts, m[3])
		boxes = append(boxes, box{x - labelMargin, y + 4 - labelHeight, x - labelMargin + labelWidth(m[3]), y + 4})
	}
	return texts, boxes
}

func TestEveryPointOfTwoAxesHasALabelAndNoneLiesOverAnother(t *testing.T) {
	values := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprintf("v%d", i))
		}
		return all
	}
	for _, c := range []struct{ first, second, numbered int }{{3, 4, 0}, {6, 6, 0}, {7, 7, 49}, {2, 30, 60}} {
		s := grid(values(c.first), values(c.second))
		var picture bytes.Buffer
		if err := s.SVG(&picture, "", Targets{}); err != nil {
			t.Fatal(err)
		}
		texts, boxes := written(t, picture.String(), "small beside")
		if len(texts) != 2*len(s.Rows) {
			t.Errorf("%d by %d: %d labels in two panels for %d points", c.first, c.second, len(texts), len(s.Rows))
		}
		for _, circle := range regexp.MustCompile(`<circle class="point" cx="([\d.]+)" cy="([\d.]+)"`).FindAllStringSubmatch(picture.String(), -1) {
			x, _ := strconv.ParseFloat(circle[1], 64)
			y, _ := strconv.ParseFloat(circle[2], 64)
			boxes = append(boxes, box{x - pointRadius, y - pointRadius, x + pointRadius, y + pointRadius})
		}
		for i, a := range boxes[:len(texts)] {
			for j, b := range boxes {
				if i < j && a.meets(b) {
					t.Errorf("%d by %d: label %d, %q, lies over another or a point", c.first, c.second, i, texts[i])
				}
			}
		}
		if listed, _ := written(t, picture.String(), "listed"); len(listed) != c.numbered {
			t.Errorf("%d by %d: %d points are listed", c.first, c.second, len(listed))
		} else if c.numbered > 0 && listed[1] != "topology v0, interval v1" {
			t.Errorf("point 2 is listed as %q", listed[1])
		}
	}
}

func TestLongValuesAreListedUnderNumbers(t *testing.T) {
	s := example()
	s.Axes = append(s.Axes, Axis{"config", []string{"strategy=batch interval=50ms topology=star", "strategy=flood"}})
	for i := range s.Rows {
		s.Rows[i].Values = append(s.Rows[i].Values, s.Axes[1].Values[0])
	}
	var picture bytes.Buffer
	if err := s.SVG(&picture, "", Targets{}); err != nil {
		t.Fatal(err)
	}
	if texts, _ := written(t, picture.String(), "small beside"); !slices.Equal(texts[:4], []string{"1", "2", "3", "4"}) {
		t.Errorf("the labels are %q", texts)
	}
	if listed, _ := written(t, picture.String(), "listed"); len(listed) != 4 || listed[0] != "interval 50ms, config strategy=batch interval=50ms topology=star" {
		t.Errorf("listed are %q", listed)
	}
}
