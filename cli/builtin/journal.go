package builtin

import (
	"github.com/spf13/pflag"

	"eddy/actor/node/journal"
)

// journalFlags declares where a service keeps what must outlive a kill.
func journalFlags(flags *pflag.FlagSet, o *journal.Options, what string) {
	flags.StringVar(&o.Dir, "data", "", "directory for "+what+" (default: memory); in the simulator any value gives each node a disk")
	flags.DurationVar(&o.SyncLatency, "disk-latency", 0, "in the simulator: what a sync takes on average (default 1ms)")
}
