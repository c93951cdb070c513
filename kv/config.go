package kv

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Reads is how a read finds out that what it sees is not out of date.
type Reads string

// The ways to read. All of them are linearizable; Lease only as long as its assumption holds.
const (
	// ReadIndex asks the leader how far the log was committed, which makes sure with a round of heartbeats that
	// it still leads (Ongaro's thesis, 6.4); the replica that was asked answers when it has applied so much.
	ReadIndex Reads = "index"
	// ReadLease spares the round of heartbeats for as long as no other leader can have been elected. It
	// assumes that clocks of different machines run at rates that differ by less than a tenth. Time of day
	// is not used, so that a clock that is set does no harm.
	ReadLease Reads = "lease"
	// ReadLog puts the read into the log.
	ReadLog Reads = "log"
)

// Config is a strategy. Times that are 0 have a default.
type Config struct {
	Read Reads

	// Latency is what a message between two nodes takes, about: the unit of Heartbeat and Election, and the
	// time between two ticks.
	Latency   time.Duration
	Heartbeat int // latencies between two heartbeats of a leader
	Election  int // latencies without a sign of the leader after which the first node may stand for election; the last at twice as many

	// Silence is how many latencies the leader of a cluster that has little to do may leave a follower without a
	// word, at most. Silence and Election together are the time without a sign of the leader after which the first
	// node may stand for election.
	Silence int

	Batch      time.Duration // between two messages to the same peer, at least
	BatchBytes int           // bound on what one message brings; one entry may exceed it

	// ClientTimeout is how long clients wait: Maelstrom's, for this workload, ten latencies or a second.
	ClientTimeout time.Duration

	Owner          string // whose records those in Data are, such as "lock"; default lin-kv
	Data           string // directory of the log and the snapshots; empty keeps them in memory
	SnapshotEvery  int    // entries applied between two snapshots
	SnapshotBehind int    // entries kept behind a snapshot, for replicas that are a little late

	Members []string // that the cluster begins with; none: all nodes

	// DiskLatency is what a sync takes on a disk that is simulated, on average: the time in which a kill
	// finds something to tear off.
	DiskLatency time.Duration

	// Bug makes the service wrong, for tests of the tests. No flag sets it.
	Bug Bug

	machine Machine // of a service of transactions
}

func (c Config) filled() Config {
	set := func(field *int, value int) {
		if *field == 0 {
			*field = value
		}
	}
	setTime := func(field *time.Duration, value time.Duration) {
		if *field == 0 {
			*field = value
		}
	}
	if c.Owner == "" {
		c.Owner = "lin-kv"
	}
	if c.Read == "" {
		c.Read = ReadIndex
	}
	setTime(&c.Latency, 10*time.Millisecond)
	setTime(&c.Batch, 10*time.Millisecond)
	setTime(&c.ClientTimeout, time.Second)
	setTime(&c.DiskLatency, time.Millisecond)
	set(&c.Heartbeat, 5)
	set(&c.Election, 20)
	set(&c.Silence, max(c.Election*3/2, c.Heartbeat))
	set(&c.BatchBytes, 1<<20)
	set(&c.SnapshotEvery, 1000)
	set(&c.SnapshotBehind, 100)
	return c
}

// Check reports, by the names of the flags, why the configuration makes no sense.
func (c Config) Check() error {
	c = c.filled()
	var faults []error
	check := func(ok bool, flag string, value any, expected string) {
		if !ok {
			faults = append(faults, fmt.Errorf("--%s %v: expected %s", flag, value, expected))
		}
	}
	check(slices.Contains([]Reads{ReadIndex, ReadLease, ReadLog}, c.Read), "read", c.Read, "index, lease or log")
	check(c.Latency > 0, "latency", c.Latency, "a positive time, such as 10ms")
	check(c.Heartbeat >= 1, "heartbeat", c.Heartbeat, "at least 1")
	check(c.Election >= 2*c.Heartbeat, "election", c.Election, fmt.Sprintf("at least two heartbeats, which are %d", 2*c.Heartbeat))
	check(c.Election <= electionMax, "election", c.Election, fmt.Sprintf("at most %d", electionMax))
	check(c.Silence >= c.Heartbeat, "silence", c.Silence, fmt.Sprintf("at least a heartbeat, which is %d", c.Heartbeat))
	check(c.Silence <= electionMax, "silence", c.Silence, fmt.Sprintf("at most %d", electionMax))
	check(c.Batch >= 0, "batch", c.Batch, "a time that is not negative")
	check(c.BatchBytes >= 1, "batch-bytes", c.BatchBytes, "at least 1")
	check(c.ClientTimeout > answerMargin, "client-timeout", c.ClientTimeout, fmt.Sprintf("more than %v", answerMargin))
	check(c.SnapshotEvery >= 1, "snapshot-every", c.SnapshotEvery, "at least 1")
	check(c.SnapshotBehind >= 0, "snapshot-behind", c.SnapshotBehind, "a number that is not negative")
	check(c.DiskLatency >= 0, "disk-latency", c.DiskLatency, "a time that is not negative")
	return errors.Join(faults...)
}

const (
	// electionMax keeps a slip of the finger from a cluster without a leader.
	electionMax = 100_000
	// answerMargin is what is left of a client's patience for the answer's way to it.
	answerMargin = 150 * time.Millisecond
)
