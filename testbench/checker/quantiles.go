package checker

import (
	"slices"
)

// Quantiles are values of a distribution at its quantiles 0, 0.5, 0.95, 0.99
// and 1, in whole milliseconds. The quantile q of n sorted values is number
// floor(n·q), counting from 0, or the last one; there is no interpolation.
type Quantiles struct {
	MinMs    int64 `json:"0"`
	MedianMs int64 `json:"0.5"`
	P95Ms    int64 `json:"0.95"`
	P99Ms    int64 `json:"0.99"`
	MaxMs    int64 `json:"1"`
}

// QuantilesOf sorts latencies in ms, and gives nil where there are none.
func QuantilesOf(latencies []int64) *Quantiles {
	if len(latencies) == 0 {
		return nil
	}
	slices.Sort(latencies)
	at := func(q float64) int64 {
		return latencies[min(len(latencies)-1, int(float64(len(latencies))*q))]
	}
	return &Quantiles{MinMs: at(0), MedianMs: at(0.5), P95Ms: at(0.95), P99Ms: at(0.99), MaxMs: at(1)}
}
