package builtin

import (
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/kv"
	"eddy/lock"
	workload "eddy/workload/lock"
)

const lockLong = `Locks with leases and fencing tokens, on a log replicated by Raft. A holder
keeps a lock until it releases it or its lease is over; tokens only grow.

The flags are those of eddy serve lin-kv. Without --data everything is kept in
memory.`

// Lock is a lock service with leases and fencing tokens. Maelstrom has no workload for it.
func Lock() service.Service {
	return service.Service{Workload: workload.New(), Short: "Locks with leases and fencing tokens, by Raft", Long: lockLong, Flags: lockFlags, Record: kv.Describe, Bugs: lockBugs, Hunt: lockHunt}
}

func lockFlags(flags *pflag.FlagSet) service.Build {
	raft := raftFlags(flags)
	flags.Lookup("client-timeout").Usage = "how long clients wait (default 5s)"
	bug := bugFlag(flags, lockBugs)
	return func() (node.Service, error) {
		c, err := raft()
		if err != nil {
			return nil, err
		}
		c.Bug = kv.Bug(*bug)
		config := lock.Config{Raft: c, Bug: lock.Bug(*bug)}
		return lock.Service(config), config.Check()
	}
}
