package testbench

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"eddy/testbench/nemesis"
)

// FaultOptions say how the faults of [Options.Nemesis] come; those of a fault that is not asked for mean
// nothing. A duration of 0 lets a fault last until the nemesis acts again, at an interval drawn around
// [Options.NemesisInterval], as Maelstrom's partitions do. docs/faults.md tells what each fault does.
type FaultOptions struct {
	PartitionShapes   []string // what is drawn from; none stands for Maelstrom's shapes
	PartitionDuration time.Duration

	LossRate     float64 // probability that a message between nodes is lost while the fault is on
	LossDuration time.Duration

	DuplicateRate     float64 // probability that one arrives twice
	DuplicateDuration time.Duration

	ReorderRate     float64       // probability that one is held back
	ReorderDelay    time.Duration // for up to this time
	ReorderDuration time.Duration

	LatencyFactor   float64 // what latencies are multiplied with
	LatencyDuration time.Duration

	KillTargets  []string // which nodes are killed together; none stands for all of [nemesis.Targets]
	KillDuration time.Duration

	PauseTargets  []string
	PauseDuration time.Duration

	SkewTargets  []string
	SkewMax      time.Duration // how far a clock is set ahead or back at most
	SkewDuration time.Duration
}

// FaultDuration is how long a fault lasts each time, of [FaultOptions].
type FaultDuration struct {
	Fault string
	Value *time.Duration
}

// Durations gives the duration of each fault, to read or to set.
func (f *FaultOptions) Durations() []FaultDuration {
	return []FaultDuration{
		{nemesis.FaultPartition, &f.PartitionDuration}, {nemesis.FaultLoss, &f.LossDuration}, {nemesis.FaultDuplicate, &f.DuplicateDuration},
		{nemesis.FaultReorder, &f.ReorderDuration}, {nemesis.FaultLatency, &f.LatencyDuration}, {nemesis.FaultKill, &f.KillDuration},
		{nemesis.FaultPause, &f.PauseDuration}, {nemesis.FaultSkew, &f.SkewDuration},
	}
}

// DefaultFaults are the options of faults for which no flag is given.
func DefaultFaults() FaultOptions {
	return FaultOptions{
		LossRate:      0.2,
		DuplicateRate: 0.2,
		ReorderRate:   0.2,
		ReorderDelay:  500 * time.Millisecond,
		LatencyFactor: 10,
		SkewMax:       time.Minute,
	}
}

// Bounds of what may be asked for.
const (
	latencyFactorMax = 1000
	reorderDelayMax  = time.Hour
	skewMaxMax       = 24 * 365 * time.Hour
)

// faulty tells whether a fault is asked for.
func (o *Options) faulty(fault string) bool { return slices.Contains(o.Nemesis, fault) }

// holdsUp tells whether a fault is asked for that may keep a node, or a request on its way to one, so long
// that the client has stopped waiting when the answer comes: that is not the node's fault then.
func (o *Options) holdsUp() bool {
	return o.faulty(nemesis.FaultPause) || o.faulty(nemesis.FaultLatency) || o.faulty(nemesis.FaultReorder)
}

// validate checks the options of faults with Validate's own function.
func (f *FaultOptions) validate(check func(ok bool, flag string, value any, allowed string)) {
	rate := func(flag string, p float64) {
		check(p > 0 && p <= 1, flag, p, "a probability above 0 and up to 1")
	}
	rate("loss-rate", f.LossRate)
	rate("duplicate-rate", f.DuplicateRate)
	rate("reorder-rate", f.ReorderRate)
	check(f.ReorderDelay >= time.Millisecond && f.ReorderDelay <= reorderDelayMax, "reorder-delay", f.ReorderDelay, fmt.Sprintf("a time from 1ms to %v", reorderDelayMax))
	check(f.LatencyFactor > 1 && f.LatencyFactor <= latencyFactorMax, "latency-factor", f.LatencyFactor, fmt.Sprintf("a factor above 1 and up to %d", latencyFactorMax))
	check(f.SkewMax >= time.Millisecond && f.SkewMax <= skewMaxMax, "skew-max", f.SkewMax, "a time from 1ms to a year")
	for _, d := range f.Durations() {
		check(*d.Value >= 0, d.Fault+"-duration", *d.Value, "a time, such as 3s, or 0 to leave it to --nemesis-interval")
	}
	names := func(flag string, given, known []string) {
		for _, name := range given {
			check(slices.Contains(known, name), flag, name, "one of "+strings.Join(known, ", "))
		}
	}
	names("partition-shapes", f.PartitionShapes, nemesis.AllShapes())
	names("kill-targets", f.KillTargets, nemesis.Targets())
	names("pause-targets", f.PauseTargets, nemesis.Targets())
	names("skew-targets", f.SkewTargets, nemesis.Targets())
}
