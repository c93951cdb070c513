package main

import (
	"strings"

	"github.com/spf13/pflag"

	"eddy/testbench"
	"eddy/testbench/nemesis"
)

// declareFaults declares the flags of the faults that --nemesis takes. Maelstrom
// has none of them: it knows partitions, of its own shapes. docs/faults.md
// explains each.
func declareFaults(flags *pflag.FlagSet, o *testbench.Options) {
	f := &o.Faults
	flags.StringSliceVar(&f.PartitionShapes, "partition-shapes", nil, "what partitions are drawn from, of "+strings.Join(nemesis.AllShapes(), ", ")+" (default: all but one-way)")
	flags.Float64Var(&f.LossRate, "loss-rate", f.LossRate, "probability that a message between nodes is lost while --nemesis loss is on")
	flags.Float64Var(&f.DuplicateRate, "duplicate-rate", f.DuplicateRate, "probability that one arrives twice while --nemesis duplicate is on")
	flags.Float64Var(&f.ReorderRate, "reorder-rate", f.ReorderRate, "probability that one is held back while --nemesis reorder is on")
	flags.DurationVar(&f.ReorderDelay, "reorder-delay", f.ReorderDelay, "for how long it is held back at most")
	flags.Float64Var(&f.LatencyFactor, "latency-factor", f.LatencyFactor, "what latencies are multiplied with while --nemesis latency is on")
	flags.DurationVar(&f.SkewMax, "skew-max", f.SkewMax, "how far --nemesis skew sets clocks ahead or back at most")
	for _, t := range []struct {
		to   *[]string
		name string
	}{{&f.KillTargets, "kill"}, {&f.PauseTargets, "pause"}, {&f.SkewTargets, "skew"}} {
		flags.StringSliceVar(t.to, t.name+"-targets", nil, "which nodes --nemesis "+t.name+" hits together, of "+strings.Join(nemesis.Targets(), ", ")+" (default: all)")
	}
	for _, d := range f.Durations() {
		flags.DurationVar(d.Value, d.Fault+"-duration", 0, "how long --nemesis "+d.Fault+" lasts each time (default: as --nemesis-interval has it)")
	}
	flags.BoolVar(&o.KillsForget, "kills-forget", false, "what only nodes that were killed had may be gone: such values count as forgotten, not lost")
}
