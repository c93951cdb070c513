package trace

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"eddy/actor"
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
	Text  []byte // why it happened: the JSON string's inside, escapes and all

	About string // of what an actor says of itself: see [actor.Fact]
	Peer  string
	First int64 // of the numbers concerned; at stdout, of the values that a link's message has
	Last  int64
	Value []byte // as Text

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
	Receive  = string(actor.EventReceive)
	Send     = string(actor.EventSend)
	Tick     = string(actor.EventTick)
	Timeout  = string(actor.EventTimeout)
	Retry    = string(actor.EventRetry)
	Drop     = string(actor.EventDrop)
	State    = string(actor.EventState)
	Spawn    = string(actor.EventSpawn)
	Restart  = string(actor.EventRestart)
	Panic    = string(actor.EventPanic)
	Escalate = string(actor.EventEscalate)
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

// Words is what a record says of itself, for people: all words of traces are made here, from the fields.
func (e *Event) Words() string {
	switch e.About {
	case "":
		return unescaped(e.Text)
	case actor.FactLearned:
		return "+value " + unescaped(e.Value)
	case actor.FactAcked, actor.FactHas:
		return e.About + " " + e.Peer + " up to " + strconv.FormatInt(e.Last, 10)
	}
	words := e.About
	if e.Peer != "" {
		words += " " + e.Peer
	}
	if e.First != 0 {
		words += " " + strconv.FormatInt(e.First, 10) + ".."
	} else if e.Last != 0 {
		words += " "
	}
	if e.Last != 0 {
		words += strconv.FormatInt(e.Last, 10)
	}
	if len(e.Value) > 0 {
		words += " " + unescaped(e.Value)
	}
	return words
}

// unescaped is the text of a JSON string's inside.
func unescaped(inside []byte) string {
	if bytes.IndexByte(inside, '\\') < 0 {
		return string(inside)
	}
	var text string
	if json.Unmarshal(slices.Concat([]byte{'"'}, inside, []byte{'"'}), &text) != nil {
		return string(inside)
	}
	return text
}

// Learned is the value that a record says its node has learned, as JSON.
func (e *Event) Learned() (value string, learned bool) {
	if e.About != actor.FactLearned {
		return "", false
	}
	return unescaped(e.Value), true
}

// Handled reports whether the event is the handling of a message by an actor, and
// so has a wait and a length.
func (e *Event) Handled() bool {
	return e.Actor != Stdin && (e.Kind == Receive || e.Kind == Tick || e.Kind == Timeout && len(e.ID) > 0)
}

// Crossing reports whether a message crossed the node's edge.
func (e *Event) Crossing() bool { return e.Actor == Stdin || e.Actor == Stdout }
