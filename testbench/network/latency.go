package network

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// Distribution is the shape of the latencies between servers.
type Distribution string

// The distributions of Maelstrom's --latency-dist.
const (
	Constant    Distribution = "constant"    // always the mean
	Uniform     Distribution = "uniform"     // each whole millisecond from 0 to below twice the mean, equally often
	Exponential Distribution = "exponential" // cut to whole milliseconds
)

// Distributions lists the names that [ParseDistribution] knows.
func Distributions() []Distribution { return []Distribution{Constant, Uniform, Exponential} }

// ParseDistribution gives the distribution of that name, or an error that lists the names.
func ParseDistribution(name string) (Distribution, error) {
	for _, d := range Distributions() {
		if string(d) == name {
			return d, nil
		}
	}
	return "", fmt.Errorf("latency distribution %q is not known: constant, uniform and exponential are", name)
}

// Latency is the time that a message between servers takes. The zero value is none.
type Latency struct {
	MeanMs       int64
	Distribution Distribution // empty means Constant
}

// draw gives one latency, in whole milliseconds. A mean of 0 is always 0: Maelstrom's uniform and
// exponential distributions are not defined there.
func (l Latency) draw(rng *rand.Rand) time.Duration {
	if l.MeanMs <= 0 {
		return 0
	}
	ms := l.MeanMs
	switch l.Distribution {
	case Uniform:
		ms = rng.Int64N(2 * l.MeanMs)
	case Exponential:
		ms = int64(rng.ExpFloat64() * float64(l.MeanMs))
	}
	return time.Duration(ms) * time.Millisecond
}
