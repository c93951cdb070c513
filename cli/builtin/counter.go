package builtin

import (
	"fmt"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/counter"
	workload "eddy/workload/counter"
)

// GCounter is a sum that only grows.
func GCounter() service.Service {
	return service.Service{Workload: workload.G(), Short: "A sum that only grows", Long: counterLong, Flags: counterFlags(counter.GCounter), Bugs: counterBugs, Hunt: counterHunt}
}

// PNCounter is a sum that grows and shrinks.
func PNCounter() service.Service {
	return service.Service{Workload: workload.PN(), Short: "A sum that grows and shrinks", Long: counterLong, Flags: counterFlags(counter.PNCounter), Bugs: counterBugs, Hunt: counterHunt}
}

const counterLong = `The strategy is where the parts of the sum are kept, one part a node.

  crdt     on every node: each tells its neighbours at intervals what they are
           not known to have
  seq-kv   each under a key of seq-kv that only its node writes: before an add
           is acknowledged (--write through) or at intervals (--write behind);
           reads gather the others from there (--read store) or from their
           nodes (--read owners)

An acknowledged add is counted through loss, duplication and partitions; through
kills, of all nodes too, with --write through or --data.`

func counterFlags(build func(counter.Config) node.Service) func(*pflag.FlagSet) service.Build {
	return func(flags *pflag.FlagSet) service.Build {
		var c counter.Config
		strategy := flags.String("strategy", string(counter.CRDT), "crdt or seq-kv")
		flags.StringVar(&c.Topology, "topology", "", "of crdt: star or mesh (default star)")
		write := flags.String("write", "", "of seq-kv: through or behind (default through)")
		read := flags.String("read", "", "of seq-kv: store or owners (default store)")
		flags.DurationVar(&c.Interval, "interval", 0, "between two messages to a neighbour (default 1.5s), or two writes behind (default 1s)")
		flags.DurationVar(&c.MaxAge, "max-age", 0, "of seq-kv: how long what was gathered serves further reads (default 0, with --write behind the interval)")
		flags.DurationVar(&c.Patience, "patience", 0, "how long a read waits for nodes that do not answer (default 1s)")
		flags.DurationVar(&c.Retry, "retry", 0, "until a request to the store or a node is sent again (default 500ms)")
		flags.IntVar(&c.WaitingMax, "waiting-max", 0, "requests that may wait for the store or other nodes (default 4096)")
		journalFlags(flags, &c.Journal, "what was added through a node")
		bug := bugFlag(flags, counterBugs)
		return func() (node.Service, error) {
			c.Strategy, c.Write, c.Read = counter.Strategy(*strategy), counter.Writing(*write), counter.Reading(*read)
			c.Bug, c.Journal.Bug = counter.Bug(*bug), journal.Bug(*bug)
			c.AgeGiven = flags.Changed("max-age")
			if err := service.NonZero(flags, "interval", "patience", "retry", "waiting-max", "disk-latency"); err != nil {
				return nil, err
			}
			for _, name := range []string{"write", "read", "topology"} {
				if flag := flags.Lookup(name); flag.Changed && flag.Value.String() == "" {
					return nil, fmt.Errorf("--%s is empty: leave it out for the default", name)
				}
			}
			return build(c), c.Check()
		}
	}
}
