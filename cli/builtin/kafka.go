package builtin

import (
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/kafka"
	workload "eddy/workload/kafka"
)

// Kafka is append-only logs with offsets.
func Kafka() service.Service {
	return service.Service{
		Workload: workload.New(), Short: "Append-only logs with offsets", Long: kafkaLong, Flags: kafkaFlags,
		Bugs: kafkaBugs, Hunt: kafkaHunt,
		Best: map[string]service.Strategy{"5a": {Flags: []string{"--strategy", "local"}}},
	}
}

const kafkaLong = `The strategy is where a log lives and who gives out its offsets (--strategy).

  local       in the memory of the only node
  cas         in lin-kv: every node appends by compare and set, in batches
  owner       on every node; one node a key gives out the offsets, by rendezvous
              hashing, and the others forward to it in batches
  fallback    in lin-kv, appended to by a key's owner, and by any other node
              that finds the owner silent
  leaderless  on every node, each giving out offsets of its own; polls show what
              every node has promised to be complete

Sends are answered through partitions by cas, fallback and leaderless. What is in
lin-kv outlives nodes; with --data so does the rest: a send is acknowledged when
its entry is on a disk.`

func kafkaFlags(flags *pflag.FlagSet) service.Build {
	var c kafka.Config
	strategy := flags.String("strategy", string(kafka.Leaderless), "local, cas, owner, fallback or leaderless")
	acks := flags.String("acks", "", "leaderless: 1 or all; a send is acknowledged when so many nodes have it (default 1)")
	flags.DurationVar(&c.Window, "window", 0, "owner, fallback, leaderless: between two messages to a peer (default 100ms; 5ms with owners and --acks all)")
	flags.DurationVar(&c.Retry, "retry", 0, "owner, fallback, leaderless: until what a peer has not acknowledged is sent again (default 600ms, at least 4 windows)")
	flags.DurationVar(&c.Patience, "patience", 0, "fallback: how long the owner may be silent (default 500ms)")
	flags.DurationVar(&c.Refresh, "refresh", 0, "cas, fallback: how old what is known of lin-kv may be for a poll (default 200ms)")
	flags.IntVar(&c.ChunkBytes, "chunk-bytes", 0, "cas, fallback: bound on a value in lin-kv (default 4096)")
	flags.IntVar(&c.PollCount, "poll-count", 0, "bound on the entries of one poll's answer (default 10000)")
	flags.IntVar(&c.PollBytes, "poll-bytes", 0, "bound on the bytes of one poll's answer (default 1048576)")
	flags.DurationVar(&c.Idle, "idle", 0, "until the actor of an unused log ends; its log is kept (default 30s)")
	flags.IntVar(&c.Mailbox, "mailbox", 0, "messages that the broker's mailbox holds (default 256)")
	flags.IntVar(&c.Retention, "retention", 0, "entries of each log that are kept, besides those not committed; older ones are dropped (default: all are kept)")
	journalFlags(flags, &c.Journal, "entries and committed offsets")
	bug := bugFlag(flags, kafkaBugs)
	return func() (node.Service, error) {
		c.Bug, c.Journal.Bug = kafka.Bug(*bug), journal.Bug(*bug)
		c.Strategy, c.Acks = kafka.Strategy(*strategy), kafka.Acks(*acks)
		err := service.NonZero(flags, "window", "retry", "patience", "refresh", "chunk-bytes", "poll-count", "poll-bytes", "idle", "mailbox", "retention", "disk-latency")
		if err != nil {
			return nil, err
		}
		return kafka.Service(c), c.Check()
	}
}
