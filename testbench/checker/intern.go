package checker

import (
	"encoding/json"
	"slices"
	"strconv"

	"eddy/testbench/history"
)

// Interner numbers distinct values from 0 in the order they turn up, so that
// the checkers work on slices of small numbers and parse each value's text
// once. Equality is that of canonical forms.
type Interner struct {
	dense  []int32 // by value, of integers from 0 to denseMax; 0 is free, else id+1
	others map[string]int32
	Texts  []string // canonical form by id
}

// denseMax bounds the table for small integers: 16 MB when full. Generators
// count from 0, so that in most histories every value is in it.
const denseMax = 1 << 22

// ID gives the number of a value, a new one if it has none yet.
func (t *Interner) ID(raw json.RawMessage) int32 {
	if n, ok := smallIndex(raw); ok {
		return t.denseID(n)
	}
	text := history.Canonical(raw)
	if n, ok := smallIndex([]byte(text)); ok { // written otherwise, such as -0
		return t.denseID(n)
	}
	if id, ok := t.others[text]; ok {
		return id
	}
	if t.others == nil {
		t.others = map[string]int32{}
	}
	id := t.add(text)
	t.others[text] = id
	return id
}

func (t *Interner) denseID(n int) int32 {
	if n >= len(t.dense) {
		t.dense = slices.Grow(t.dense, n+1-len(t.dense))[:n+1]
	}
	if t.dense[n] == 0 {
		t.dense[n] = t.add(strconv.Itoa(n)) + 1
	}
	return t.dense[n] - 1
}

func (t *Interner) add(text string) int32 {
	t.Texts = append(t.Texts, text)
	return int32(len(t.Texts) - 1)
}

// Value gives the canonical form of the value with the number id.
func (t *Interner) Value(id int32) json.RawMessage { return json.RawMessage(t.Texts[id]) }

// Sort orders ids by their values.
func (t *Interner) Sort(ids []int32) {
	slices.SortFunc(ids, func(a, b int32) int { return history.Compare(t.Texts[a], t.Texts[b]) })
}

// smallIndex reads an integer from 0 to denseMax written without needless
// zeros.
func smallIndex(raw []byte) (int, bool) {
	if len(raw) == 0 || len(raw) > 7 || raw[0] == '0' && len(raw) > 1 {
		return 0, false
	}
	n := 0
	for _, c := range raw {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, n <= denseMax
}
