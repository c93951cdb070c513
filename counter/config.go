package counter

import (
	"fmt"
	"time"

	"eddy/actor/node/journal"
	"eddy/internal/suggest"
)

// Strategy is where the shards are kept.
type Strategy string

// The strategies.
const (
	CRDT  Strategy = "crdt"   // on every node, exchanged by gossip
	Store Strategy = "seq-kv" // a key a node in Maelstrom's seq-kv
)

// Writing is when a shard is written to the store.
type Writing string

// The ways to write.
const (
	Through Writing = "through" // before the add is acknowledged
	Behind  Writing = "behind"  // at intervals
)

// Reading is where a read gathers the other nodes' shards.
type Reading string

// The ways to read.
const (
	FromStore  Reading = "store"
	FromOwners Reading = "owners" // the nodes themselves
)

// Config is a strategy. Zero fields stand for the defaults.
type Config struct {
	Strategy Strategy
	// Topology is who tells whom: star, where all tell the first node and it tells all, or mesh. Of CRDT.
	Topology string
	Write    Writing // of Store
	Read     Reading // of Store
	// Interval is between two messages to a neighbour (CRDT) or two writes (Behind).
	Interval time.Duration
	// MaxAge is how long what was gathered serves further reads; 0 gathers for each read. Default 0 with
	// Through, the interval with Behind. AgeGiven makes a MaxAge of 0 count with Behind, too.
	MaxAge   time.Duration
	AgeGiven bool
	// Patience is how long a read waits for nodes that do not reply, before it takes what is known of them.
	// Of FromOwners, and of the first read of an incarnation with CRDT.
	Patience time.Duration
	Retry    time.Duration // until a request to the store or a node is sent again
	// WaitingMax bounds the adds that wait for the store, and the reads that wait for shards.
	WaitingMax int
	// Journal is where a node keeps what was added through it and is in no store yet: its Dir, SyncLatency and Bug
	// count. Not with Through, which acknowledges what the store has.
	Journal journal.Options
	// Bug makes the service wrong, for tests of the tests.
	Bug Bug
}

// holds says whose records a journal has.
func (c Config) holds(signed bool) string {
	name := "g-counter"
	if signed {
		name = "pn-counter"
	}
	if c.Strategy == Store {
		return name + " --strategy seq-kv --write behind"
	}
	return name + " --strategy crdt"
}

// The defaults: see docs/counters.md for the measurements.
const (
	defaultInterval   = 1500 * time.Millisecond // of CRDT
	defaultBehind     = time.Second             // of Behind
	defaultPatience   = time.Second
	defaultRetry      = 500 * time.Millisecond
	defaultWaitingMax = 4096
)

// Check reports, by the names of the flags, why c makes no sense.
func (c Config) Check() error {
	_, err := c.filled()
	return err
}

// filled returns c with its defaults filled in, or why it makes no sense.
func (c Config) filled() (Config, error) {
	if c.Strategy == "" {
		c.Strategy = CRDT
	}
	if err := c.check(); err != nil {
		return c, err
	}
	orElse(&c.Topology, Star)
	orElse(&c.Write, Through)
	orElse(&c.Read, FromStore)
	if c.Strategy == Store {
		orElse(&c.Interval, defaultBehind)
	}
	orElse(&c.Interval, defaultInterval)
	if c.Write == Behind && !c.AgeGiven {
		orElse(&c.MaxAge, c.Interval)
	}
	orElse(&c.Patience, defaultPatience)
	orElse(&c.Retry, defaultRetry)
	orElse(&c.WaitingMax, defaultWaitingMax)
	return c, nil
}

func orElse[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// The topologies of CRDT.
const (
	Star = "star"
	Mesh = "mesh"
)

func (c Config) check() error {
	for _, f := range []struct {
		flag, value string
		allowed     []string
	}{
		{"--strategy", string(c.Strategy), []string{string(CRDT), string(Store)}},
		{"--topology", c.Topology, []string{"", Star, Mesh}},
		{"--write", string(c.Write), []string{"", string(Through), string(Behind)}},
		{"--read", string(c.Read), []string{"", string(FromStore), string(FromOwners)}},
	} {
		if err := suggest.OneOf(f.flag, f.value, f.allowed...); err != nil {
			return err
		}
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"--interval", c.Interval}, {"--max-age", c.MaxAge}, {"--patience", c.Patience}, {"--retry", c.Retry}} {
		if d.value < 0 {
			return fmt.Errorf("%s %v: a duration cannot be negative", d.flag, d.value)
		}
	}
	if c.WaitingMax < 0 {
		return fmt.Errorf("--waiting-max %d: must be at least 1", c.WaitingMax)
	}
	return c.checkSense()
}

// checkSense refuses combinations of sound parts that make no sense together.
func (c Config) checkSense() error {
	switch {
	case c.Strategy == CRDT && c.Write != "":
		return fmt.Errorf("--write %s with --strategy crdt: it writes to no store", c.Write)
	case c.Strategy == CRDT && c.Read != "":
		return fmt.Errorf("--read %s with --strategy crdt: every node has all shards", c.Read)
	case c.Strategy == CRDT && (c.MaxAge != 0 || c.AgeGiven):
		return fmt.Errorf("--max-age %v with --strategy crdt: what a read shows is as old as the gossip, --interval", c.MaxAge)
	case c.Strategy == Store && c.Write != Behind && c.Journal.Dir != "":
		return fmt.Errorf("--data %s with --write through: an add is in seq-kv before it is acknowledged, and nothing is left to keep", c.Journal.Dir)
	case c.Strategy == Store && c.Topology != "":
		return fmt.Errorf("--topology %s with --strategy seq-kv: only crdt has one", c.Topology)
	case c.Strategy == Store && c.Write != Behind && c.Interval != 0:
		return fmt.Errorf("--interval %v with --write through: every add is written before it is acknowledged", c.Interval)
	case c.Strategy == Store && c.Read != FromOwners && c.Patience != 0:
		return fmt.Errorf("--patience %v with --read store: no node is waited for", c.Patience)
	}
	return nil
}
