package txn

import (
	"encoding/json"
	"slices"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Divergence is a key that nodes showed differently after recovery.
type Divergence struct {
	Key    json.RawMessage   `json:"key"`
	Values []json.RawMessage `json:"values"` // the different ones, in the order they were read
	Events []checker.Event   `json:"events"` // of each value: the first read that showed it, with the value as what it did
}

// divergedMax bounds how many keys are listed.
const divergedMax = checker.WitnessesMax

// converge compares what nodes showed of every key after recovery. A node that
// did not answer proves nothing of itself, which is not convergence either.
func (t *Results) converge(finals history.History) []checker.Witness {
	if len(finals) == 0 {
		return nil
	}
	shown := map[string]*Divergence{} // by key
	var unanswered *history.Op
	for i, op := range finals {
		switch {
		case op.Type == history.OK:
			eachMop(op.Value, func(key, value json.RawMessage) { show(shown, key, value, op) })
		case op.Type != history.Invoke:
			t.Unreadable++
			unanswered = &finals[i]
		}
	}
	alike := 0
	var keys []string
	for key, d := range shown {
		if len(d.Values) > 1 {
			keys = append(keys, key)
		} else {
			alike++
		}
	}
	slices.SortFunc(keys, history.Compare)
	t.DivergedCount, t.ConvergedKeys = len(keys), &alike
	for _, key := range keys[:min(len(keys), divergedMax)] {
		t.Diverged = append(t.Diverged, *shown[key])
	}
	var witnesses []checker.Witness
	if unanswered != nil {
		witnesses = append(witnesses, checker.Witness{
			Kind: checker.Unreadable, Known: checker.EventOf(*unanswered), Count: t.Unreadable, Got: unanswered.Error,
		})
	}
	for i := range t.Diverged {
		d := &t.Diverged[i]
		witnesses = append(witnesses, checker.Witness{Kind: checker.Diverged, Value: d.Key, Events: d.Events})
	}
	return witnesses
}

func show(shown map[string]*Divergence, key, value json.RawMessage, op history.Op) {
	name := history.Canonical(key)
	d := shown[name]
	if d == nil {
		d = &Divergence{Key: key}
		shown[name] = d
	}
	text := json.RawMessage(history.Canonical(value))
	if !slices.ContainsFunc(d.Values, func(v json.RawMessage) bool { return string(v) == string(text) }) {
		d.Values = append(d.Values, text)
		e := checker.EventOf(op)
		e.Did = string(text)
		d.Events = append(d.Events, *e)
	}
}

// eachMop calls do with the keys and values of a transaction.
func eachMop(txn json.RawMessage, do func(key, value json.RawMessage)) {
	if len(txn) == 0 || txn[0] != '[' {
		return
	}
	history.EachElement(txn, func(mop json.RawMessage) bool {
		var parts [3]json.RawMessage
		n := 0
		if len(mop) > 0 && mop[0] == '[' {
			history.EachElement(mop, func(part json.RawMessage) bool {
				if n < len(parts) {
					parts[n] = part
				}
				n++
				return true
			})
		}
		if n == len(parts) {
			do(parts[1], parts[2])
		}
		return true
	})
}
