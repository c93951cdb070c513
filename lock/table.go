package lock

import (
	"encoding/json"
	"fmt"
	"strconv"

	"eddy/actor/node/wire"
)

// table is the replicated state machine: which lock is held, under which token. It is a [kv.Machine], so that what
// it does depends on its arguments alone.
type table struct{ bug Bug }

// command is what one request does to the table.
type command struct {
	Op    operation `json:"op"`
	Lock  string    `json:"lock"`
	TTLMs int64     `json:"ttl_ms,omitempty"` // of acquire
	Over  *holding  `json:"over,omitempty"`   // of acquire: the holding that was seen to run out
	Token int64     `json:"token,omitempty"`  // of renew and release
}

type operation string

const (
	acquire operation = "acquire"
	renew   operation = "renew"
	release operation = "release"
)

// holding is what the table holds of a lock that is held.
type holding struct {
	Token    int64 `json:"token"`
	Renewals int64 `json:"renewals"`
	TTLMs    int64 `json:"ttl_ms"`
}

// outcome is what a command came to: it was done, or the lock is held otherwise; by nobody if Held is nil.
type outcome struct {
	Done  bool     `json:"done"`
	Token int64    `json:"token,omitempty"`
	Held  *holding `json:"held,omitempty"`
}

// tokenKey is where the last token given out is kept. No lock has that key: theirs are strings.
const tokenKey = "0"

// Check admits every command: the service makes no other.
func (table) Check(wire.Raw) (reads bool, err error) { return false, nil }

// Execute carries out a command, and gives its outcome.
func (t table) Execute(values map[string]wire.Raw, text wire.Raw) wire.Raw {
	var c command
	mustRead(text, &c)
	key := strconv.Quote(c.Lock)
	var held *holding
	if text, some := values[key]; some {
		held = &holding{}
		mustRead(text, held)
	}
	return written(t.execute(values, key, held, &c))
}

func (t table) execute(values map[string]wire.Raw, key string, held *holding, c *command) outcome {
	holds := held != nil && held.Token == c.Token
	switch {
	case c.Op == acquire && (held == nil || c.Over != nil && (*held == *c.Over || t.bug == StaleSighting)):
		var last int64
		if text, some := values[tokenKey]; some {
			mustRead(text, &last)
		}
		if t.bug != TokensRepeat || last == 0 {
			last++
		}
		values[tokenKey] = written(last)
		values[key] = written(holding{Token: last, TTLMs: c.TTLMs})
		return outcome{Done: true, Token: last}
	case c.Op == renew && holds:
		held.Renewals++
		values[key] = written(held)
		return outcome{Done: true, Token: held.Token}
	case c.Op == release && (holds || held != nil && t.bug == AnyToken):
		delete(values, key)
		return outcome{Done: true}
	}
	return outcome{Held: held}
}

func mustRead(text wire.Raw, into any) {
	if err := json.Unmarshal(text, into); err != nil {
		panic(fmt.Sprintf("lock: the log holds %.200s: %v", text, err)) // the service wrote it
	}
}

func written(v any) wire.Raw {
	text, err := json.Marshal(v)
	if err != nil {
		panic("lock: cannot encode: " + err.Error()) // numbers and strings only
	}
	return text
}
