package workload

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"eddy/testbench/network"
)

// Kind is what a field of a reply may hold.
type Kind struct {
	Form   string // in a schema, for people
	Not    string // what another value is not: "a list"
	Admits func(value []byte) bool
}

// The kinds that several workloads have. A List may be null, which stands for the empty list, as Maelstrom has it.
var (
	Any     = &Kind{"...", "", func([]byte) bool { return true }}
	List    = &Kind{"[...]", "a list", IsList}
	Integer = &Kind{"an integer", "an integer", network.IsInteger}
)

// IsList tells whether a value is a list, or null.
func IsList(value []byte) bool { return value[0] == '[' || string(value) == "null" }

// Schema is the form of a reply: its type, at most one field of its own, in_reply_to, optionally
// msg_id, and nothing else. Maelstrom throws out replies with anything more.
type Schema struct {
	Type  string
	Field string // empty for none
	Kind  *Kind
}

// String shows the form to people.
func (s Schema) String() string {
	field := ""
	if s.Field != "" {
		field = fmt.Sprintf(", %q: %s", s.Field, s.Kind.Form)
	}
	return fmt.Sprintf(`{"type": %q%s, "in_reply_to": ...}, with an optional integer "msg_id" and nothing else`, s.Type, field)
}

// Reply is the body of an answer, read as far as every answer goes.
type Reply struct {
	Type      string
	InReplyTo int64
	Answers   bool // whether it has an integer in_reply_to at all
	body      []byte
}

// Body is the reply as it came.
func (r Reply) Body() []byte { return r.body }

// ParseReply reads a body, which must be a valid JSON object.
func ParseReply(body []byte) Reply {
	r := Reply{body: body}
	network.Fields(body, func(name string, value []byte) {
		switch name {
		case "type":
			r.Type, _ = network.Text(value)
		case "in_reply_to":
			n, err := strconv.ParseInt(string(value), 10, 64)
			r.InReplyTo, r.Answers = n, err == nil
		}
	})
	return r
}

// MalformedError says in what a reply differs from its form.
type MalformedError struct {
	Body   []byte
	Want   Schema
	Faults []string
	// Altered says that the form is right, and that what was done is not what was asked for.
	Altered bool
}

// Error tells the reply, the form, and the faults.
func (e *MalformedError) Error() string {
	return fmt.Sprintf("malformed reply %s: expected %s; %s",
		network.Abbreviate(e.Body, 200), e.Want, strings.Join(e.Faults, "; "))
}

// Take checks the reply and gives the schema's field, nil if it has none. The error is a
// [MalformedError].
func (s Schema) Take(r Reply) (json.RawMessage, error) {
	var field json.RawMessage
	var faults, seen []string
	network.Fields(r.body, func(name string, value []byte) {
		seen = append(seen, name)
		switch {
		case name == "type":
			if r.Type != s.Type {
				faults = append(faults, fmt.Sprintf(`"type" is %s`, network.Abbreviate(value, 40)))
			}
		case name == s.Field:
			field = value
			if !s.Kind.Admits(value) {
				faults = append(faults, fmt.Sprintf("%q is %s, not %s", name, network.Abbreviate(value, 40), s.Kind.Not))
			}
		case name == "msg_id" || name == "in_reply_to":
			if !network.IsInteger(value) {
				faults = append(faults, fmt.Sprintf("%q is %s, not an integer", name, network.Abbreviate(value, 40)))
			}
		default:
			faults = append(faults, fmt.Sprintf("%q does not belong", name))
		}
	})
	for _, name := range []string{"type", s.Field, "in_reply_to"} {
		if name != "" && !slices.Contains(seen, name) {
			faults = append(faults, fmt.Sprintf("%q is missing", name))
		}
	}
	if len(faults) > 0 {
		return nil, &MalformedError{Body: r.body, Want: s, Faults: faults}
	}
	return field, nil
}
