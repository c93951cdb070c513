package diagnosis

import (
	"bytes"
	"encoding/json"
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// shownOtherwise says of a lost value that the read which misses it shows it in another form: within a list or an object, or
// as text. Empty if it does not, or if what it shows was added itself.
func shownOtherwise(w *checker.Witness, h history.History, nodeOf func(int) string) string {
	if w.LastMissed == nil || nodeOf == nil || w.LastMissed.Index < 0 || w.LastMissed.Index >= len(h) {
		return ""
	}
	at := w.LastMissed.Index // of the invocation
	if pairs, err := h.Pair(); err == nil && h[at].Type == history.Invoke {
		if end, ended := pairs.Of(at); ended {
			at = end
		}
	}
	read := h[at]
	var shown []json.RawMessage
	if json.Unmarshal(read.Value, &shown) != nil {
		return ""
	}
	value := history.Canonical(w.Value)
	for _, each := range shown {
		form := history.Canonical(each)
		if form == value || !holds(each, value) || added(h, form) {
			continue
		}
		done := "acknowledged"
		if w.Known.F == "read" {
			done = "read"
		}
		return fmt.Sprintf("value %s, %s by %s at %s, is shown by %s as %s, which is not what was added, by a read at %s.",
			w.Value, done, nodeOf(w.Known.Process), report.Seconds(w.Known.Time), nodeOf(read.Process), network.Abbreviate(each, exchangeBytesMax), report.Seconds(read.Time))
	}
	return ""
}

// holds tells whether a value is within another, or another's text.
func holds(raw json.RawMessage, value string) bool {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return false
	}
	var inner []json.RawMessage
	switch raw[0] {
	case '"':
		var text string
		return json.Unmarshal(raw, &text) == nil && text == value
	case '[':
		if json.Unmarshal(raw, &inner) != nil {
			return false
		}
	case '{':
		var fields map[string]json.RawMessage
		if json.Unmarshal(raw, &fields) != nil {
			return false
		}
		for _, field := range fields {
			inner = append(inner, field)
		}
	}
	for _, each := range inner {
		if history.Canonical(each) == value || holds(each, value) {
			return true
		}
	}
	return false
}

// added tells whether a client added a value.
func added(h history.History, value string) bool {
	for _, op := range h {
		if op.Type == history.Invoke && op.F != "read" && len(op.Value) > 0 && history.Canonical(op.Value) == value {
			return true
		}
	}
	return false
}
