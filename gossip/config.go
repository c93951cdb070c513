package gossip

import (
	"fmt"
	"strings"
	"time"

	"eddy/actor/node/journal"
	"eddy/internal/suggest"
)

// Dissemination is how a value gets around.
type Dissemination string

const (
	// Flood sends a new value at once to every neighbour but the one it came from.
	Flood Dissemination = "flood"
	// Origin has the node that a client gave the value to send it to all others.
	Origin Dissemination = "origin"
	// Detour is Origin, and whoever learns something new also sends it to its
	// neighbours: a value gets around a cut link by way of a third node.
	Detour Dissemination = "detour"
	// Paced is Batch over a star, with every leaf's batches timed to reach the
	// hub just before it sends its own.
	Paced Dissemination = "paced"
	// Batch sends each neighbour now and then what it has not acknowledged.
	Batch Dissemination = "batch"
)

// Ack is how a node learns that a neighbour has got something.
type Ack string

const (
	// AckNone never learns it: what the network loses is lost.
	AckNone Ack = "none"
	// AckEach acknowledges each message, and sends it again until then.
	AckEach Ack = "each"
	// AckCumulative acknowledges everything up to a number, on a message that
	// goes anyway where there is one.
	AckCumulative Ack = "cumulative"
)

// Config is a strategy. Zero fields stand for the defaults of the dissemination,
// which for Batch follow the size of the cluster (size.go).
type Config struct {
	Dissemination Dissemination
	Topology      string // given, line, grid, tree:k, star, clusters:k, mesh
	Ack           Ack

	// Interval is between two batches to a neighbour, for a node that has
	// several; LeafInterval for a node that has one. A LeafInterval of 0 sends
	// at once: the neighbour batches. Only for Batch.
	Interval     time.Duration
	LeafInterval time.Duration
	// HubInterval is the same between two hubs of clusters:k; 0 for Interval. Few
	// values begin at one hub: a short one lets most of them go at once, and costs
	// little. Only for Batch.
	HubInterval time.Duration
	// Retry is until what is not acknowledged is sent again; it doubles up to
	// RetryMax while nothing is acknowledged. It should be longer than AckDelay
	// and a round trip.
	Retry    time.Duration
	RetryMax time.Duration
	// AckDelay is how long an acknowledgement waits for a message to ride on.
	// Only for AckCumulative.
	AckDelay time.Duration
	// BatchBytes bounds the values of one message. A value longer than that
	// goes alone.
	BatchBytes int
	// Bug makes the strategy wrong, for tests of the tests. SkipRetries is for each that acknowledges, the others are for
	// AckCumulative.
	Bug Bug
	// Journal is where a node keeps the set: its Dir, SyncLatency and Bug count. Not with AckNone.
	Journal journal.Options
	// Mailbox is the capacity, in messages, of the set's and the links' mailboxes.
	Mailbox int
}

// The defaults, chosen so that the plain `broadcast` meets all of challenges 3a
// to 3e: see docs/broadcast.md for the measurements.
const (
	defaultInterval   = 250 * time.Millisecond
	defaultWindow     = 482 * time.Millisecond // of Paced
	defaultBatchBytes = 64 << 10
	defaultMailbox    = 256
	retryAfterAck     = time.Second // on top of the acknowledgement's delay
	ackDelayIntervals = 3
	ackDelayWindows   = 4               // of Paced,
	ackDelayLong      = 2 * time.Second // but no longer than this or a window
	retryMaxFactor    = 2
)

// Default is the strategy of a node that was told nothing: batches, acknowledged
// cumulatively, over a star, or in a cluster of hundreds of nodes and more over
// clusters of hubs (size.go).
func Default() Config { return Config{Dissemination: Batch} }

