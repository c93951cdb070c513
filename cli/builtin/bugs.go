package builtin

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/actor/node/journal"
	"eddy/cli/service"
	"eddy/counter"
	"eddy/gossip"
	"eddy/kafka"
	"eddy/kv"
	"eddy/lock"
	"eddy/txn"
	"eddy/txn/serial"
	"eddy/uniqueids"
)

// The deliberate bugs of all services. What a search is worth is measured on them, so no search may know them: the
// flags under which they are looked for are those of a service's own soak test, the same for all of its bugs but
// for configurations and faults without which a bug does no harm.

// bug gives a bug, with the flags of a configuration in which it does harm.
func bug[B ~string](name B, breaks, flags string) service.Bug {
	return service.Bug{Name: string(name), Breaks: breaks, Flags: strings.Fields(flags)}
}

// under gives the bug flags of a run in place of the usual ones.
func under(b service.Bug, run string) service.Bug {
	b.Run = strings.Fields(run)
	return b
}

// slow is a disk whose syncs a kill often hits.
const slow = "--data d --disk-latency 50ms"

var gossipHunt = strings.Fields("--node-count 5 --rate 20 --time-limit 15 --latency 50 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 3 --recovery 20s")

var gossipBugs = []service.Bug{
	bug(gossip.SkipRetries, "a message that got lost is not sent again", "--data d --strategy flood"),
	bug(gossip.GivesUp, "what got lost twice is not sent a third time", "--data d"+cumulatively),
	bug(gossip.TrustsTheNetwork, "what was sent counts as acknowledged", "--data d"+cumulatively),
	bug(gossip.AcksOverGaps, "what comes behind a gap is acknowledged, the gap with it", "--data d"+cumulatively),
	bug(gossip.SkipsTheFirst, "what is sent again begins one too late", "--data d"+cumulatively),
	bug(journal.AckBeforeSync, "a value is acknowledged before it is on the disk", slow),
	bug(journal.SkipLast, "the last record is forgotten at a start", slow),
}

// cumulatively is acknowledgement by a number, over links of which each is one of gossip's cumulative ones.
const cumulatively = " --topology line"

var counterHunt = strings.Fields("--node-count 5 --concurrency 2n --rate 20 --time-limit 15 --latency 10 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 3 --recovery 20s")

var counterBugs = []service.Bug{
	bug(counter.JoinAdds, "what is heard of a shard is added to what is known of it", "--data d"),
	bug(counter.TellsOnce, "what a neighbour was told is not told again", "--data d"),
	bug(counter.HearsAll, "a neighbour is taken to have what it was sent", "--data d"),
	bug(counter.AckBeforeStore, "an add is acknowledged before it is stored", "--strategy seq-kv"),
	bug(counter.RetryAddsAgain, "a write whose reply got lost is made again on top of itself", "--strategy seq-kv"),
	bug(journal.AckBeforeSync, "an add is acknowledged before it is on the disk", slow),
	bug(journal.SkipLast, "the last record is forgotten at a start", slow),
}

var kafkaHunt = strings.Fields("--node-count 3 --concurrency 2n --rate 50 --time-limit 15 --latency 10 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 3 --strict")

var kafkaBugs = []service.Bug{
	bug(kafka.CommitGoesBack, "a committed offset goes back", "--data d"),
	bug(kafka.ClosedTooEarly, "polls show entries above offsets that are still to come", "--data d"),
	bug(kafka.EagerStart, "a node gives out offsets before it knows how far its earlier incarnation came", "--strategy owner"),
	bug(kafka.AckOneForAll, "a send is acknowledged by one node where all were asked for", "--acks all"),
	bug(kafka.ForwardedTwice, "a forwarded message is appended again after a restart", "--data d --strategy owner"),
	bug(kafka.BlindAppend, "an append overwrites what others have appended", "--strategy cas"),
	bug(kafka.PromiseInTransfer, "a node that is being told everything again is promised that it has it", ""),
	bug(journal.AckBeforeSync, "a send is acknowledged before it is on the disk", slow),
	bug(journal.SkipLast, "the last record is forgotten at a start", slow),
}

var txnHunt = strings.Fields("--node-count 5 --concurrency 2n --rate 50 --time-limit 10 --latency 20 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 3 --consistency-models read-committed,read-atomic --recovery 15s --strict")

var txnBugs = []service.Bug{
	bug(txn.SkipRetries, "a message that got lost is not sent again", "--data d"),
	bug(txn.LastComeStays, "a write that comes late replaces a later one", "--data d"),
	bug(txn.TiesStay, "of two writes of the same time each node keeps the one that came first", "--data d"),
	bug(txn.ForgetsTheRest, "of another node's transaction only the first write is applied", "--data d"),
	bug(txn.ClockStays, "a node's clock does not follow what it hears", "--data d"),
	bug(journal.AckBeforeSync, "a transaction is acknowledged before it is on the disk", slow),
	bug(journal.SkipLast, "the last record is forgotten at a start", slow),
}

