package nemesis

import (
	"fmt"
	"time"

	"eddy/testbench/network"
)

// FaultLatency makes messages between nodes slower.
const FaultLatency = "latency"

// LatencyOptions are those of [FaultLatency].
type LatencyOptions struct {
	Factor   float64 // what latencies are multiplied with while the fault is on
	Duration time.Duration
}

var latencyDefaults = LatencyOptions{Factor: 10}

const latencyFactorMax = 1000

func (o *LatencyOptions) fault() Fault {
	return Fault{
		Name:         FaultLatency,
		HoldsUp:      true,
		NeedsLatency: true,
		Settings: []Setting{
			{
				Flag: "latency-factor", Help: "what latencies are multiplied with while --nemesis latency is on", Value: &o.Factor,
				Check: func(report func(any, string)) {
					if !(o.Factor > 1 && o.Factor <= latencyFactorMax) {
						report(o.Factor, fmt.Sprintf("a factor above 1 and up to %d", latencyFactorMax))
					}
				},
			},
			lastingSetting(FaultLatency, &o.Duration),
		},
		Package: ofMessages(FaultLatency, o.Duration, o.Factor, func(w *network.Weather, on bool) { w.LatencyFactor = when(on, o.Factor) }),
	}
}
