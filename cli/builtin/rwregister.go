package builtin

import (
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/txn"
	"eddy/workload/rwregister"
)

const txnLong = `A transaction is executed by the node that a client asks, which then tells the
others. The strategy is how:

  transactions  what a transaction wrote last to each key, at once and in full:
                read atomic
  writes        every single write, in a message of its own: read uncommitted
  local         not at all; for one node

Of two writes to a key the one with the later Lamport time stays, so that nodes
that have heard the same hold the same. No client ever waits for another node. With
--data a transaction is answered when it is on a disk, and outlives kills.`

// TxnRWRegister is transactions on registers, available through any partition.
func TxnRWRegister() service.Service {
	return service.Service{
		Workload: rwregister.New(), Short: "Transactions on registers, available through any partition",
		Long: txnLong, Flags: txnFlags, Bugs: txnBugs, Hunt: txnHunt,
	}
}

func txnFlags(flags *pflag.FlagSet) service.Build {
	var c txn.Config
	strategy := flags.String("strategy", string(txn.Transactions), "transactions, writes or local")
	flags.DurationVar(&c.Interval, "interval", 0, "between two batches to a node (default 50ms)")
	flags.DurationVar(&c.AckDelay, "ack-delay", 0, "how long an acknowledgement waits for a batch to ride on (default 4 intervals)")
	flags.DurationVar(&c.Retry, "retry", 0, "until what is not acknowledged is sent again (default 1s, plus --ack-delay)")
	flags.IntVar(&c.BatchBytes, "batch-bytes", 0, "bound on the writes of one message (default 65536)")
	flags.IntVar(&c.QueueMax, "queue-max", 0, "transactions kept for a node that does not answer; one that missed more is given the whole state (default 65536)")
	flags.IntVar(&c.Mailbox, "mailbox", 0, "messages that an actor's mailbox holds (default 256)")
	journalFlags(flags, &c.Journal, "the registers")
	bug := bugFlag(flags, txnBugs)
	return func() (node.Service, error) {
		c.Bug, c.Journal.Bug = txn.Bug(*bug), journal.Bug(*bug)
		c.Strategy = txn.Strategy(*strategy)
		if err := service.NonZero(flags, "interval", "ack-delay", "retry", "batch-bytes", "queue-max", "mailbox", "disk-latency"); err != nil {
			return nil, err
		}
		return txn.Service(c), c.Check()
	}
}
