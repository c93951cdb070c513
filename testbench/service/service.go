package service

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"eddy/testbench/history"
	"eddy/testbench/network"
)

// Service answers the requests of nodes. It has one owner.
type Service interface {
	// Handle carries out the request that body, a valid JSON object, asks for in the name of the node src, and
	// gives the body of the reply. The error is an [*UnknownTypeError]; there is no reply then.
	Handle(src string, body []byte, rng *rand.Rand) (reply []byte, err error)
}

// Names lists the services, sorted.
func Names() []string { return []string{"lin-kv", "lin-tso", "lww-kv", "seq-kv"} }

// Is tells whether an id is that of a service.
func Is(id string) bool {
	switch id {
	case "lin-kv", "lin-tso", "lww-kv", "seq-kv":
		return true
	}
	return false
}

// New gives the service of that name in its first state. It panics on a name that is not among [Names].
func New(name string) Service {
	switch name {
	case "lin-kv":
		return &linearizable{}
	case "lin-tso":
		return &oracle{}
	case "lww-kv":
		return &eventual{}
	case "seq-kv":
		return &sequential{}
	}
	panic(fmt.Sprintf("service: %q is not one of %s", name, strings.Join(Names(), ", ")))
}

// UnknownTypeError says that a service has no request of that type.
type UnknownTypeError struct {
	Type  string   // empty if the body has no type that is a string
	Known []string // the types it has
}

// Error names the type and those that are known.
func (e *UnknownTypeError) Error() string {
	return fmt.Sprintf("a request of type %q: expected %s", e.Type, strings.Join(e.Known, ", "))
}

// value is a JSON value: its text, and the one text that stands for all that equal it.
type value struct {
	text      []byte
	canonical string
}

// valueOf copies the text, so that a value does not keep the message it came in.
func valueOf(text []byte) value {
	if len(text) == 0 {
		text = []byte("null")
	}
	return value{text: slices.Clone(text), canonical: history.Canonical(text)}
}

func (v value) equals(other value) bool { return v.canonical == other.canonical }

// request is the body of a message to a service, taken apart.
type request struct {
	kind            string
	key             string // canonical
	value, from, to value
	create          bool
	id              []byte // as it came; nil if there is none
}

// parse reads a request; known are the types it may have. Text is not decoded where it is not needed: of a
// read only the key is.
func parse(body []byte, known ...string) (request, error) {
	fields := make(map[string][]byte, 8)
	network.Fields(body, func(name string, value []byte) { fields[name] = value })
	r := request{id: fields["msg_id"]}
	r.kind, _ = network.Text(fields["type"])
	switch {
	case !slices.Contains(known, r.kind):
		return r, &UnknownTypeError{Type: r.kind, Known: known}
	case r.kind == "write":
		r.value = valueOf(fields["value"])
	case r.kind == "cas":
		r.from, r.to = valueOf(fields["from"]), valueOf(fields["to"])
		r.create = truth(fields["create_if_not_exists"])
	}
	r.key = history.Canonical(fields["key"])
	return r, nil
}

// truth is what Clojure takes for true: all but false and null.
func truth(text []byte) bool {
	return len(text) > 0 && string(text) != "false" && string(text) != "null"
}

// reply makes the body that answers r. fields are further ones, each with a comma before it. A request
// without a msg_id is answered in reply to null.
func (r *request) reply(kind, fields string) []byte {
	id := r.id
	if id == nil {
		id = []byte("null")
	}
	return fmt.Appendf(nil, `{"type":%q%s,"in_reply_to":%s}`, kind, fields, id)
}

func (r *request) fail(code int, text string) []byte {
	return r.reply("error", fmt.Sprintf(`,"code":%d,"text":%s`, code, network.AppendString(nil, text)))
}
