package kafka

import (
	"fmt"
	"time"

	"eddy/actor/node/journal"
	"eddy/internal/suggest"
)

// Strategy is where a log lives and who gives out its offsets.
type Strategy string

// The strategies.
const (
	// Local keeps every log in the memory of a cluster's only node.
	Local Strategy = "local"
	// CAS keeps every log in lin-kv; each node appends to it by compare and set.
	CAS Strategy = "cas"
	// Owner has one node give out a key's offsets, found by rendezvous hashing;
	// the others forward to it in batches, and every node keeps every log.
	Owner Strategy = "owner"
	// Fallback is CAS with one node preferred for each log: the others forward
	// to it, and write to lin-kv themselves when it is silent.
	Fallback Strategy = "fallback"
	// Leaderless has every node give out offsets of its own and keep every log.
	Leaderless Strategy = "leaderless"
)

// Strategies are all there are, in the order in which they are described.
func Strategies() []string {
	return []string{string(Local), string(CAS), string(Owner), string(Fallback), string(Leaderless)}
}

// Acks is when a send is acknowledged.
type Acks string

const (
	// AcksOne acknowledges what the node that was asked has in its memory.
	AcksOne Acks = "1"
	// AcksAll acknowledges what every node has in its memory.
	AcksAll Acks = "all"
)

// Config is a strategy with its figures. Zero fields stand for the defaults.
type Config struct {
	Strategy Strategy
	Acks     Acks // only for Leaderless

	// Window is between two messages to a peer. Not for Local and CAS.
	Window time.Duration
	// Retry is until what a peer has not acknowledged is sent again. It should
	// be longer than two windows and a round trip. Not for Local and CAS.
	Retry time.Duration
	// Patience is how long the owner may be silent before a node writes to
	// lin-kv itself. Only for Fallback.
	Patience time.Duration
	// Refresh is how old what a node knows of a log in lin-kv may be when it
	// answers a poll. Only for CAS and Fallback.
	Refresh time.Duration
	// ChunkBytes bounds one value in lin-kv; a longer message has one for
	// itself. Only for CAS and Fallback.
	ChunkBytes int

	// PollCount and PollBytes bound the entries of one poll's answer and their
	// bytes, divided evenly among its keys; each key has room for one entry.
	PollCount int
	PollBytes int
	// Idle is after what time without use a log's actor is stopped. What it
	// holds is kept.
	Idle time.Duration
	// Retention is how many entries of each log are kept at least, besides those that are not committed: of the others the
	// oldest are dropped. 0 keeps all.
	Retention int
	// Journal is where a node keeps its entries and commits: its Dir, SyncLatency and Bug count. Not for CAS and
	// Fallback, whose logs are in lin-kv.
	Journal journal.Options
	// Mailbox is the capacity, in messages, of the broker's mailbox.
	Mailbox int
	// Bug makes the service wrong, for tests of the tests.
	Bug Bug
}

const (
	defaultWindow      = 100 * time.Millisecond
	defaultHastyWindow = 5 * time.Millisecond // where a client waits for two
	defaultRetry       = 600 * time.Millisecond
	defaultPatience    = 500 * time.Millisecond
	defaultRefresh     = 200 * time.Millisecond
	defaultChunkBytes  = 4 << 10
	defaultPollCount   = 10_000
	defaultPollBytes   = 1 << 20
	defaultIdle        = 30 * time.Second
	defaultMailbox     = 256

	batchBytes = 64 << 10 // of the items of one message between nodes
)

// filled returns c with its defaults filled in, or why it makes no sense.
func (c Config) filled() (Config, error) {
	if c.Strategy == "" {
		c.Strategy = Leaderless
	}
	if err := c.check(); err != nil {
		return c, err
	}
	window := defaultWindow
	if c.Strategy == Owner || c.Strategy == Fallback || c.Acks == AcksAll {
		window = defaultHastyWindow
	}
	c.Acks = orDefault(c.Acks, AcksOne)
	c.Window = orDefault(c.Window, window)
	c.Retry = orDefault(c.Retry, max(defaultRetry, 4*c.Window))
	c.Patience = orDefault(c.Patience, defaultPatience)
	c.Refresh = orDefault(c.Refresh, defaultRefresh)
	c.ChunkBytes = orDefault(c.ChunkBytes, defaultChunkBytes)
	c.PollCount = orDefault(c.PollCount, defaultPollCount)
	c.PollBytes = orDefault(c.PollBytes, defaultPollBytes)
	c.Idle = orDefault(c.Idle, defaultIdle)
	c.Mailbox = orDefault(c.Mailbox, defaultMailbox)
	return c, nil
}

func orDefault[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// Check reports, by the names of the flags, why c makes no sense.
func (c Config) Check() error {
	_, err := c.filled()
	return err
}

func (c Config) check() error {
	if err := suggest.OneOf("--strategy", string(c.Strategy), Strategies()...); err != nil {
		return err
	}
	if err := suggest.OneOf("--acks", string(c.Acks), "", string(AcksOne), string(AcksAll)); err != nil {
		return err
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{
		{"--window", c.Window}, {"--retry", c.Retry}, {"--patience", c.Patience}, {"--refresh", c.Refresh}, {"--idle", c.Idle},
	} {
		if d.value < 0 {
			return fmt.Errorf("%s %v: a duration cannot be negative", d.flag, d.value)
		}
	}
	for _, n := range []struct {
		flag  string
		value int
	}{
		{"--chunk-bytes", c.ChunkBytes}, {"--poll-count", c.PollCount}, {"--poll-bytes", c.PollBytes}, {"--mailbox", c.Mailbox},
		{"--retention", c.Retention},
	} {
		if n.value < 0 {
			return fmt.Errorf("%s %d: must be at least 1", n.flag, n.value)
		}
	}
	return c.checkSense()
}

// checkSense refuses combinations of sound parts that make no sense together.
func (c Config) checkSense() error {
	stored := c.Strategy == CAS || c.Strategy == Fallback
	talks := c.Strategy != Local && c.Strategy != CAS
	switch {
	case c.Acks == AcksAll && c.Strategy != Leaderless:
		return fmt.Errorf("--acks all with --strategy %s: only leaderless keeps every entry on every node", c.Strategy)
	case c.Journal.Dir != "" && stored:
		return fmt.Errorf("--data %s with --strategy %s: its logs are in lin-kv, and nothing is left to keep", c.Journal.Dir, c.Strategy)
	case c.Window != 0 && !talks:
		return fmt.Errorf("--window %v with --strategy %s: its nodes send each other nothing", c.Window, c.Strategy)
	case c.Retry != 0 && !talks:
		return fmt.Errorf("--retry %v with --strategy %s: its nodes send each other nothing", c.Retry, c.Strategy)
	case c.Patience != 0 && c.Strategy != Fallback:
		return fmt.Errorf("--patience %v with --strategy %s: only fallback does without the owner", c.Patience, c.Strategy)
	case c.Refresh != 0 && !stored:
		return fmt.Errorf("--refresh %v with --strategy %s: only cas and fallback read from lin-kv", c.Refresh, c.Strategy)
	case c.ChunkBytes != 0 && !stored:
		return fmt.Errorf("--chunk-bytes %d with --strategy %s: only cas and fallback write to lin-kv", c.ChunkBytes, c.Strategy)
	}
	return nil
}