// filled returns c with its defaults filled in, or why it makes no sense.
func (c Config) filled() (Config, error) {
	if c.Dissemination == "" {
		c.Dissemination = Batch
	}
	if err := c.check(); err != nil {
		return c, err
	}
	if c.Ack == "" {
		c.Ack = AckEach
		if c.Dissemination == Batch || c.Dissemination == Paced {
			c.Ack = AckCumulative
		}
	}
	if c.Topology == "" {
		c.Topology = map[Dissemination]string{Flood: "grid", Origin: "mesh", Detour: "line", Batch: "star", Paced: "star"}[c.Dissemination]
	}
	if c.Dissemination == Batch && c.Interval == 0 {
		c.Interval = defaultInterval
	}
	if c.Dissemination == Paced && c.Interval == 0 {
		c.Interval = defaultWindow
	}
	if c.Dissemination == Paced && c.AckDelay == 0 {
		c.AckDelay = min(ackDelayWindows*c.Interval, max(ackDelayLong, c.Interval*5/4))
	}
	if c.Ack == AckCumulative && c.AckDelay == 0 {
		c.AckDelay = max(ackDelayIntervals*c.Interval, defaultInterval)
	}
	if c.Retry == 0 {
		c.Retry = c.AckDelay + retryAfterAck
		if c.Dissemination == Paced {
			c.Retry = c.AckDelay + max(c.Interval, retryAfterAck/2)
		}
	}
	if c.RetryMax == 0 && c.Ack == AckCumulative {
		c.RetryMax = c.Retry // late enough already: acknowledgements take their time, and one message asks for all
	}
	if c.RetryMax == 0 {
		c.RetryMax = retryMaxFactor * c.Retry
	}
	if c.BatchBytes == 0 {
		c.BatchBytes = defaultBatchBytes
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
	if err := suggest.OneOf("--strategy", string(c.Dissemination), string(Flood), string(Origin), string(Detour), string(Batch), string(Paced)); err != nil {
		return err
	}
	if c.Bug != "" {
		if err := suggest.OneOf("--bug", string(c.Bug), Bugs()...); err != nil {
			return err
		}
	}
	if c.Ack != "" {
		if err := suggest.OneOf("--ack", string(c.Ack), string(AckNone), string(AckEach), string(AckCumulative)); err != nil {
			return err
		}
	}
	if c.Topology != "" {
		if _, err := parseTopology(c.Topology); err != nil {
			return err
		}
	}
	if err := c.checkBounds(); err != nil {
		return err
	}
	return c.checkSense()
}

func (c Config) checkBounds() error {
	for _, d := range []struct {
		flag  string
		value time.Duration
	}{
		{"--interval", c.Interval}, {"--leaf-interval", c.LeafInterval}, {"--hub-interval", c.HubInterval},
		{"--retry", c.Retry}, {"--retry-max", c.RetryMax}, {"--ack-delay", c.AckDelay},
	} {
		if d.value < 0 {
			return fmt.Errorf("%s %v: a duration cannot be negative", d.flag, d.value)
		}
	}
	if c.BatchBytes < 0 {
		return fmt.Errorf("--batch-bytes %d: must be at least 1", c.BatchBytes)
	}
	if c.Mailbox < 0 {
		return fmt.Errorf("--mailbox %d: must be at least 1", c.Mailbox)
	}
	if c.RetryMax != 0 && c.Retry > c.RetryMax {
		return fmt.Errorf("--retry %v is longer than --retry-max %v", c.Retry, c.RetryMax)
	}
	return nil
}

// checkSense refuses combinations of sound parts that make no sense together.
func (c Config) checkSense() error {
	switch {
	case c.Dissemination == Origin && c.Topology != "" && c.Topology != "mesh":
		return fmt.Errorf("--strategy origin with --topology %s: the origin sends to every node itself, only mesh fits", c.Topology)
	case c.Dissemination == Paced && c.Topology != "" && c.Topology != "star":
		return fmt.Errorf("--strategy paced with --topology %s: pacing is between the leaves and the hub of a star", c.Topology)
	case c.Dissemination == Paced && c.Ack != "" && c.Ack != AckCumulative:
		return fmt.Errorf("--strategy paced with --ack %s: its acknowledgements ride on its batches, only cumulative fits", c.Ack)
	case c.Dissemination == Paced && c.LeafInterval != 0:
		return fmt.Errorf("--leaf-interval %v with --strategy paced: a leaf's batches follow the hub's --interval", c.LeafInterval)
	case c.Dissemination == Detour && c.Topology == "mesh":
		return fmt.Errorf("--strategy detour with --topology mesh: every value would be sent to everybody by everybody; give the detours a sparser topology")
	case c.Ack == AckNone && c.Journal.Dir != "":
		return fmt.Errorf("--data %s with --ack none: what the network loses is lost anyway; choose --ack each or cumulative", c.Journal.Dir)
	case c.Dissemination == Batch && c.Ack == AckNone:
		return fmt.Errorf("--strategy batch with --ack none: a batch is what is not acknowledged, so something must acknowledge it")
	case c.Dissemination != Batch && c.Dissemination != Paced && c.Interval != 0:
		return fmt.Errorf("--interval %v with --strategy %s: only batch and paced have an interval", c.Interval, c.Dissemination)
	case c.Dissemination != Batch && c.LeafInterval != 0:
		return fmt.Errorf("--leaf-interval %v with --strategy %s: only batch has an interval", c.LeafInterval, c.Dissemination)
	case c.HubInterval != 0 && (c.Dissemination != Batch || !strings.HasPrefix(c.Topology, "clusters:")):
		return fmt.Errorf("--hub-interval %v with --strategy %s: only batch with --topology clusters:k has batches from hub to hub", c.HubInterval, c.Dissemination)
	case c.Ack == AckNone && (c.Retry != 0 || c.RetryMax != 0):
		return fmt.Errorf("--retry with --ack none: without acknowledgement nothing is ever retried")
	case c.AckDelay != 0 && (c.Ack == AckNone || c.Ack == AckEach || c.Ack == "" && c.Dissemination != Batch && c.Dissemination != Paced):
		return fmt.Errorf("--ack-delay %v: only --ack cumulative delays its acknowledgements", c.AckDelay)
	}
	return nil
}
