package set

import (
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/reach"
)

// excess gives how much longer values took to become stable than the partitions of the run made it: the time from the
// earliest moment at which they could have been everywhere, if that came after they were known. It is what a strategy
// answers for; the rest is the draw of the partitions. Values that could never be everywhere are left out.
func (f *setFold) excess(h history.History, nodeOf func(process int) string, elements []Element) *checker.Quantiles {
	if nodeOf == nil {
		return nil
	}
	cuts := reach.Of(h)
	if cuts == nil {
		return nil
	}
	var excesses []int64
	for _, e := range elements {
		if e.Outcome != Stable {
			continue
		}
		add := h[f.added[e.id]]
		earliest, could := cuts.Everywhere(nodeOf(add.Process), add.Time)
		if !could {
			continue
		}
		inevitable := max(0, earliest-h[f.known[e.id]].Time)
		excesses = append(excesses, max(0, e.LatencyMs-inevitable.Milliseconds()))
	}
	return checker.QuantilesOf(excesses)
}
