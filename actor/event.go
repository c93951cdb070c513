package actor

import "reflect"

// EventKind is one thing that can happen to an actor.
type EventKind string

// The kinds of events, in the words that logs and traces use.
const (
	EventSpawn      EventKind = "spawn"
	EventRestart    EventKind = "restart"
	EventStop       EventKind = "stop"
	EventPanic      EventKind = "panic"
	EventEscalate   EventKind = "escalate"
	EventHung       EventKind = "hung"
	EventRejected   EventKind = "rejected"    // a full mailbox turned a message away
	EventDeadLetter EventKind = "dead-letter" // a message to an actor that has ended
	EventLate       EventKind = "late-answer" // an answer after its deadline, or a second one

	// The kinds that only traces have.

	EventReceive EventKind = "receive" // a message was handled
	EventSignal  EventKind = "signal"  // a signal of the runtime was, in a World's own trace
	EventTick    EventKind = "tick"    // so was one of the actor's own, whose time had come
	EventSend    EventKind = "send"    // a message left the system
	EventDrop    EventKind = "drop"    // a message will never be handled
	EventTimeout EventKind = "timeout" // a wait was in vain
	EventRetry   EventKind = "retry"   // something is tried again
	EventState   EventKind = "state"   // the actor's state changed
)

// EventKinds are all kinds.
var EventKinds = []EventKind{
	EventReceive, EventSend, EventTick, EventTimeout, EventRetry, EventDrop, EventState,
	EventSpawn, EventRestart, EventStop, EventPanic, EventEscalate, EventHung, EventRejected, EventDeadLetter, EventLate,
}

// Observer sees what happens to actors: of a system ([WithObserver]), of one actor with its messages
// ([Trail]), of a whole [World].
type Observer interface {
	// Record takes one record, which is only lent.
	Record(r *Record)
}

// typeName is the name of M, with the last part of its package's path.
func typeName[M any]() string { return reflect.TypeFor[M]().String() }
