package checker

import (
	"math"
	"slices"
	"time"

	"eddy/testbench/history"
)

// Latencies are how long clients waited, by what they did: of the operations that succeeded, reads after recovery
// left out.
type Latencies map[string]Latency

// Latency is the latencies of one kind of operation, in milliseconds, and how many of them there were a second between
// the first invocation of the run and the last.
type Latency struct {
	Count     int     `json:"count"`
	PerSecond float64 `json:"per-second,omitempty"` // absent of a run of less than a second
	MedianMs  float64 `json:"median-ms"`
	P95Ms     float64 `json:"p95-ms"`
	P99Ms     float64 `json:"p99-ms"`
	MaxMs     float64 `json:"max-ms"`
}

// LatenciesOf works them out from a history that does not contradict itself; of another it gives none.
func LatenciesOf(h history.History) Latencies {
	pairs, err := h.Pair()
	if err != nil {
		return nil
	}
	return latenciesOf(h, pairs)
}

func latenciesOf(h history.History, pairs history.Pairing) Latencies {
	waits := make(map[string][]time.Duration)
	first, last := time.Duration(math.MaxInt64), time.Duration(0)
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type != history.Invoke || op.Final {
			continue
		}
		first, last = min(first, op.Time), max(last, op.Time)
		if end, ended := pairs.Of(i); ended && h[end].Type == history.OK {
			waits[op.F] = append(waits[op.F], h[end].Time-op.Time)
		}
	}
	if last == 0 {
		return nil // a history without times
	}
	all := make(Latencies)
	for f, of := range waits {
		all[f] = latencyOf(of, last-first)
	}
	return all
}

// latencyOf sorts latencies, of which there must be some, that were measured in a time. Quantiles are those of
// [QuantilesOf].
func latencyOf(waits []time.Duration, within time.Duration) Latency {
	slices.Sort(waits)
	n := len(waits)
	at := func(q float64) float64 {
		return math.Round(float64(waits[min(n-1, int(float64(n)*q))])/float64(time.Millisecond)*1000) / 1000
	}
	l := Latency{Count: n, MedianMs: at(0.5), P95Ms: at(0.95), P99Ms: at(0.99), MaxMs: at(1)}
	if within >= time.Second {
		l.PerSecond = math.Round(float64(n)/within.Seconds()*100) / 100
	}
	return l
}

// Together gives the latencies of all operations as one: the greatest of each quantile, the sum of what is counted.
func (l Latencies) Together() (all Latency, any bool) {
	for _, each := range l {
		any = true
		all.Count += each.Count
		all.PerSecond += each.PerSecond
		all.MedianMs, all.P95Ms = max(all.MedianMs, each.MedianMs), max(all.P95Ms, each.P95Ms)
		all.P99Ms, all.MaxMs = max(all.P99Ms, each.P99Ms), max(all.MaxMs, each.MaxMs)
	}
	return all, any
}
