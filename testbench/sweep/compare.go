package sweep

import (
	"fmt"
	"math"
	"slices"
)

// Change is how a figure of a point differs from that of an earlier sweep. Less
// is better for all of them but operations a second.
type Change string

// What a comparison can say.
const (
	Better  Change = "better"
	Worse   Change = "worse"
	Noise   Change = "within noise"
	Unknown Change = "not comparable" // one of them has no figure, or only one run
)

// Compare tells whether two means differ: they do where the 95 % confidence
// interval of their difference, by Welch's t test (unequal variances, the degrees
// of freedom of Welch and Satterthwaite), leaves out 0.
func Compare(before, now Estimate) Change {
	if before.N == 0 || now.N == 0 {
		return Unknown
	}
	difference := now.Mean - before.Mean
	if math.Abs(difference) <= 1e-9*max(math.Abs(before.Mean), math.Abs(now.Mean)) {
		return Noise
	}
	if before.N < 2 || now.N < 2 {
		return Unknown
	}
	u, v := before.variance(), now.variance()
	half := 0.0
	if u+v > 0 {
		freedom := (u + v) * (u + v) / (u*u/float64(before.N-1) + v*v/float64(now.N-1))
		half = studentT(freedom) * math.Sqrt(u+v)
	}
	switch {
	case math.Abs(difference) <= half:
		return Noise
	case difference < 0:
		return Better
	}
	return Worse
}

// Against writes a row for each point that both sweeps have: each figure, how
// much it has changed, and whether that means something. Points of only one of
// them are counted.
func (s Sweep) Against(earlier Sweep) string {
	var header []string
	for _, axis := range s.Axes {
		header = append(header, axis.Flag)
	}
	shown := s.measured()
	for _, f := range shown {
		header = append(header, headings[f])
	}
	lines := [][]string{append(header, "")}
	alone := 0
	for _, r := range s.Rows {
		before, found := earlier.find(s, r)
		switch {
		case r.Skipped != "":
			continue
		case !found:
			alone++
			continue
		}
		line := slices.Clone(r.Values)
		for _, f := range shown {
			line = append(line, told(f, before.Figures[f], r.Figures[f]))
		}
		lines = append(lines, append(line, validity(before, r)))
	}
	text := aligned(lines, len(s.Axes))
	if alone > 0 {
		text += fmt.Sprintf("  %d points are not in the earlier sweep\n", alone)
	}
	return text
}

func told(f Figure, before, now Estimate) string {
	change := Compare(before, now)
	if f == PerSecond { // the one of which more is better
		change = map[Change]Change{Better: Worse, Worse: Better, Noise: Noise, Unknown: Unknown}[change]
	}
	if change == Unknown || before.Mean == 0 || change == Noise && before.Mean == now.Mean {
		if change == Noise {
			return "same"
		}
		return string(change)
	}
	return fmt.Sprintf("%s (%+.1f %%)", change, 100*(now.Mean-before.Mean)/before.Mean)
}

func validity(before, now Row) string {
	switch {
	case now.Failed > 0 && before.Failed == 0:
		return "now invalid: " + now.Failure
	case now.Failed == 0 && before.Failed > 0:
		return "now valid"
	}
	return now.note()
}

// find gives the row with the values of a row of another sweep, whose axes may
// stand in another order.
func (s Sweep) find(of Sweep, r Row) (Row, bool) {
	if len(s.Axes) != len(of.Axes) {
		return Row{}, false
	}
	for _, candidate := range s.Rows {
		same := candidate.Skipped == ""
		for i, axis := range of.Axes {
			at := slices.IndexFunc(s.Axes, func(a Axis) bool { return a.Flag == axis.Flag })
			same = same && at >= 0 && candidate.Values[at] == r.Values[i]
		}
		if same {
			return candidate, true
		}
	}
	return Row{}, false
}
