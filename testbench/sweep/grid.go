package sweep

// Axis is a flag that is varied, and the values it takes.
type Axis struct {
	Flag   string // without dashes
	Values []string
}

// Points gives every combination of the axes' values, one value an axis, the
// last axis varying fastest. No axis makes one point.
func Points(axes []Axis) [][]string {
	points := [][]string{nil}
	for _, axis := range axes {
		var longer [][]string
		for _, point := range points {
			for _, value := range axis.Values {
				longer = append(longer, append(append([]string(nil), point...), value))
			}
		}
		points = longer
	}
	return points
}

// Row is what was measured at a point.
type Row struct {
	Values  []string // of each axis
	Skipped string   // why the point makes no sense; nothing was run then
	Runs    int
	Failed  int    // runs that were not valid
	Failure string // what was wrong with the first of them
	Figures [figures]Estimate
}

// Collect sums up the runs of a point. failures are in the order of the seeds,
// empty for a valid run; only valid runs are measured.
func Collect(values []string, samples []Sample, failures []string) Row {
	row := Row{Values: values, Runs: len(samples)}
	var valid []Sample
	for i, failure := range failures {
		switch {
		case failure == "":
			valid = append(valid, samples[i])
		case row.Failure == "":
			row.Failure = failure
			fallthrough
		default:
			row.Failed++
		}
	}
	for _, f := range Figures() {
		row.Figures[f] = Estimated(measured(valid, f))
	}
	return row
}

// Measured tells whether the point has the figures of a chart.
func (r Row) Measured() bool {
	return r.Skipped == "" && r.Figures[MessagesPerOp].N > 0 && (r.Figures[MedianMs].N > 0 || r.Figures[RequestMedianMs].N > 0)
}

// Sweep is a grid and what came of it, in the order of the points.
type Sweep struct {
	Command []string // the arguments that make it again
	Axes    []Axis
	Rows    []Row
}

// Frontier marks the rows that no other beats in messages an op and a latency
// both: the Pareto frontier. Points with an invalid run are not on it.
func Frontier(rows []Row, latency Figure) []bool {
	on := make([]bool, len(rows))
	eligible := func(r Row) bool { return r.Measured() && r.Failed == 0 }
	for i, r := range rows {
		on[i] = eligible(r)
		for _, other := range rows {
			if on[i] && eligible(other) && dominates(other, r, latency) {
				on[i] = false
			}
		}
	}
	return on
}

// dominates: nowhere worse, and somewhere better.
func dominates(a, b Row, latency Figure) bool {
	x, y := a.Figures[MessagesPerOp].Mean, b.Figures[MessagesPerOp].Mean
	s, t := a.Figures[latency].Mean, b.Figures[latency].Mean
	return x <= y && s <= t && (x < y || s < t)
}
