package trace

import (
	"bytes"
	"encoding/json"
	"slices"
	"time"
)

// Event is one record of a node's log. The byte slices are lent: they hold until
// the call that was given the Event returns.
type Event struct {
	Time int64         // as written: ns since 1970
	At   time.Duration // since the run began, as far as that is known; see [Run.Began]

	Kind  string // the field event
	Node  string
	Actor string
	Type  string
	From  string
	Src   string
	Dest  string

	ID    []byte
	Cause []byte
	Body  []byte // as written: an object, or a string with the beginning of a longer one
	Text  []byte // the JSON string's inside, escapes and all

	Depth  int
	Count  int
	Waited time.Duration
	Took   time.Duration
	Clock  uint64

	Level string // of a line of the log that is no record; such have no more than Time, Kind, Node, Actor
	Raw   []byte // the whole line

	untraced bool // made of the network's journal: no node has recorded it
}

// The kinds of events that the analysis asks for.
const (
	Receive = "receive"
	Send    = "send"
	Tick    = "tick"
	Timeout = "timeout"
	Retry   = "retry"
	Drop    = "drop"
	State   = "state"
	Spawn   = "spawn"
	Restart = "restart"
	Stop    = "stop"
)

// The paths of a node's edge.
const (
	Stdin  = "stdin"
	Stdout = "stdout"
)

// BodyText is the body's JSON, of one that was cut its beginning.
func (e *Event) BodyText() []byte {
	if len(e.Body) == 0 || e.Body[0] != '"' {
		return e.Body
	}
	var text string
	if json.Unmarshal(e.Body, &text) != nil {
		return nil
	}
	return []byte(text)
}

// Words is the text as it is read.
func (e *Event) Words() string {
	if bytes.IndexByte(e.Text, '\\') < 0 {
		return string(e.Text)
	}
	var text string
	if json.Unmarshal(slices.Concat([]byte{'"'}, e.Text, []byte{'"'}), &text) != nil {
		return string(e.Text)
	}
	return text
}

// Learned is the value that a record says its node has learned, as JSON.
func (e *Event) Learned() (value string, learned bool) {
	if e.Kind != State || !bytes.HasPrefix(e.Text, valuePrefix) {
		return "", false
	}
	return e.Words()[len(valuePrefix):], true
}

var valuePrefix = []byte("+value ")

// Handled reports whether the event is the handling of a message by an actor, and
// so has a wait and a length.
func (e *Event) Handled() bool {
	return e.Actor != Stdin && (e.Kind == Receive || e.Kind == Tick || e.Kind == Timeout && len(e.ID) > 0)
}

// Crossing reports whether a message crossed the node's edge.
func (e *Event) Crossing() bool { return e.Actor == Stdin || e.Actor == Stdout }
