package set

import (
	"encoding/json"
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
)

// Strange are the values that reads showed and that nobody added. Maelstrom's checker passes over them.
type Strange struct {
	Count int               `json:"count"`
	Some  []json.RawMessage `json:"some"` // the first few
	First *checker.Event    `json:"first"`
	// Altered is the value that was added, where the first of Some is that value as another type.
	Altered json.RawMessage `json:"altered,omitempty"`
}

// strangeShown is how many strange values are told.
const strangeShown = 5

// strange finds the values that nobody added, in the order in which reads showed them.
func (f *setFold) strange(h history.History) *Strange {
	var s *Strange
	for id, at := range f.firstSeen {
		if f.added[id] != none || at == none {
			continue
		}
		if s == nil {
			s = &Strange{First: checker.EventOf(h[at])}
			s.Altered = f.alteredFrom(f.values.Value(int32(id)))
		}
		if s.Count++; len(s.Some) < strangeShown {
			s.Some = append(s.Some, f.values.Value(int32(id)))
		}
	}
	return s
}

// alteredFrom gives the added value that a value spells as another type: 7 for "7", "7" for 7.
func (f *setFold) alteredFrom(value json.RawMessage) json.RawMessage {
	for _, id := range f.elements {
		added := f.values.Value(id)
		if string(value) != string(added) && strings.Trim(string(value), `"`) == strings.Trim(string(added), `"`) {
			return added
		}
	}
	return nil
}

// text is a warning.
func (s *Strange) text(who report.Placer) string {
	text := fmt.Sprintf("%s shown by reads that nobody added: %s, first by %s.", wasWere(s.Count, "value", "values"), examples(s.Some), who.Place(s.First))
	if s.Altered != nil {
		text += fmt.Sprintf(" %s was added: a value keeps its type, and a node must not turn %s into %s.", s.Altered, typeOf(s.Altered), typeOf(s.Some[0]))
	}
	return text + " Maelstrom's verdict does not mind."
}

func typeOf(value json.RawMessage) string {
	if value[0] == '"' {
		return "a string"
	}
	return "a number"
}
