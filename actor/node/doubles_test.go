package node_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"

	"eddy/actor/node/wire"
)

// The doubles behave as the services of Maelstrom's src/maelstrom/service.clj,
// their pathologies included.

// canonical is the form in which two equal values are equal.
func canonical(value json.RawMessage) string {
	form, err := wire.Canonical(value)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", value, err))
	}
	return string(form)
}

// kvState is what a key-value service knows: values by key, both in canonical
// form. A state is never changed, only followed by another.
type kvState map[string]string

func failed(code int, text string) map[string]any {
	return map[string]any{"type": "error", "code": code, "text": text}
}

// handle answers a request and gives the state that follows.
func (s kvState) handle(body map[string]json.RawMessage) (kvState, map[string]any) {
	key := canonical(body["key"])
	value, there := s[key]
	set := func(to json.RawMessage) kvState {
		next := maps.Clone(s)
		next[key] = canonical(to)
		return next
	}
	switch string(body["type"]) {
	case `"read"`:
		if !there {
			return s, failed(20, "key does not exist")
		}
		return s, map[string]any{"type": "read_ok", "value": json.RawMessage(value)}
	case `"write"`:
		return set(body["value"]), map[string]any{"type": "write_ok"}
	case `"cas"`:
		switch {
		case !there && string(body["create_if_not_exists"]) != "true":
			return s, failed(20, "key does not exist")
		case there && value != canonical(body["from"]):
			return s, failed(22, "current value is "+value)
		}
		return set(body["to"]), map[string]any{"type": "cas_ok"}
	}
	return s, failed(10, "a key-value service knows no such message")
}

// linKV is linearizable: one state.
func linKV() double {
	state := kvState{}
	return func(_ string, body map[string]json.RawMessage) (answer map[string]any) {
		state, answer = state.handle(body)
		return answer
	}
}

// seqKV keeps its last 32 states. What changes nothing happens in any of them
// that is not before what its client has seen; what does happens in the last.
func seqKV(random *rand.Rand) double {
	states, last := []kvState{{}}, 0
	seen := map[string]int{}
	return func(src string, body map[string]json.RawMessage) map[string]any {
		at := seen[src] + random.IntN(last-seen[src]+1)
		past := len(states) - 1 - (last-at)%len(states) // beyond the buffer it wraps, as theirs does
		next, answer := states[past].handle(body)
		if maps.Equal(next, states[past]) {
			seen[src] = at
			return answer
		}
		next, answer = states[len(states)-1].handle(body)
		states, last = append(states, next), last+1
		if len(states) > 32 {
			states = states[1:]
		}
		seen[src] = last
		return answer
	}
}

// lwwReplica is one of the replicas of lww-kv, with a Lamport clock.
type lwwReplica struct {
	clock  int
	values kvState
	stamps map[string]int
}

func (r *lwwReplica) handle(body map[string]json.RawMessage) map[string]any {
	delete(body, "create_if_not_exists") // ignored there
	next, answer := r.values.handle(body)
	if typ := answer["type"]; typ == "write_ok" || typ == "cas_ok" {
		r.stamps[canonical(body["key"])] = r.clock
		r.clock++
	}
	r.values = next
	return answer
}

func (r *lwwReplica) merge(from *lwwReplica) {
	r.clock = max(r.clock, from.clock)
	merged := maps.Clone(r.values)
	for key, value := range from.values {
		if stamp, there := r.stamps[key]; !there || stamp < from.stamps[key] {
			merged[key], r.stamps[key] = value, from.stamps[key]
		}
	}
	r.values = merged
}

// lwwKV has two replicas that merge at random; any of them answers.
func lwwKV(random *rand.Rand) double {
	replicas := [2]*lwwReplica{{values: kvState{}, stamps: map[string]int{}}, {values: kvState{}, stamps: map[string]int{}}}
	return func(_ string, body map[string]json.RawMessage) map[string]any {
		from, into := replicas[random.IntN(2)], replicas[random.IntN(2)]
		if from != into {
			into.merge(from)
		}
		return replicas[random.IntN(2)].handle(body)
	}
}

// linTSO gives out the integers from 0.
func linTSO() double {
	next := 0
	return func(string, map[string]json.RawMessage) map[string]any {
		next++
		return map[string]any{"type": "ts_ok", "ts": next - 1}
	}
}
