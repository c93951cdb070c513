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
	MessagesPerOp   Figure = iota // between nodes, for each operation of a client
	MedianMs                      // of stable latencies
	MaxMs                         // likewise
	RequestMedianMs               // of what clients waited, of the slowest kind of operation
	RequestP99Ms                  // likewise
	PerSecond                     // operations that succeeded
	CPUPerThousand                // seconds that nodes used of processors for a thousand operations
	PeakMiB                       // of memory, of the node that held most
	ExcessP95Ms                   // of stable latencies, beyond what partitions made inevitable
	figures
)

// Figures lists them all.
func Figures() []Figure {
	var all []Figure
	for f := range figures {
		all = append(all, f)
	}
	return all
}

var figureNames = [figures]string{"messages an op", "median latency", "max latency", "median request", "p99 request", "ops a second", "CPU s / 1000 ops", "peak memory", "p95 excess"}

// headings are those of tables.
var headings = [figures]string{"messages an op", "median ms", "max ms", "request median ms", "request p99 ms", "ops a second", "CPU s / 1000 ops", "peak MiB", "excess p95 ms"}

// String names the figure for people.
func (f Figure) String() string { return figureNames[f] }

// Sample is what one run measured. What it did not measure is NaN.
type Sample [figures]float64

// Measure takes the figures of a run. In virtual time it takes what clients waited only of a workload that has no stable
// latencies: throughput, processors and memory are not those of nodes there.
func Measure(o *testbench.Outcome) Sample {
	var s Sample
	for f := range s {
		s[f] = math.NaN()
	}
	if net := o.Results.Net; net != nil && net.Servers.MsgsPerOp != nil {
		s[MessagesPerOp] = float64(*net.Servers.MsgsPerOp)
	}
	settles := false
	if settling, ok := o.Results.Workload.(checker.Settling); ok {
		settles = true
		if q := settling.Settled(); q != nil {
			s[MedianMs], s[MaxMs] = float64(q.MedianMs), float64(q.MaxMs)
		}
	}
	real := o.Run.Usage != testbench.Usage{}
	if exceeding, ok := o.Results.Workload.(checker.Exceeding); ok {
		if q := exceeding.Excess(); q != nil {
			s[ExcessP95Ms] = float64(q.P95Ms)
		}
	}
	requests, any := o.Results.Latencies.Together()
	if any && (real || !settles) {
		s[RequestMedianMs], s[RequestP99Ms] = requests.MedianMs, requests.P99Ms
	}
	if any && real {
		s[PerSecond] = requests.PerSecond
		s[CPUPerThousand] = o.Run.Usage.CPU.Seconds() / float64(o.Results.Stats.Count) * 1000
		if o.Run.Usage.PeakBytes > 0 {
			s[PeakMiB] = float64(o.Run.Usage.PeakBytes) / (1 << 20)
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
		fmt.Fprintf(&text, "  %-16s least %s   mean %s   most %s%s\n", f,
			number(slices.Min(values)), number(e.Mean), number(slices.Max(values)), f.unit())
	}
	return text.String()
}

func (f Figure) unit() string {
	switch f {
	case MedianMs, MaxMs, RequestMedianMs, RequestP99Ms, ExcessP95Ms:
		return " ms"
	case PeakMiB:
		return " MiB"
	}
	return ""
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
