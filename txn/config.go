package txn

import (
	"fmt"
	"time"

	"eddy/actor/node/journal"
	"eddy/internal/link"
	"eddy/internal/suggest"
)

// Strategy is how nodes learn of each other's writes.
type Strategy string

// The strategies: see the package comment.
const (
	Transactions Strategy = "transactions"
	Writes       Strategy = "writes"
	Local        Strategy = "local"
)

// Config is a strategy with its figures. Zero fields stand for the defaults.
type Config struct {
	Strategy Strategy
	// Interval is between two batches to a peer.
	Interval time.Duration
	// AckDelay is how long an acknowledgement waits for a batch to ride on.
	AckDelay time.Duration
	// Retry is until what is not acknowledged is sent again; it should be longer
	// than AckDelay and a round trip.
	Retry time.Duration
	// BatchBytes bounds the writes of one message, but for a single transaction
	// that is longer, and for a whole state.
	BatchBytes int
	// QueueMax bounds the transactions kept for a peer that does not acknowledge;
	// one that missed more is given the whole state.
	QueueMax int
	// Journal is where a node keeps its registers: its Dir, SyncLatency and Bug count.
	Journal journal.Options
	// Mailbox is the capacity, in messages, of the actors' mailboxes.
	Mailbox int

	// Bug makes the service wrong, for tests of the tests.
	Bug Bug
}

func (c Config) link() link.Config {
	l := link.Config{Retry: c.Retry, RetryMax: c.Retry, AckDelay: c.AckDelay, Bytes: c.BatchBytes, QueueMax: c.QueueMax, Bug: link.Bug(c.Bug)}
	if c.Strategy == Writes {
		l.Bytes = 1 // each in a message of its own
	}
	return l
}

const (
	defaultInterval   = 50 * time.Millisecond
	ackDelayIntervals = 4
	retryAfterAck     = time.Second // on top of the acknowledgement's delay
	defaultBatchBytes = 64 << 10
	defaultQueueMax   = 1 << 16
	defaultMailbox    = 256
)

// filled returns c with its defaults filled in, or why it makes no sense.
func (c Config) filled() (Config, error) {
	if c.Strategy == "" {
		c.Strategy = Transactions
	}
	if err := c.check(); err != nil {
		return c, err
	}
	if c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.AckDelay == 0 {
		c.AckDelay = ackDelayIntervals * c.Interval
	}
	if c.Retry == 0 {
		c.Retry = c.AckDelay + retryAfterAck
	}
	if c.BatchBytes == 0 {
		c.BatchBytes = defaultBatchBytes
	}
	if c.QueueMax == 0 {
		c.QueueMax = defaultQueueMax
	}
	if c.Mailbox == 0 {
		c.Mailbox = defaultMailbox
	}
	return c, nil
}

// Check reports, by the names of the flags, why c makes no sense.
func (c Config) Check() error {
	_, err := c.filled()
	return err
}

func (c Config) check() error {
	if err := suggest.OneOf("--strategy", string(c.Strategy), string(Transactions), string(Writes), string(Local)); err != nil {
		return err
	}
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{{"--interval", c.Interval}, {"--ack-delay", c.AckDelay}, {"--retry", c.Retry}} {
		switch {
		case d.value < 0:
			return fmt.Errorf("%s %v: a duration cannot be negative", d.flag, d.value)
		case d.value > 0 && c.Strategy == Local:
			return fmt.Errorf("%s %v with --strategy local: nothing is ever sent", d.flag, d.value)
		}
	}
	for _, n := range []struct {
		flag  string
		value int
	}{{"--batch-bytes", c.BatchBytes}, {"--queue-max", c.QueueMax}, {"--mailbox", c.Mailbox}} {
		if n.value < 0 {
			return fmt.Errorf("%s %d: must be at least 1", n.flag, n.value)
		}
	}
	return nil
}
