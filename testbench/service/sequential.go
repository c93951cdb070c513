package service

import "math/rand/v2"

// statesKept is how many states seq-kv remembers, the present one among them.
const statesKept = 32

// sequential is seq-kv: a store with a past. States are numbered from 0, and each has one key changed
// against the one before it.
//
// Of every client it knows the number of the state that the client saw last, and draws one from there to the
// present for the next request. Maelstrom keeps the last 32 states in a ring and finds a state by its
// distance from the present, modulo 32: so where a client is further behind, the state that it sees is not
// the one whose number is noted, and the next may lie before it. That is kept here, since nodes will meet it.
type sequential struct {
	latest int
	seen   map[string]int       // by client
	keys   map[string][]version // ascending by since; all of the last states can be told from it
}

// version is the value of a key from a state on.
type version struct {
	since int
	value value
}

func (s *sequential) Handle(src string, body []byte, rng *rand.Rand) ([]byte, error) {
	r, err := parseKV(body)
	if err != nil {
		return nil, err
	}
	if s.seen == nil {
		s.seen, s.keys = make(map[string]int), make(map[string][]version)
	}
	number := s.seen[src] + rng.IntN(s.latest-s.seen[src]+1)
	found, there := s.at(r.key, s.shown(number))
	out := r.carryOut(found, there, true)
	if !out.write || there && out.value.equals(found) {
		s.seen[src] = number
		return out.reply, nil
	}
	found, there = s.at(r.key, s.latest)
	out = r.carryOut(found, there, true)
	// Maelstrom counts a new state even if the request turns out to change nothing on the latest one.
	s.latest++
	s.seen[src] = s.latest
	if out.write {
		s.put(r.key, out.value)
	}
	return out.reply, nil
}

// shown is the state that a client sees when a number is drawn for it.
func (s *sequential) shown(number int) int {
	return s.latest - (s.latest-number)%min(statesKept, s.latest+1)
}

// at finds what a key held in one of the states kept.
func (s *sequential) at(key string, state int) (v value, there bool) {
	versions := s.keys[key]
	for i := len(versions) - 1; i >= 0; i-- {
		if versions[i].since <= state {
			return versions[i].value, true
		}
	}
	return value{}, false
}

// put adds a version of a key as of the latest state, and forgets those that no state kept shows.
func (s *sequential) put(key string, v value) {
	versions := append(s.keys[key], version{s.latest, v})
	oldest := max(0, s.latest-statesKept+1)
	gone := 0
	for gone+1 < len(versions) && versions[gone+1].since <= oldest {
		gone++
	}
	s.keys[key] = append(versions[:0], versions[gone:]...)
}
