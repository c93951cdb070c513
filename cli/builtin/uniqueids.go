package builtin

import (
	"errors"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/uniqueids"
	workload "eddy/workload/uniqueids"
)

// UniqueIDs generates ids that no other node generates.
func UniqueIDs() service.Service {
	return service.Service{Workload: workload.New(), Short: "Generates ids that no other node generates", Long: uniqueIDsLong, Flags: uniqueIDFlags, Bugs: uniqueIDBugs, Hunt: uniqueIDHunt}
}

const uniqueIDsLong = `The strategy is what an id is made of.

  counter    the node's id, a number that each start draws, and a count
  snowflake  63 bits that sort by time: milliseconds, the node's place, 4 bits
             that each start draws, and a count. With --data no id comes
             twice, whatever the clock says after a kill`

func uniqueIDFlags(flags *pflag.FlagSet) service.Build {
	var c uniqueids.Config
	strategy := flags.String("strategy", string(uniqueids.Counter), "counter or snowflake")
	journalFlags(flags, &c.Journal, "the time up to which snowflakes are reserved")
	bug := bugFlag(flags, uniqueIDBugs)
	return func() (node.Service, error) {
		c.Bug, c.Journal.Bug = uniqueids.Bug(*bug), journal.Bug(*bug)
		c.Strategy = uniqueids.Strategy(*strategy)
		return uniqueids.Service(c), errors.Join(c.Check(), service.NonZero(flags, "disk-latency"))
	}
}
