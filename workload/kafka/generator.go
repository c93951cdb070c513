package kafka

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// kafkaGenerator mixes sends and polls evenly. One time in 64 a client assigns the key that the operation is
// about instead, and in one of three of these all keys of which something was sent that nobody has polled yet.
// Besides, a client crashes about twice a minute. All this is Jepsen's.
type generator struct {
	pool      *workload.KeyPool
	now       func() time.Duration
	drawn     *keyed // what comes after an assign that took its place
	crashMean time.Duration
	crashDue  time.Duration

	behind map[string]seen // keys of which the highest offset sent is above the highest polled
	known  offsets         // the highest offset that any operation told of, by key
}

// keyed is an operation and the key that was drawn for it. A poll shows all keys of a client, whichever was
// drawn.
type keyed struct {
	key string
	inv workload.Invocation
}

// seen is how far a key is known to reach, and how far it was polled; -1 for not at all.
type seen struct{ sent, polled int64 }

const (
	crashInterval = 30 * time.Second // between crashes of the same worker, on average
	assignOneIn   = 64
	catchUpOneIn  = 3
)

func newGenerator(s workload.Setting, _ *rand.Rand) workload.Generator {
	return &generator{
		pool: workload.NewKeyPool(s.Options), now: s.Now,
		crashMean: crashInterval / time.Duration(max(1, s.Workers)), crashDue: s.Now(),
		behind: make(map[string]seen),
	}
}

// Next gives the next operation. A crash that is due has an even chance against the others.
func (g *generator) Next(rng *rand.Rand) workload.Invocation {
	if now := g.now(); g.crashDue <= now && rng.IntN(2) == 0 {
		g.crashDue = now + nemesis.Stagger(rng, g.crashMean)
		return workload.Invocation{F: "crash"}
	}
	op := g.drawn
	if op == nil {
		op = g.draw(rng)
	}
	g.drawn = nil
	if rng.IntN(assignOneIn) > 0 {
		return op.inv
	}
	g.drawn = op
	keys := []string{op.key}
	if len(g.behind) > 0 && rng.IntN(catchUpOneIn) == 0 {
		keys = g.keysBehind()
		if !slices.Contains(keys, op.key) {
			keys = append(keys, op.key)
		}
	}
	return workload.Invocation{F: "assign", Value: keyList(keys)}
}

func (g *generator) draw(rng *rand.Rand) *keyed {
	number, value, write := g.pool.Draw(rng)
	key := strconv.Itoa(number)
	if !write {
		return &keyed{key, workload.Invocation{F: "poll", Value: json.RawMessage(`[["poll"]]`)}}
	}
	return &keyed{key, workload.Invocation{F: "send", Value: sendValue(key, strconv.AppendInt(nil, int64(value), 10))}}
}

func (g *generator) keysBehind() []string {
	var keys []string
	for key := range g.behind {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, compareKeys)
	return keys
}

// Ended takes note of what is known to exist and of what was polled.
func (g *generator) Ended(inv workload.Invocation, done workload.Completion) {
	if done.Type != history.OK {
		return
	}
	switch inv.F {
	case "send":
		key, offset := sentOffset(done.Value)
		g.known.raise(key, offset)
		s := g.reach(key)
		s.sent = max(s.sent, offset)
		g.follow(key, s)
	case "poll":
		eachPolled(polledOf(done.Value), func(key string, offset int64, _ bool) {
			if offset >= 0 {
				g.known.raise(key, offset)
			}
			s := g.reach(key)
			s.polled = max(s.polled, offset)
			g.follow(key, s)
		})
	}
}

func (g *generator) reach(key string) seen {
	if s, ok := g.behind[key]; ok {
		return s
	}
	return seen{-1, -1}
}

// follow keeps a key while it is behind. What was polled of it is then forgotten, too: the next message sent
// is above it.
func (g *generator) follow(key string, s seen) {
	if s.polled < s.sent {
		g.behind[key] = s
	} else {
		delete(g.behind, key)
	}
}

// compareKeys orders keys that are numbers by number.
func compareKeys(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	if a < b {
		return -1
	}
	if a > b {
		return 1
	}
	return 0
}

func keyList(keys []string) json.RawMessage {
	list := []byte("[")
	for i, key := range keys {
		if i > 0 {
			list = append(list, ',')
		}
		list = network.AppendString(list, key)
	}
	return append(list, ']')
}

// sentOffset takes key and offset out of the value of an acknowledged send.
func sentOffset(value json.RawMessage) (key string, offset int64) {
	key, pair := sendOf(value)
	history.EachElement(pair, func(first json.RawMessage) bool {
		offset = parseOffset(first)
		return false
	})
	return key, offset
}

// polledOf takes the messages out of the value of an answered poll.
func polledOf(value json.RawMessage) (messages json.RawMessage) {
	history.EachElement(value, func(op json.RawMessage) bool {
		history.EachElement(op, func(part json.RawMessage) bool { messages = part; return true })
		return true
	})
	return messages
}
