package kv

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node/wire"
)

// store is the replicated state machine: what the keys hold, and what each
// client was answered last. It is the same on every replica that has applied
// the log up to the same index, and changes through commands only.
type store struct {
	values   map[string]wire.Raw // by the key's canonical form
	sessions map[string]*session // by client
	machine  Machine             // what executes transactions; not part of the state
}

// session is what a client's requests came to, so that a command which is in the
// log twice, because its node did not know that the first got there, is applied
// once. It holds the last few requests of the client.
type session struct {
	last  []answered // in the order of application
	floor int64      // the highest request forgotten: at or below it nobody knows
}

// answered is a request and its result.
type answered struct {
	ID     int64  `json:"id"`
	Result result `json:"result"`
}

// result is what a command came to: an error of Maelstrom's protocol, or none.
type result struct {
	Code  int      `json:"code,omitempty"`
	Text  string   `json:"text,omitempty"`
	Value wire.Raw `json:"value,omitempty"` // of a read
	err   bool     // there is an error: code 0 is one
}

// sessionMax is how many requests of one client are remembered: more than a
// client has under way at a time, since each waits for its answer.
const sessionMax = 16

func newStore() *store {
	return &store{values: map[string]wire.Raw{}, sessions: map[string]*session{}}
}

// apply applies a command, unless it was applied before, and gives its result.
func (s *store) apply(c *command, twice bool) result {
	if c.Op == opRead || c.Client == "" {
		return s.perform(c)
	}
	of := s.sessions[c.Client]
	if of == nil {
		of = &session{floor: -1}
		s.sessions[c.Client] = of
	}
	for _, a := range of.last {
		if a.ID == c.ID && !twice {
			return a.Result
		}
	}
	if c.ID <= of.floor && !twice {
		return failed(maelstrom.Crash, fmt.Sprintf("request %d of %s is too old to know whether it took place", c.ID, c.Client))
	}
	r := s.perform(c)
	of.last = append(of.last, answered{c.ID, r})
	if len(of.last) > sessionMax {
		of.floor = max(of.floor, of.last[0].ID)
		of.last = slices.Delete(of.last, 0, 1)
	}
	return r
}

// perform does what a command says.
func (s *store) perform(c *command) result {
	held, exists := s.values[c.Key]
	switch c.Op {
	case opRead:
		return s.read(c.Key)
	case opTxn:
		return result{Value: s.machine.Execute(s.values, c.To)}
	case opWrite:
		s.values[c.Key] = c.To
		return result{}
	}
	switch {
	case !exists && !c.Create:
		return keyMissing(c.Key)
	case exists && !same(held, c.From):
		return failed(maelstrom.PreconditionFailed, fmt.Sprintf("key %s holds %s, expected %s", c.Key, held, c.From))
	}
	s.values[c.Key] = c.To
	return result{}
}

func (s *store) read(key string) result {
	value, exists := s.values[key]
	if !exists {
		return keyMissing(key)
	}
	return result{Value: value}
}

// lookUp reads what a reading is of.
func (s *store) lookUp(r reading) result {
	if r.txn != nil {
		return s.perform(&command{Op: opTxn, To: r.txn})
	}
	return s.read(r.key)
}

func keyMissing(key string) result {
	return failed(maelstrom.KeyDoesNotExist, fmt.Sprintf("key %s does not exist", key))
}

func failed(code int, text string) result { return result{Code: code, Text: text, err: true} }

// same compares values as JSON, not as text.
func same(a, b wire.Raw) bool {
	x, errX := wire.Canonical(a)
	y, errY := wire.Canonical(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// image is the store as a snapshot holds it, in an order that depends on nothing
// but its content.
type image struct {
	Values   []imageValue   `json:"values"`
	Sessions []imageSession `json:"sessions"`
}

type imageValue struct {
	Key   wire.Raw `json:"key"`
	Value wire.Raw `json:"value"`
}

type imageSession struct {
	Client string          `json:"client"`
	Floor  int64           `json:"floor"`
	Last   []imageAnswered `json:"last"`
}

type imageAnswered struct {
	answered
	Failed bool `json:"failed,omitempty"`
}

// snapshot gives the store as bytes.
func (s *store) snapshot() []byte {
	var im image
	for _, key := range slices.Sorted(maps.Keys(s.values)) {
		im.Values = append(im.Values, imageValue{wire.Raw(key), s.values[key]})
	}
	for _, client := range slices.Sorted(maps.Keys(s.sessions)) {
		of := s.sessions[client]
		kept := imageSession{Client: client, Floor: of.floor}
		for _, a := range of.last {
			kept.Last = append(kept.Last, imageAnswered{a, a.Result.err})
		}
		im.Sessions = append(im.Sessions, kept)
	}
	return encode(im)
}

// restore gives the store of a snapshot.
func restore(data []byte) (*store, error) {
	s := newStore()
	if len(data) == 0 {
		return s, nil
	}
	var im image
	if err := json.Unmarshal(data, &im); err != nil {
		return nil, fmt.Errorf("a snapshot of %d bytes cannot be read: %w", len(data), err)
	}
	for _, v := range im.Values {
		s.values[string(v.Key)] = v.Value
	}
	for _, kept := range im.Sessions {
		of := &session{floor: kept.Floor}
		for _, a := range kept.Last {
			a.Result.err = a.Failed
			of.last = append(of.last, a.answered)
		}
		s.sessions[kept.Client] = of
	}
	return s, nil
}
