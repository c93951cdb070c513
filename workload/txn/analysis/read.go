package analysis

import (
	"encoding/json"
	"fmt"
	"time"

	"eddy/testbench/history"
)

// Data is what the transactions of a history work on.
type Data uint8

// The kinds of data.
const (
	Registers Data = iota + 1 // "w" replaces a key's value
	Lists                     // "append" adds to the end of a key's list
)

// writeName is how a history calls a write.
func (d Data) writeName() string {
	if d == Lists {
		return "append"
	}
	return "w"
}

// transaction is one transaction of a history, with all that is known of it in
// the end.
type transaction struct {
	op        history.Op // its completion; its invocation if it never completed
	outcome   history.Type
	began     time.Duration
	invoked   int // position of the invocation in the history
	completed int // position of the completion, -1 if there is none
	mops      []mop
}

// happened tells whether the transaction took effect, or may have.
func (t *transaction) happened() bool { return t.outcome != history.Fail }

// mop is one read or write of a transaction.
type mop struct {
	read  bool
	known bool    // of a read: what it saw is known
	key   int32   // see values
	value int32   // what was written, or what a register showed; initial if nothing
	list  []int32 // what a list showed
	null  bool    // a list was shown as null, not as empty
}

// last is the version that a read saw: a list's is its last element.
func (m *mop) last(d Data) int32 {
	if d == Registers {
		return m.value
	}
	if len(m.list) == 0 {
		return initial
	}
	return m.list[len(m.list)-1]
}

// initial is the version of a key that nobody has written yet.
const initial = int32(-1)

// values numbers keys, and what is written to them: a version is a value of one
// key. Equality is that of canonical forms.
type values struct {
	keys     []string
	versions []version
	keyIDs   map[string]int32
	ids      map[version]int32
}

type version struct {
	key  int32
	text string // canonical
}

func (v *values) key(raw json.RawMessage) int32 {
	text := history.Canonical(raw)
	id, known := v.keyIDs[text]
	if !known {
		id = int32(len(v.keys))
		v.keys = append(v.keys, text)
		v.keyIDs[text] = id
	}
	return id
}

func (v *values) version(key int32, raw json.RawMessage) int32 {
	of := version{key, history.Canonical(raw)}
	id, known := v.ids[of]
	if !known {
		id = int32(len(v.versions))
		v.versions = append(v.versions, of)
		v.ids[of] = id
	}
	return id
}

// text shows a version as JSON.
func (v *values) text(id int32) string {
	if id == initial {
		return "null"
	}
	return v.versions[id].text
}

// reader makes transactions of operations.
type reader struct {
	data Data
	values
}

// read gives the transactions of a history, in the order of their completions,
// those that never completed last.
func (r *reader) read(h history.History, pairs history.Pairing) ([]transaction, error) {
	r.keyIDs, r.ids = map[string]int32{}, map[version]int32{}
	var all []transaction
	add := func(op history.Op, outcome history.Type, invoked, completed int) error {
		t := transaction{op: op, outcome: outcome, began: h[invoked].Time, invoked: invoked, completed: completed}
		if err := r.mops(&t); err != nil {
			return fmt.Errorf("operation %d: %w", op.Index, err)
		}
		all = append(all, t)
		return nil
	}
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type == history.Invoke {
			continue
		}
		invoked, _ := pairs.Of(i)
		if err := add(op, op.Type, invoked, i); err != nil {
			return nil, err
		}
	}
	for i, op := range h {
		if op.Process == history.Nemesis || op.Type != history.Invoke {
			continue
		}
		if _, completed := pairs.Of(i); !completed {
			if err := add(op, history.Info, i, -1); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// mops reads what a transaction did.
func (r *reader) mops(t *transaction) error {
	raw := t.op.Value
	if len(raw) == 0 || raw[0] != '[' {
		return fmt.Errorf(`its value is %.60s: expected a transaction such as [["r",1,null],[%q,2,3]]`, orNull(raw), r.data.writeName())
	}
	var failed error
	history.EachElement(raw, func(element json.RawMessage) bool {
		m, err := r.mop(element, t.outcome == history.OK)
		t.mops, failed = append(t.mops, m), err
		return err == nil
	})
	return failed
}

func (r *reader) mop(raw json.RawMessage, ok bool) (mop, error) {
	var parts [3]json.RawMessage
	n := 0
	if len(raw) > 0 && raw[0] == '[' {
		history.EachElement(raw, func(part json.RawMessage) bool {
			if n < len(parts) {
				parts[n] = part
			}
			n++
			return true
		})
	}
	if n != len(parts) {
		return mop{}, fmt.Errorf(`%.60s is neither a read nor a write: expected ["r",key,value] or [%q,key,value]`, raw, r.data.writeName())
	}
	m := mop{key: r.key(parts[1]), value: initial}
	switch f := string(parts[0]); {
	case f == `"r"`:
		m.read, m.known = true, ok
		return m, r.result(&m, parts[2])
	case f == `"`+r.data.writeName()+`"`:
		if r.data == Registers && string(parts[2]) == "null" {
			return m, fmt.Errorf("%.60s writes null, which is what a key that nobody wrote reads as: expected any other value", raw)
		}
		m.value = r.version(m.key, parts[2])
		return m, nil
	default:
		return m, fmt.Errorf(`%.60s is neither a read nor a write: expected "r" or %q, not %.20s; is this another workload's history?`,
			raw, r.data.writeName(), f)
	}
}

// result takes in what a read saw.
func (r *reader) result(m *mop, raw json.RawMessage) error {
	switch {
	case string(raw) == "null" || !m.known:
		m.null = r.data == Lists
	case r.data == Registers:
		m.value = r.version(m.key, raw)
	case raw[0] != '[':
		return fmt.Errorf("key %s read as %.60s: expected a list or null", r.keys[m.key], raw)
	default:
		history.EachElement(raw, func(element json.RawMessage) bool {
			m.list = append(m.list, r.version(m.key, element))
			return true
		})
	}
	return nil
}

func orNull(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("null")
	}
	return raw
}
