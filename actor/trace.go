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

// Record is one thing that happened, as a trace has it. Fields that say nothing
// are empty.
type Record struct {
	At     time.Duration // when it began, since the executor started; virtual in a World
	Kind   EventKind
	Path   string    // of the actor concerned
	Type   string    // of the message
	ID     MessageID // of the message
	Cause  MessageID // the message that was being handled when this one was sent, or when this happened
	From   string    // path of the actor that sent the message; empty for one from outside
	Depth  int       // messages in the mailbox when this one was taken, itself included
	Waited time.Duration
	Took   time.Duration
	Clock  uint64 // Lamport's: larger than that of whatever led here
	Count  int    // how many so far, for kinds that are counted
	Text   string // why something happened
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
	// Trail makes the place where the records of one actor go, which belongs to
	// the goroutine of that actor.
	Trail(path string) Trail
}

// Trail takes the records of one actor.
type Trail interface {
	// Record takes one; r is only lent.
	Record(r *Record)
	// Flush is called when the actor looks up from a burst.
	Flush()
}

// Tracing has every message of the systems it is given to traced
// ([WithTracing]): a node's. A system without one pays nothing for it.
//
// Go does not tell a sender's goroutine, so a traced live system passes a baton:
// its actors' handlers take turns, and what is sent belongs to whoever holds it.
// Sinks ([Wait]) send to nobody and run beside them, as do goroutines at the
// edge, which say themselves where a message comes from ([Ref.SendFrom]) or
// take the baton for a moment ([Tracing.Hold]).
type Tracing struct {
	tracer Tracer
	every  int // of messages without a cause, one in so many is traced
	of     string

	baton  chan struct{} // nil in a World, where one goroutine does all
	holder *trail        // whose handler runs; belongs, as the rest, to whoever holds the baton
	last   int64         // number given out
	roots  int           // messages without a cause so far
}

// NewTracing makes a tracing for systems that run on the executor. Of messages
// that nothing traced has caused, such as ticks, one in every is traced, with all
// that it causes; 1 traces all.
func NewTracing(on Executor, to Tracer, every int) *Tracing {
	t := &Tracing{tracer: to, every: max(every, 1)}
	if _, isLive := on.(*live); isLive {
		t.baton = make(chan struct{}, 1)
		t.baton <- struct{}{}
	}
	return t
}

// Name sets what the ids of messages begin with, such as "n1:". To be called before
// anything is sent.
func (t *Tracing) Name(of string) { t.of = of }

// WithTracing has the system traced. nil changes nothing.
func WithTracing(t *Tracing) SystemOption { return func(s *System) { s.tracing = t } }

// Hold runs f, at an edge, as if it were a handler: what it sends comes from
// nobody. It waits for the handlers' turn. A nil Tracing just runs f.
func (t *Tracing) Hold(f func()) {
	if t == nil {
		f()
		return
	}
	t.take(nil)
	defer t.pass()
	f()
}

// Source is where a message comes from: its id and, for what it causes, its
// sender's clock. The zero Source is nowhere: such a message is not traced, nor
// what it causes.
type Source struct {
	ID    MessageID
	Clock uint64
}

// Handling is the message that the present handler has in hand, and the path of
// the actor, for a message that leaves the system. traced is false where neither
// is to be traced. It is called by handlers, or inside [Tracing.Hold].
func (t *Tracing) Handling() (cause Source, path string, traced bool) {
	h := t.holder
	switch {
	case h == nil:
		return Source{}, "", t.draw()
	case h.tag == nil:
		return Source{Clock: h.clock}, h.path, t.draw()
	}
	h.clock++
	return Source{ID: h.tag.id, Clock: h.clock}, h.path, !h.tag.skipped
}

// draw decides whether a message that nothing has caused is traced.
func (t *Tracing) draw() bool {
	t.roots++
	return (t.roots-1)%t.every == 0
}

func (t *Tracing) take(by *trail) {
	if t.baton != nil {
		<-t.baton
	}
	t.holder = by
}

func (t *Tracing) pass() {
	t.holder = nil
	if t.baton != nil {
		t.baton <- struct{}{}
	}
}

// MessageTyper is implemented by messages that know a better name for a trace
// than that of their Go type.
type MessageTyper interface{ MessageType() string }
