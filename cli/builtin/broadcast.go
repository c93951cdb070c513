package builtin

import (
	"slices"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/gossip"
	"eddy/workload/broadcast"
	"eddy/workload/gset"
)

// Broadcast gets every value to every node.
func Broadcast() service.Service {
	return service.Service{
		Workload: broadcast.New(), Short: "Gets every value to every node",
		Long: broadcastLong, Flags: gossipFlags(gossip.Broadcast, gossip.Config.Check),
		Bugs: gossipBugs, Hunt: gossipHunt,
		Best: map[string]service.Strategy{
			"3d": {Flags: []string{"--strategy", "paced"}, Processes: []string{"--strategy", "paced", "--interval", "350ms"}},
			"3e": {Flags: []string{"--strategy", "paced", "--interval", "1700ms"}, Processes: []string{"--strategy", "paced", "--interval", "1600ms"}},
		},
	}
}

// GSet is a set that only grows, the same on every node in the end.
func GSet() service.Service {
	return service.Service{
		Workload: gset.New(), Short: "A set that only grows, the same on every node in the end",
		Long: broadcastLong, Flags: gossipFlags(gossip.GSet, gossip.CheckGSet),
		Bugs: gossipBugs, Hunt: gossipHunt,
	}
}

const broadcastLong = `The strategy is how values get around (--strategy), over which links
(--topology), and how a node knows that a neighbour has got something (--ack).

  flood    a new value goes at once to every neighbour but the one it came from
  origin   the node that a client gave the value sends it to all the others
  detour   origin, and a node that learns a value sends it to its neighbours too
  batch    each neighbour is sent now and then what it has not acknowledged
  paced    batch over a star, every node's batches timed to reach the hub just
           before it sends its own; a hub that is silent is replaced

The default is batch over a star; from 257 nodes on over clusters of hubs, each
of as many nodes as there are clusters, with longer intervals. --topology given by
hand is taken at any size, with the intervals of a small cluster.

With --ack none, what the network loses is lost; each and cumulative get every
value everywhere through loss and partitions. With --data, through kills too, of
all nodes at once: a value is acknowledged when it is on a disk.`

func gossipFlags(build func(gossip.Config) node.Service, check func(gossip.Config) error) func(*pflag.FlagSet) service.Build {
	return func(flags *pflag.FlagSet) service.Build {
		var c gossip.Config
		strategy := flags.String("strategy", string(gossip.Batch), "flood, origin, detour, batch or paced")
		ack := flags.String("ack", "", "none, each or cumulative (default cumulative for batch and paced, else each)")
		flags.StringVar(&c.Topology, "topology", "", "given, line, grid, tree:k, star, clusters:k or mesh (default star for batch and paced; for batch from 257 nodes on clusters:k, k the root of their number; grid for flood, mesh for origin, line for detour)")
		flags.DurationVar(&c.Interval, "interval", 0, "between two batches to a neighbour (default 250ms for batch, 500ms from 257 nodes on; 482ms for paced)")
		flags.DurationVar(&c.LeafInterval, "leaf-interval", 0, "the same for a node with one neighbour; 0: at once")
		flags.DurationVar(&c.HubInterval, "hub-interval", 0, "the same between two hubs of clusters:k (default --interval; 100ms where clusters are the default)")
		flags.DurationVar(&c.Retry, "retry", 0, "until what is not acknowledged is sent again (default 1s, plus --ack-delay; for paced an interval, at least 500ms, plus --ack-delay)")
		flags.DurationVar(&c.RetryMax, "retry-max", 0, "bound on the doubling of --retry (default twice --retry)")
		flags.DurationVar(&c.AckDelay, "ack-delay", 0, "how long an acknowledgement waits for a message to ride on (default 3 intervals; for paced 4, at most 2s or a window and a quarter)")
		flags.IntVar(&c.BatchBytes, "batch-bytes", 0, "bound on the values of one message (default 65536)")
		flags.IntVar(&c.Mailbox, "mailbox", 0, "messages that an actor's mailbox holds (default 256)")
		flags.StringVar((*string)(&c.Bug), "fault", "", "break cumulative acknowledgement: gives-up, trusts-the-network, acks-over-gaps or skips-the-first; docs/traces.md finds it")
		_ = flags.MarkHidden("fault")
		journalFlags(flags, &c.Journal, "the set")
		bug := bugFlag(flags, gossipBugs)
		return func() (node.Service, error) {
			c.Journal.Bug = journal.Bug(*bug)
			if slices.Contains(gossip.Bugs(), *bug) {
				c.Bug = gossip.Bug(*bug)
			}
			c.Dissemination, c.Ack = gossip.Dissemination(*strategy), gossip.Ack(*ack)
			if err := service.NonZero(flags, "interval", "retry", "retry-max", "ack-delay", "batch-bytes", "mailbox", "disk-latency"); err != nil {
				return nil, err
			}
			return build(c), check(c)
		}
	}
}
