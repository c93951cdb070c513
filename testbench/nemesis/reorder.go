package nemesis

import (
	"fmt"
	"time"

	"eddy/testbench/network"
)

// FaultReorder holds messages between nodes back, so that later ones overtake them.
const FaultReorder = "reorder"

// ReorderOptions are those of [FaultReorder].
type ReorderOptions struct {
	Rate     float64       // probability that a message is held back while the fault is on
	Delay    time.Duration // for up to this time
	Duration time.Duration
}

var reorderDefaults = ReorderOptions{Rate: 0.2, Delay: 500 * time.Millisecond}

const reorderDelayMax = time.Hour

func (o *ReorderOptions) fault() Fault {
	return Fault{
		Name:    FaultReorder,
		HoldsUp: true,
		Settings: []Setting{
			rateSetting("reorder-rate", "probability that one is held back while --nemesis reorder is on", &o.Rate),
			{
				Flag: "reorder-delay", Help: "for how long it is held back at most", Value: &o.Delay,
				Check: func(report func(any, string)) {
					if o.Delay < time.Millisecond || o.Delay > reorderDelayMax {
						report(o.Delay, fmt.Sprintf("a time from 1ms to %v", reorderDelayMax))
					}
				},
			},
			lastingSetting(FaultReorder, &o.Duration),
		},
		Package: ofMessages(FaultReorder, o.Duration, o.Rate, func(w *network.Weather, on bool) {
			w.Reorder, w.ReorderDelay = when(on, o.Rate), o.Delay
		}),
	}
}
