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
// on to the next by itself. A life begun while the clock is at or before where
// an earlier life of the same node had come to is told apart by its 4 bits only;
// where that can happen often, use the counter.
package uniqueids

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"eddy/actor"
	"eddy/actor/node"
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
	switch s {
	case Counter, Snowflake:
		return nil
	}
	return fmt.Errorf("--strategy %s: there is no such; choose one of %s, %s", s, Counter, Snowflake)
}

type answer struct {
	ID any `json:"id"`
}

type request = node.Request[node.None, answer]

// Service is the service of Maelstrom's workload unique-ids.
func Service(s Strategy) node.Service {
	return func(n *node.Node) error {
		if err := s.Check(); err != nil {
			return err
		}
		place := slices.Index(n.IDs(), n.ID())
		if s == Snowflake && place >= nodesMax {
			return fmt.Errorf("--strategy snowflake: %s is node %d, an id has room for %d", n.ID(), place+1, nodesMax)
		}
		to := actor.Spawn(n, "ids", func(c *actor.Context[request]) actor.Actor[request] {
			if s == Snowflake {
				return &snowflake{place: int64(place), life: c.Rand().Int64N(1 << lifeBits)}
			}
			return &counter{prefix: fmt.Sprintf("%s-%016x-", n.ID(), c.Rand().Uint64())}
		}, actor.Capacity(256))
		node.Handle(n, "generate", to, func(r request) request { return r })
		return nil
	}
}

// counter counts within a life.
type counter struct {
	prefix string
	count  int64
}

func (g *counter) Receive(_ *actor.Context[request], r request) {
	g.count++
	r.Reply(answer{g.prefix + strconv.FormatInt(g.count, 10)})
}

const (
	placeBits = 10
	lifeBits  = 4
	countBits = 8
	nodesMax  = 1 << placeBits
	countMax  = 1 << countBits
)

var epoch = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).UnixMilli()

// snowflake remembers the last id's millisecond and count.
type snowflake struct {
	place, life int64
	millis      int64
	count       int64
}

func (g *snowflake) Receive(c *actor.Context[request], r request) {
	r.Reply(answer{g.next(c.Now().UnixMilli() - epoch)})
}

func (g *snowflake) next(now int64) int64 {
	switch {
	case now > g.millis:
		g.millis, g.count = now, 0
	case g.count+1 < countMax:
		g.count++
	default:
		g.millis, g.count = g.millis+1, 0
	}
	return ((g.millis<<placeBits|g.place)<<lifeBits|g.life)<<countBits | g.count
}
