package nemesis

// Options are those of all faults; of a fault that is not asked for they mean nothing. A duration of 0 lets a fault
// last until the nemesis acts again, as Maelstrom's partitions do. docs/faults.md says what each fault does.
//
// A new fault is a file of this package, a field here and its place in [Options.All].
type Options struct {
	Partition  PartitionOptions
	Loss       LossOptions
	Duplicate  DuplicateOptions
	Reorder    ReorderOptions
	Latency    LatencyOptions
	Kill       KillOptions
	Pause      PauseOptions
	Skew       SkewOptions
	Disk       DiskOptions
	Membership MembershipOptions
}

// All lists the faults in the order in which a run sets them up, each bound to its options in o.
func (o *Options) All() []Fault {
	return []Fault{
		o.Partition.fault(), o.Loss.fault(), o.Duplicate.fault(), o.Reorder.fault(),
		o.Latency.fault(), o.Kill.fault(), o.Pause.fault(), o.Skew.fault(), o.Disk.fault(), o.Membership.fault(),
	}
}

// Defaults are the options for which no flag is given.
func Defaults() Options {
	return Options{
		Loss: lossDefaults, Duplicate: duplicateDefaults, Reorder: reorderDefaults, Latency: latencyDefaults, Skew: skewDefaults, Disk: diskDefaults,
	}
}
