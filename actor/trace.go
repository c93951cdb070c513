package actor

import (
	"strconv"
	"time"
)

// MessageID names a message in a trace: who numbered it, and which number it
// has there. The zero MessageID is none.
type MessageID struct {
	Of string
	N  int64
}

// AppendText appends the id as it is written, such as n1:17; nothing for none.
func (id MessageID) AppendText(to []byte) []byte {
	if id.Of == "" {
		return to
	}
	return strconv.AppendInt(append(to, id.Of...), id.N, 10)
}

// String is the id as it is written.
func (id MessageID) String() string { return string(id.AppendText(nil)) }

// Record is one thing that happened to an actor. Fields that say nothing are empty.
type Record struct {
	At     time.Duration // when it began, since the executor started; virtual in a World
	System string        // for a [WithObserver]
	Kind   EventKind
	Path   string    // of the actor concerned
	Type   string    // of the message
	ID     MessageID // of the message
	Cause  MessageID // the message that was being handled when this one was sent, or when this happened
	From   string    // path of the actor that sent the message; empty where that is not known
	Depth  int       // messages in the mailbox when this one was taken, itself included
	Waited time.Duration
	Took   time.Duration
	Clock  uint64 // Lamport's: larger than that of whatever led here
	Count  int    // how many so far, for kinds that are counted
	Text   string // why something happened
	Err    error  // the same, as it is
	Fact          // what the actor says of itself
}

// Fact is what only the actor knows of what it did or became, in fields: those that say nothing are empty.
type Fact struct {
	About string // what it says: one of those below, which eddy trace reasons from, or a word of the actor's own
	Peer  string // the node concerned
	First int64  // of the numbers concerned
	Last  int64  // of them; alone where there is one
	Value string // concerned, as JSON or text
}

// What eddy trace knows to be said. The numbers are those that a link gives to what it sends.
const (
	FactLearned = "learned" // the node has a value, JSON, that it did not have
	FactSent    = "sent"    // the link has sent these numbers to the peer; as an [EventRetry], again
	FactAcked   = "acked"   // the peer has acknowledged everything up to the last number
	FactHas     = "has"     // everything that the peer sent up to the last number has come
	FactForgot  = "forgot"  // the peer has lost its memory: numbers begin again
)

// Tracer takes the records of a [Tracing].
type Tracer interface {
	// Trail makes a place where records of one actor go, which belongs to one
	// goroutine: the actor's own, or that of a sender whose message it never takes.
	Trail(path string) Trail
}

// Trail takes the records of one goroutine.
type Trail interface {
	Observer
	// Flush is called when the actor looks up from a burst.
	Flush()
}

// Tracing has every message of the systems it is given to traced
// ([WithTracing]): a node's. A system without one pays nothing for it.
//
// Each actor numbers what it handles. A message carries, as its cause, the number of what
// its sender had in hand; that is known of a message that a handler sends by [Ref.SendBy],
// [Ask], a timer or a [Reply], which answers its request. What is sent by [Ref.Send] has
// no cause, for Go does not tell a sender's goroutine.
type Tracing struct {
	tracer Tracer
	every  int // of messages without a cause, one in so many is traced
	of     string
}

// NewTracing makes a tracing. Of messages that nothing traced has caused, such as ticks, each actor
// traces one in every, with all that it causes; 1 traces all.
func NewTracing(to Tracer, every int) *Tracing { return &Tracing{tracer: to, every: max(every, 1)} }

// Name sets what the ids of messages begin with, such as "n1:". To be called before
// anything is sent.
func (t *Tracing) Name(of string) { t.of = of }

// WithTracing has the system traced. nil changes nothing.
func WithTracing(t *Tracing) SystemOption { return func(s *System) { s.tracing = t } }

// Source is where a message comes from. The zero Source is not known, and causes nothing.
type Source struct {
	ID      MessageID // of the message that was being handled; of [Ref.SendFrom]: of the message itself
	Clock   uint64    // the sender's
	From    string    // path of the sender
	Skipped bool      // neither the message is traced nor what it causes
}

// MessageTyper is implemented by messages that know a better name for a trace
// than that of their Go type.
type MessageTyper interface{ MessageType() string }
