package actor

// Delivery is what became of a message handed to [Ref.Send].
type Delivery uint8

const (
	// Accepted: the message is in the mailbox. It is handled, or refused in the
	// open if the actor ends first: counted, and told to the message itself (see
	// [Refusable]).
	Accepted Delivery = iota
	// Rejected: the mailbox is full and its policy is [Reject]. Counted.
	Rejected
	// Dropped: the mailbox is full and its policy is [DropNewest], or [DropOldest] while
	// it holds nothing but signals of the runtime, such as the end of a child. Counted.
	Dropped
	// Stopped: the actor has ended (or the Ref is the zero Ref). The message was not
	// handled and never will be, so it can be sent elsewhere.
	Stopped
)

// String names the outcome in one lower-case word.
func (d Delivery) String() string {
	switch d {
	case Accepted:
		return "accepted"
	case Rejected:
		return "rejected"
	case Dropped:
		return "dropped"
	case Stopped:
		return "stopped"
	}
	return "unknown"
}

// Overflow says what a full mailbox does with one message more.
type Overflow uint8

const (
	// Reject answers the sender with [Rejected]. The default.
	Reject Overflow = iota
	// DropNewest throws the new message away.
	DropNewest
	// DropOldest throws the oldest queued message away and accepts the new one.
	DropOldest
	// Wait makes the sender wait for room. Only for a sink, an actor that
	// sends to nobody: no cycle of waiting can form through it.
	Wait
)

// Refusable is implemented by messages that can tell their sender when they
// will never be handled: the actor panicked over them ([*PanicError]), ended
// before their turn ([ErrStopped]) or its mailbox dropped them ([ErrFull]).
// Refuse is called at most once for each refused copy, from any goroutine.
type Refusable interface{ Refuse(cause error) }

// Ref is the sending half of an actor's mailbox: typed, copyable, usable from
// any goroutine, and the only way to reach the actor. The zero Ref belongs to
// nobody: everything sent to it is answered [Stopped].
type Ref[M any] struct{ box *mailbox[M] }

// Path is the actor's name under its system, such as gossip/link/n7.
func (r Ref[M]) Path() string {
	if r.box == nil {
		return ""
	}
	return r.box.id.path
}

// IsZero reports whether r belongs to nobody.
func (r Ref[M]) IsZero() bool { return r.box == nil }

// Send puts m in the mailbox. It never blocks, except on a sink ([Wait]).
func (r Ref[M]) Send(m M) Delivery {
	if r.box == nil {
		return Stopped
	}
	return r.box.send(envelope[M]{msg: m}, nil)
}

// SendBy is Send for handlers: from the sender's [Context] a trace knows who has sent m, and what
// the sender had in hand.
func (r Ref[M]) SendBy(sender Scope, m M) Delivery {
	if r.box == nil {
		return Stopped
	}
	var by *trail
	if c := sender.owner(); c != nil {
		by = c.trail
	}
	return r.box.send(envelope[M]{msg: m}, by)
}

// SendWait puts m in the mailbox and waits for room when it is full. It is for
// the edges of a system, such as a goroutine that reads a pipe and should feel
// back-pressure; a handler must not call it.
func (r Ref[M]) SendWait(m M) Delivery {
	if r.box == nil {
		return Stopped
	}
	return r.box.sendWait(envelope[M]{msg: m})
}

// Stop asks the actor to stop: it refuses what comes after, handles what is
// queued, stops its children and ends. It reports whether there was an actor
// to ask. Stopping twice is stopping once. [Watch] tells of the end.
func (r Ref[M]) Stop() bool {
	if r.box == nil || r.box.ended() {
		return false
	}
	r.box.deliver(&signal{kind: signalStop})
	return true
}
