// Package uniqueids generates ids that no other node and no other life of this
// node generates, without asking anybody: available through any partition.
//
// Two strategies:
//
//   - counter: a string, the node's id, a number drawn anew in each life of the
//     node (64 bits), and a count: n3-5f0c9a3e17b2d844-17.
//   - snowflake: a positive integer of 63 bits that sorts by time, made of
//     milliseconds since 2025 (41 bits: until 2094), the node's place among the
//     nodes (10), a number drawn anew in each life (4) and a count (8). It is
//     the layout of Twitter's Snowflake (2010) with bits of its count given to
//     the life.
//
// A snowflake never goes back: when the clock does, or the count of a
// millisecond is used up, the generator stays on the last millisecond or goes
// on to the next by itself. With --data that holds through kills, whatever the
// clock says after them: the journal has a time that no id may reach before a
// later one is durable, and a start begins there. Without it, a life begun while
// the clock is at or before where an earlier life of the same node had come to
// is told apart by its 4 bits only; where that can happen often, use the counter.
package uniqueids

import (
	"fmt"
	"strconv"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/internal/suggest"
)

// Strategy is how ids are made.
type Strategy string

// The strategies.
const (
	Counter   Strategy = "counter"
	Snowflake Strategy = "snowflake"
)

// Check reports why there is no such strategy.
func (s Strategy) Check() error {
	return suggest.OneOf("--strategy", string(s), string(Counter), string(Snowflake))
}

type answer struct {
	ID any `json:"id"`
}

type request = node.Request[node.None, answer]

// Config is a strategy, and for snowflake where its journal is: its Dir and SyncLatency count.
type Config struct {
	Strategy Strategy
	Journal  journal.Options
	// Bug makes the service wrong, for tests of the tests.
	Bug Bug
}

// Bug is a deliberate bug, by which the tests show that they would find it.
type Bug string

// The bugs.
const (
	ForgetsStarts Bug = "forgets-starts" // counter: every start counts from the beginning
	NoPlace       Bug = "no-place"       // snowflake: ids lack the node
)

// Check reports, by the names of the flags, why the configuration makes no sense.
func (c Config) Check() error {
	if err := c.Strategy.Check(); err != nil {
		return err
	}
	if c.Strategy == Counter && c.Journal.Dir != "" {
		return fmt.Errorf("--data %s with --strategy counter: each start draws a number of its own, and nothing need be kept", c.Journal.Dir)
	}
	return nil
}

// Service is the service of Maelstrom's workload unique-ids.
func Service(config Config) node.Service {
	return func(n *node.Node) error {
		if err := config.Check(); err != nil {
			return err
		}
		if config.Strategy == Snowflake {
			return serveSnowflakes(n, config)
		}
		to := actor.Spawn(n, "ids", func(c *actor.Context[request]) actor.Actor[request] {
			start := c.Rand().Uint64()
			if config.Bug == ForgetsStarts {
				start = 0
			}
			return &counter{prefix: fmt.Sprintf("%s-%016x-", n.ID(), start)}
		}, actor.Capacity(mailbox))
		node.Handle(n, "generate", to, func(r request) request { return r })
		return nil
	}
}

// mailbox is the capacity of the generator's mailbox, in messages.
const mailbox = 256

// counter counts within a life.
type counter struct {
	prefix string
	count  int64
}

func (g *counter) Receive(_ *actor.Context[request], r request) {
	g.count++
	r.Reply(answer{g.prefix + strconv.FormatInt(g.count, 10)})
}