var uniqueIDHunt = strings.Fields("--node-count 5 --rate 50 --time-limit 10 --latency 10 --latency-dist exponential --nemesis partition,loss,pause,kill,skew --nemesis-interval 2")

var uniqueIDBugs = []service.Bug{
	bug(uniqueids.ForgetsStarts, "ids begin again after a kill", ""),
	bug(uniqueids.NoPlace, "two nodes may make the same id", "--strategy snowflake"),
}

// small has snapshots be made and taken often.
const small = "--data d --disk-latency 2ms --snapshot-every 5 --snapshot-behind 1"

var kvHunt = strings.Fields("--node-count 5 --concurrency 4n --rate 50 --time-limit 10 --latency 5 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill,skew --nemesis-interval 2")

var kvBugs = []service.Bug{
	bug(kv.StaleLocalRead, "reads show what the node that is asked has applied", small),
	bug(kv.VoteTwice, "a vote counts twice", small),
	bug(kv.NoTruncation, "entries that contradict the leader's stay in the log", small),
	bug(kv.OlderTermByCounting, "entries of an older term are committed by counting who has them (figure 8 of the Raft paper)", small),
	bug(kv.CASTwice, "a command that is in the log twice is applied twice", small),
	bug(kv.SnapshotWithoutLast, "a snapshot lacks the last entry", small),
	bug(kv.SnapshotWithoutSessions, "a snapshot does not know which requests were applied", small),
	bug(kv.LeaseTooLong, "a leader reads under a lease that is over", small+" --read lease"),
	bug(kv.VotesAtOnce, "a node votes at once after a restart, in somebody's lease", small+" --read lease"),
	bug(kv.ReadsBeforeApplied, "a read does not wait until the node has applied what it must see", small),
	bug(kv.UnconfirmedIndex, "a leader does not ask whether it still leads before a read", small),
	bug(kv.AnswersEarly, "a write is acknowledged when it is proposed", small),
	bug(kv.AnswersForEarlierLives, "what a node proposed before its restart answers a request after it", small),
	bug(journal.AckBeforeSync, "votes and entries are promised before they are on the disk", small+" "+slow),
	bug(journal.SkipLast, "the last record is forgotten at a start", small),
	under(bug(journal.IgnoreSyncError, "a sync that failed is taken for one that succeeded", small+" "+slow), "--nemesis partition,disk,kill"),
}

var lockHunt = strings.Fields("--node-count 5 --concurrency 2n --rate 50 --time-limit 10 --latency 10 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 2")

var lockBugs = []service.Bug{
	bug(lock.ImpatientLease, "a lease is taken for over after half its time", "--data d"),
	bug(lock.StaleSighting, "a lock is taken over although it was renewed since", "--data d"),
	bug(lock.AnyToken, "whoever asks may release a lock", "--data d"),
	bug(lock.TokensRepeat, "a token is given out again", "--data d"),
}

var listAppendHunt = strings.Fields("--node-count 3 --concurrency 4n --rate 40 --time-limit 10 --latency 10 --latency-dist exponential --nemesis partition,loss,duplicate,reorder,pause,kill --nemesis-interval 2")

var listAppendBugs = []service.Bug{
	bug(serial.StaleRead, "a transaction that only reads shows what its node last knew", "--strategy chunks"),
	bug(serial.Interleaved, "what a transaction appends is taken apart", "--data d"),
	bug(serial.BlindRoot, "a commit overwrites what others have committed (a lost update)", "--strategy chunks"),
	bug(kv.CASTwice, "a transaction that is in the log twice is executed twice", "--data d"),
}

// bugFlag declares the flag of a service's bugs. Help does not show it.
func bugFlag(flags *pflag.FlagSet, bugs []service.Bug) *string {
	chosen := &bugName{bugs: bugs}
	flags.Var(chosen, "bug", "")
	_ = flags.MarkHidden("bug")
	return &chosen.name
}

type bugName struct {
	name string
	bugs []service.Bug
}

func (b *bugName) String() string { return b.name }
func (*bugName) Type() string     { return "name" }
func (b *bugName) Set(name string) error {
	if b.name = name; slices.ContainsFunc(b.bugs, func(known service.Bug) bool { return known.Name == name }) {
		return nil
	}
	var names []string
	for _, known := range b.bugs {
		names = append(names, known.Name)
	}
	return fmt.Errorf("there is no such bug; choose one of %s", strings.Join(names, ", "))
}
