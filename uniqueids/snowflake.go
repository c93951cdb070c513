package uniqueids

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

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

// reserve is how far ahead of the ids the journal is, in milliseconds: a start may skip as much.
const reserve = 2000

// reservation is a record of the journal: no id reaches this time before a later record is durable.
type reservation struct {
	Until int64 `json:"until"` // milliseconds since 2025
}

func (r reservation) record() []byte {
	text, err := json.Marshal(r)
	if err != nil {
		panic("uniqueids: " + err.Error()) // cannot happen: a number
	}
	return text
}

// generator is the actor of snowflakes.
type generator struct {
	snowflake
	journal  *journal.Journal[message]
	until    int64 // no id reaches it, that is durable
	reserved int64 // what a record under way says
	waiting  []drawn
}

// message is a request or a [journal.Written].
type message any

// drawn is an id that waits until its time is reserved.
type drawn struct {
	request
	id, millis int64
}

func serveSnowflakes(n *node.Node, config Config) error {
	place := slices.Index(n.IDs(), n.ID())
	if place >= nodesMax {
		return fmt.Errorf("--strategy snowflake: %s is node %d, an id has room for %d", n.ID(), place+1, nodesMax)
	}
	if config.Bug == NoPlace {
		place = 0
	}
	o := config.Journal
	o.Holds, o.Format = "unique-ids --strategy snowflake", 1
	j, records, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return err
	}
	until := int64(0)
	for i, text := range records {
		var r reservation
		if err := json.Unmarshal(text, &r); err != nil || r.Until <= 0 {
			return fmt.Errorf("record %d of the journal of %s is %.80s: expected a time that is reserved", i+1, n.ID(), text)
		}
		until = max(until, r.Until)
	}
	options := []actor.Option{actor.Capacity(mailbox)}
	if j != nil {
		options = append(options, actor.Restarts(0, 0))
	}
	to := actor.Spawn(n, "ids", func(c *actor.Context[message]) actor.Actor[message] {
		g := &generator{
			snowflake: snowflake{place: int64(place), life: c.Rand().Int64N(1 << lifeBits), millis: until},
			journal:   j, until: until, reserved: until,
		}
		if j == nil {
			g.until = math.MaxInt64
		}
		j.SnapshotBy(func() [][]byte { return [][]byte{reservation{g.until}.record()} })
		return g
	}, options...)
	node.Handle(n, "generate", to, func(r request) message { return r })
	return nil
}

func (g *generator) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case request:
		id := g.next(c.Now().UnixMilli() - epoch)
		g.waiting = append(g.waiting, drawn{m, id, g.millis})
		g.serve(c)
	case journal.Written:
		g.journal.Written(c, m)
	}
}

// serve replies with the ids whose time is reserved, and reserves more in time.
func (g *generator) serve(c *actor.Context[message]) {
	for len(g.waiting) > 0 && g.waiting[0].millis < g.until {
		g.waiting[0].Reply(answer{g.waiting[0].id})
		g.waiting = g.waiting[1:]
	}
	if g.journal == nil || g.reserved > g.until || g.millis+reserve/2 < g.until {
		return
	}
	g.reserved = g.millis + reserve
	g.journal.Append(c, reservation{g.reserved}.record(), func(err error) {
		if err == nil {
			g.until = g.reserved
			g.serve(c)
			return
		}
		g.reserved = g.until
		waiting := g.waiting
		g.waiting = nil
		for _, d := range waiting {
			d.Fail(err)
		}
	})
}
