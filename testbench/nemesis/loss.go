package nemesis

import (
	"time"

	"eddy/testbench/network"
)

// FaultLoss loses messages between nodes.
const FaultLoss = "loss"

// LossOptions are those of [FaultLoss].
type LossOptions struct {
	Rate     float64 // probability that a message is lost while the fault is on
	Duration time.Duration
}

var lossDefaults = LossOptions{Rate: 0.2}

func (o *LossOptions) fault() Fault {
	return Fault{
		Name: FaultLoss,
		Settings: []Setting{
			rateSetting("loss-rate", "probability that a message between nodes is lost while --nemesis loss is on", &o.Rate),
			lastingSetting(FaultLoss, &o.Duration),
		},
		Package: ofMessages(FaultLoss, o.Duration, o.Rate, func(w *network.Weather, on bool) { w.Loss = when(on, o.Rate) }),
	}
}
