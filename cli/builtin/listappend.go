package builtin

import (
	"errors"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/kv"
	"eddy/txn/serial"
	"eddy/workload/listappend"
)

const listAppendLong = `Strictly serializable transactions on lists. The strategy is how they come into one
order:

  raft    through a replicated log, on every node's copy of the lists; what
          only reads does not go through the log, unless --read asks for it
  chunks  the lists are a tree of chunks in lww-kv that never change; a node
          commits by moving the pointer to the root, which is in lin-kv, from
          the root that it has executed its transactions on. Those that came
          meanwhile are committed together

Raft needs a majority of nodes that reach each other, and with --data a node that
was killed comes back; see eddy serve lin-kv about the flags. With chunks every
node goes on that reaches the stores, also after a kill.`

// TxnListAppend is strictly serializable transactions on lists.
func TxnListAppend() service.Service {
	return service.Service{
		Workload: listappend.New(), Short: "Strictly serializable transactions on lists, on Raft or lin-kv",
		Long: listAppendLong, Flags: listAppendFlags, Bugs: listAppendBugs, Hunt: listAppendHunt,
	}
}

func listAppendFlags(flags *pflag.FlagSet) service.Build {
	var c serial.Config
	strategy := flags.String("strategy", string(serial.Raft), "raft or chunks")
	raft := raftFlags(flags)
	flags.Lookup("client-timeout").Usage = "how long clients wait (default 5s)"
	flags.DurationVar(&c.Retry, "retry", 0, "chunks: until a request to a store is sent again that had no answer (default 10 latencies)")
	flags.DurationVar(&c.Pause, "pause", 0, "chunks: from a commit to the next attempt, times the other nodes that have committed since the one before (default 8 latencies)")
	flags.IntVar(&c.ChunkBytes, "chunk-bytes", 0, "chunks: a leaf of the tree that has become larger is split (default 4096)")
	flags.IntVar(&c.ShelfChunks, "shelf", 0, "chunks: how many a node keeps at hand (default 4096)")
	bug := bugFlag(flags, listAppendBugs)
	return func() (node.Service, error) {
		c.Strategy = serial.Strategy(*strategy)
		var err error
		c.Raft, err = raft()
		c.Bug, c.Raft.Bug = serial.Bug(*bug), kv.Bug(*bug)
		if err = errors.Join(err, service.NonZero(flags, "retry", "pause", "chunk-bytes", "shelf")); err != nil {
			return nil, err
		}
		return serial.Service(c), c.Check()
	}
}
