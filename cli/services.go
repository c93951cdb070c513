package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/counter"
	"eddy/echo"
	"eddy/gossip"
	"eddy/uniqueids"
)

// service is something that `eddy serve` can be: its name is the workload's.
type service struct {
	name  string
	short string
	long  string
	// flags declares the strategy's flags; the function it returns builds the
	// service of the flags as they were given, or says why they make no sense.
	flags func(*pflag.FlagSet) func() (node.Service, error)
}

// services in the order in which they are listed.
var services = []service{
	{
		name: "echo", short: "Answers with what it is sent",
		flags: func(*pflag.FlagSet) func() (node.Service, error) {
			return func() (node.Service, error) { return echo.Service, nil }
		},
	},
	{
		name: "unique-ids", short: "Generates ids that no other node generates",
		flags: uniqueIDFlags,
	},
	{
		name: "broadcast", short: "Gets every value to every node",
		long: broadcastLong, flags: gossipFlags(gossip.Broadcast, gossip.Config.Check),
	},
	{
		name: "g-set", short: "A set that only grows, the same on every node in the end",
		long: broadcastLong, flags: gossipFlags(gossip.GSet, gossip.CheckGSet),
	},
	{name: "g-counter", short: "A sum that only grows", long: counterLong, flags: counterFlags(counter.GCounter)},
	{name: "pn-counter", short: "A sum that grows and shrinks", long: counterLong, flags: counterFlags(counter.PNCounter)},
	kafkaService,
	txnService,
	{name: "lin-kv", short: "A linearizable key-value store, by Raft", long: kvLong, flags: kvFlags},
	listAppendService,
}

func findService(name string) (service, error) {
	for _, s := range services {
		if s.name == name {
			return s, nil
		}
	}
	return service{}, fmt.Errorf("there is no service %q; choose one of %s", name, serviceNames())
}

func serviceNames() string {
	var names []string
	for _, s := range services {
		names = append(names, s.name)
	}
	return strings.Join(names, ", ")
}

func uniqueIDFlags(flags *pflag.FlagSet) func() (node.Service, error) {
	strategy := flags.String("strategy", string(uniqueids.Counter), "counter or snowflake")
	return func() (node.Service, error) {
		s := uniqueids.Strategy(*strategy)
		return uniqueids.Service(s), s.Check()
	}
}

const broadcastLong = `The strategy is how values get around (--strategy), over which links
(--topology), and how a node knows that a neighbour has got something (--ack).

  flood    a new value goes at once to every neighbour but the one it came from
  origin   the node that a client gave the value sends it to all the others
  detour   origin, and whoever learns something new also sends it to its neighbours
  batch    each neighbour is sent now and then what it has not acknowledged
  paced    batch over a star, every node's batches timed to reach the hub just
           before it sends its own; a hub that is silent is replaced

The default is batch over a star; from 257 nodes on over clusters of hubs, each
of as many nodes as there are clusters, with longer intervals. --topology given by
hand is taken at any size, with the intervals of a small cluster.

With --ack none, what the network loses is lost; each and cumulative get every
value everywhere through loss and partitions.`

func gossipFlags(build func(gossip.Config) node.Service, check func(gossip.Config) error) func(*pflag.FlagSet) func() (node.Service, error) {
	return func(flags *pflag.FlagSet) func() (node.Service, error) {
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
		flags.StringVar((*string)(&c.Fault), "fault", "", "break cumulative acknowledgement: gives-up, trusts-the-network, acks-over-gaps or skips-the-first; docs/traces.md finds it")
		_ = flags.MarkHidden("fault")
		return func() (node.Service, error) {
			c.Dissemination, c.Ack = gossip.Dissemination(*strategy), gossip.Ack(*ack)
			if err := nonZero(flags, "interval", "retry", "retry-max", "ack-delay", "batch-bytes", "mailbox"); err != nil {
				return nil, err
			}
			return build(c), check(c)
		}
	}
}

// nonZero refuses a 0 that was given for a flag whose absence is a default.
func nonZero(flags *pflag.FlagSet, names ...string) error {
	for _, name := range names {
		flag := flags.Lookup(name)
		if !flag.Changed {
			continue
		}
		if value := flag.Value.String(); value == "0" || value == time.Duration(0).String() {
			return fmt.Errorf("--%s %s: must be above 0; leave it out for the default", name, value)
		}
	}
	return nil
}
