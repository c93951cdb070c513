package builtin

import (
	"errors"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/kv"
	"eddy/workload/linkv"
)

// LinKV is a linearizable key-value store, by Raft.
func LinKV() service.Service {
	return service.Service{Workload: linkv.New(), Short: "A linearizable key-value store, by Raft", Long: kvLong, Flags: kvFlags, Record: kv.Describe, Bugs: kvBugs, Hunt: kvHunt}
}

const kvLong = `A key-value store by Raft: every key is linearizable, whatever node is asked.

Election timeouts and heartbeats are told in multiples of --latency, which is to
be set to what a message between nodes takes. Reads are by ReadIndex (a round of
heartbeats for each batch of reads), by a leader's lease (none, if the clocks of
different machines run at rates that differ by less than a tenth), or through
the log.

Without --data everything is kept in memory, and a node that was killed may not
come back: it does not know what it has promised. With --data it comes back with
everything that it had acknowledged. In the simulator --data, whatever its value,
is a simulated disk that outlives kills, and of which a kill tears off what was
not synced at any byte.`

func kvFlags(flags *pflag.FlagSet) service.Build {
	c := raftFlags(flags)
	bug := bugFlag(flags, kvBugs)
	return func() (node.Service, error) {
		config, err := c()
		config.Bug = kv.Bug(*bug)
		return kv.Service(config), errors.Join(err, config.Check())
	}
}

// raftFlags declares the flags of a replicated log.
func raftFlags(flags *pflag.FlagSet) func() (kv.Config, error) {
	var c kv.Config
	read := flags.String("read", string(kv.ReadIndex), "index, lease or log")
	flags.DurationVar(&c.Latency, "latency", 0, "what a message between nodes takes, about (default 10ms)")
	flags.IntVar(&c.Heartbeat, "heartbeat", 0, "latencies between a leader's heartbeats (default 5)")
	flags.IntVar(&c.Election, "election", 0, "latencies without a leader after which the first node stands for election, the last after twice as many (default 20)")
	flags.IntVar(&c.Silence, "silence", 0, "latencies for which the leader of an idle cluster says nothing, at most (default 30)")
	flags.DurationVar(&c.Batch, "batch", 0, "between two messages to the same node, at least (default 10ms)")
	flags.IntVar(&c.BatchBytes, "batch-bytes", 0, "bound on one message between nodes (default 1048576)")
	flags.DurationVar(&c.ClientTimeout, "client-timeout", 0, "how long clients wait: Maelstrom's, ten latencies or a second, the longer of the two (default 1s)")
	flags.StringVar(&c.Data, "data", "", "directory for the log and snapshots (default: memory)")
	flags.IntVar(&c.SnapshotEvery, "snapshot-every", 0, "entries applied between two snapshots (default 1000)")
	flags.IntVar(&c.SnapshotBehind, "snapshot-behind", 0, "entries kept behind a snapshot for nodes that are late (default 100)")
	flags.StringSliceVar(&c.Members, "members", nil, "nodes that the cluster begins with (default: all)")
	flags.DurationVar(&c.DiskLatency, "disk-latency", 0, "in the simulator: what a sync takes on average (default 1ms)")
	return func() (kv.Config, error) {
		c.Read = kv.Reads(*read)
		return c, service.NonZero(flags, "latency", "heartbeat", "election", "silence", "batch", "batch-bytes", "client-timeout", "snapshot-every", "snapshot-behind", "disk-latency")
	}
}
