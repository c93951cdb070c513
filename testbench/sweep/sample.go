package sweep

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"eddy/testbench"
	"eddy/testbench/checker"
)

// Figure is one of the figures that runs are compared by.
type Figure int

// The figures, in the order of tables and files.
const (
	MessagesPerOp Figure = iota // between nodes, for each operation of a client
	MedianMs                    // of stable latencies
	MaxMs
	figures
)

// Figures lists them all.
func Figures() []Figure { return []Figure{MessagesPerOp, MedianMs, MaxMs} }

var figureNames = [figures]string{"messages an op", "median latency", "max latency"}

// String names the figure for people.
func (f Figure) String() string { return figureNames[f] }

// Sample is what one run measured. What it did not measure is NaN.
type Sample [figures]float64

// Measure takes the figures of a run.
func Measure(o *testbench.Outcome) Sample {
	s := Sample{math.NaN(), math.NaN(), math.NaN()}
	if net := o.Results.Net; net != nil && net.Servers.MsgsPerOp != nil {
		s[MessagesPerOp] = float64(*net.Servers.MsgsPerOp)
	}
	if settling, ok := o.Results.Workload.(checker.Settling); ok {
		if q := settling.Settled(); q != nil {
			s[MedianMs], s[MaxMs] = float64(q.MedianMs), float64(q.MaxMs)
		}
	}
	return s
}

// Ranges writes a line for each figure: its least, mean and greatest value.
// Figures that nobody measured are left out.
func Ranges(samples []Sample) string {
	var text strings.Builder
	for _, f := range Figures() {
		values := measured(samples, f)
		if len(values) == 0 {
			continue
		}
		e := Estimated(values)
		fmt.Fprintf(&text, "  %-15s least %s   mean %s   most %s%s\n", f,
			number(slices.Min(values)), number(e.Mean), number(slices.Max(values)), f.unit())
	}
	return text.String()
}

func (f Figure) unit() string {
	if f == MessagesPerOp {
		return ""
	}
	return " ms"
}

// measured are the values of one figure.
func measured(samples []Sample, f Figure) []float64 {
	var values []float64
	for _, s := range samples {
		if !math.IsNaN(s[f]) {
			values = append(values, s[f])
		}
	}
	return values
}
