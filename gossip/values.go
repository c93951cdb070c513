package gossip

import (
	"bytes"

	"eddy/actor/node/wire"
)

// entry is one value of the set and where it came from.
type entry struct {
	raw  []byte // JSON as its first sender spelled it, without white space; never changed
	from int32  // the link it came by, or fromClient
	hub  bool   // it came from one hub to another
}

const fromClient = -1

// values is the set: what is in it, in the order it was learned, and its
// encoding. A value is entered at a cost that does not depend on how many there
// are; all of them are read at the cost of copying their bytes.
//
// The log and the encoding only ever grow at their ends, so a slice of either is
// a snapshot that may be handed to another goroutine.
type values struct {
	known   map[string]struct{} // by canonical form
	log     []entry
	encoded []byte // the values, with commas between
}

func newValues() values { return values{known: make(map[string]struct{})} }

// learn enters a value and reports whether it was new. Values are compared by
// canonical form: 1 and "1" differ, {"a":1,"b":2} and {"b":2,"a":1} do not.
func (v *values) learn(value wire.Raw, from int32) (bool, error) {
	canonical, err := wire.Canonical(value)
	if err != nil {
		return false, err
	}
	if _, known := v.known[string(canonical)]; known {
		return false, nil
	}
	v.known[string(canonical)] = struct{}{}
	v.log = append(v.log, entry{raw: v.keep(value), from: from})
	return true, nil
}

// knows reports whether a value is in the set.
func (v *values) knows(value wire.Raw) (bool, error) {
	canonical, err := wire.Canonical(value)
	if err != nil {
		return false, err
	}
	_, known := v.known[string(canonical)]
	return known, nil
}

// last is the value entered last.
func (v *values) last() []byte { return v.log[len(v.log)-1].raw }

// keep appends a value to the encoding, compacted: the line it came in is let go. The log's bytes are the encoding's,
// also those of the arrays that it has outgrown.
func (v *values) keep(value wire.Raw) []byte {
	if len(v.encoded) > 0 {
		v.encoded = append(v.encoded, ',')
	}
	start := len(v.encoded)
	if plain(value) {
		v.encoded = append(v.encoded, value...)
	} else if compact, err := wire.AppendCompact(v.encoded, value); err == nil {
		v.encoded = compact
	}
	return v.encoded[start:len(v.encoded):len(v.encoded)]
}

// plain reports whether a value has no white space to lose, at a glance.
func plain(value []byte) bool { return !bytes.ContainsAny(value, " \t\r\n") }

// listed writes the whole set as one field of an answer.
type listed struct {
	field   string
	encoded []byte
}

// AppendFields appends "field":[...].
func (l listed) AppendFields(dst []byte) []byte {
	dst = append(append(append(dst, '"'), l.field...), `":[`...)
	return append(append(dst, l.encoded...), ']')
}
