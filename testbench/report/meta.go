package report

import (
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Meta is what a report says of a run besides its results.
type Meta struct {
	Workload string
	Engine   string   // what ran it, in words: "built-in bench", "Maelstrom"; empty if nothing was run
	Flags    []string // as given, such as "--node-count", "25"
	Again    []string // of a simulated run: what comes after "eddy sim" to make it again
	Dir      string   // where the run's files are; empty if there are none
	Targets  []Target
	// Unofficial are flags that ask for something else than the challenge does whose targets these are: none is met or
	// missed then.
	Unofficial []string
	Warnings   []string // sentences about limits of the bench, with their figures
	Errors     []string // which errors nodes answered clients with, and how often
	Harm       []string // what faults did to messages, such as "12 lost in partitions"; each a part of one row

	// Cause says what went wrong first in a run that is not valid, in a sentence; empty if that is not known.
	// Commands show more of it.
	Cause    string
	Commands []string

	// Judge judges the history again, for pictures of results that were read; nil leaves out what they lack.
	Judge func(history.History) (checker.Results, error)

	// Interrupted: the run was broken off. Its figures count, a verdict would not: what was on its way was
	// not waited for.
	Interrupted bool

	// NodeOf names the node that a client process talks to; nil if nobody knows.
	NodeOf func(process int) string
}

func (m Meta) flagLine() string { return strings.Join(m.Flags, " ") }

// Target is a bound that a figure of the results should stay below. Missing one
// does not make a run invalid.
type Target struct {
	Name    string  // "server messages an op"
	Below   float64 // the bound, exclusive
	Unit    string  // "ms", or nothing
	Measure func(checker.Results) (figure float64, measured bool)
}

// Met tells whether the results hold the figure and it is below the bound.
func (t Target) Met(r checker.Results) bool {
	figure, measured := t.Measure(r)
	return measured && figure < t.Below
}

// ServerMessagesPerOp is the target for messages between nodes for each
// operation of a client.
func ServerMessagesPerOp(below float64) Target {
	return Target{Name: "server messages an op", Below: below, Measure: func(r checker.Results) (float64, bool) {
		if r.Net == nil || r.Net.Servers.MsgsPerOp == nil {
			return 0, false
		}
		return float64(*r.Net.Servers.MsgsPerOp), true
	}}
}

// MedianStableLatency is the target for the median of the stable latencies of
// broadcast and g-set.
func MedianStableLatency(below time.Duration) Target {
	return stableLatency("median stable latency", below, func(q checker.Quantiles) int64 { return q.MedianMs })
}

// MaxStableLatency is the target for the longest of the stable latencies.
func MaxStableLatency(below time.Duration) Target {
	return stableLatency("max stable latency", below, func(q checker.Quantiles) int64 { return q.MaxMs })
}

func stableLatency(name string, below time.Duration, quantile func(checker.Quantiles) int64) Target {
	return Target{Name: name, Below: float64(below.Milliseconds()), Unit: "ms", Measure: func(r checker.Results) (float64, bool) {
		q := settled(r)
		if q == nil {
			return 0, false
		}
		return float64(quantile(*q)), true
	}}
}

// settled gives the quantiles of stable latencies, nil where the workload has none.
func settled(r checker.Results) *checker.Quantiles {
	if s, ok := r.Workload.(checker.Settling); ok {
		return s.Settled()
	}
	return nil
}
