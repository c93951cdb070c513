package checker

import (
	"encoding/json"
	"slices"

	"eddy/testbench/history"
)

// Multiplicity is a value and how many times it turned up.
type Multiplicity struct {
	Value json.RawMessage // canonical
	Times int
}

// Multiplicities is what Clojure would keep in a sorted map from values to
// counts. As JSON it is an object in that order: a string is its own key, any
// other value's key is its canonical form.
type Multiplicities []Multiplicity

// MarshalJSON writes the object. Where a string would have the key of another
// value, as "1" has that of 1, it is written with its quotes.
func (m Multiplicities) MarshalJSON() ([]byte, error) {
	taken := map[string]bool{}
	for _, each := range m {
		if each.Value[0] != '"' {
			taken[string(each.Value)] = true
		}
	}
	out := []byte{'{'}
	for i, each := range m {
		if i > 0 {
			out = append(out, ',')
		}
		key := string(each.Value)
		var text string
		if json.Unmarshal(each.Value, &text) == nil && each.Value[0] == '"' && !taken[text] {
			key = text
		}
		quoted, err := json.Marshal(key)
		if err != nil {
			return nil, err
		}
		out = append(out, quoted...)
		count, err := json.Marshal(each.Times)
		if err != nil {
			return nil, err
		}
		out = append(append(out, ':'), count...)
	}
	return append(out, '}'), nil
}

// UnmarshalJSON reads the object. A key that is the canonical form of something
// other than a string stands for that.
func (m *Multiplicities) UnmarshalJSON(data []byte) error {
	var counts map[string]int
	if err := json.Unmarshal(data, &counts); err != nil {
		return err
	}
	*m = nil
	for key, times := range counts {
		value := json.RawMessage(key)
		if !json.Valid(value) || history.Canonical(value) != key {
			quoted, err := json.Marshal(key)
			if err != nil {
				return err
			}
			value = json.RawMessage(history.Canonical(quoted))
		}
		*m = append(*m, Multiplicity{Value: value, Times: times})
	}
	m.Sort()
	return nil
}

// Sort orders by value.
func (m Multiplicities) Sort() {
	slices.SortFunc(m, func(a, b Multiplicity) int { return history.Compare(string(a.Value), string(b.Value)) })
}
