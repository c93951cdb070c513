package nemesis

import (
	"time"

	"eddy/testbench/network"
)

// FaultDuplicate has messages between nodes arrive twice.
const FaultDuplicate = "duplicate"

// DuplicateOptions are those of [FaultDuplicate].
type DuplicateOptions struct {
	Rate     float64 // probability that a message arrives twice while the fault is on
	Duration time.Duration
}

var duplicateDefaults = DuplicateOptions{Rate: 0.2}

func (o *DuplicateOptions) fault() Fault {
	return Fault{
		Name: FaultDuplicate,
		Settings: []Setting{
			rateSetting("duplicate-rate", "probability that one arrives twice while --nemesis duplicate is on", &o.Rate),
			lastingSetting(FaultDuplicate, &o.Duration),
		},
		Package: ofMessages(FaultDuplicate, o.Duration, o.Rate, func(w *network.Weather, on bool) { w.Duplicate = when(on, o.Rate) }),
	}
}
