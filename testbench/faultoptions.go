package testbench

import "slices"

// asked tells whether a fault is asked for.
func (o *Options) asked(fault string) bool { return slices.Contains(o.Nemesis, fault) }

// holdsUp tells whether a fault is asked for that may keep a node, or a request on its way to one, so long
// that the client has stopped waiting when the reply comes: that is not the node's doing then.
func (o *Options) holdsUp() bool {
	for _, f := range o.Faults.All() {
		if f.HoldsUp && o.asked(f.Name) {
			return true
		}
	}
	return slices.ContainsFunc(o.Deeds, Deed.holdsUp)
}

// checkFaults checks the options of faults with Validate's own function.
func (o *Options) checkFaults(check func(ok bool, flag string, value any, allowed string)) {
	for _, f := range o.Faults.All() {
		for _, s := range f.Settings {
			s.Check(func(value any, allowed string) { check(false, s.Flag, value, allowed) })
		}
		check(o.LatencyMs > 0 || !f.NeedsLatency || !o.asked(f.Name), "latency", o.LatencyMs,
			"a latency above 0 with --nemesis "+f.Name+", which multiplies it")
	}
}
