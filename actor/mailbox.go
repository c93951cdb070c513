package actor

import "math/bits"

// envelope is one place in a mailbox: a message, or a signal of the runtime.
// Both travel in the one channel, because a receive from one channel costs a
// third of a select over three.
type envelope[M any] struct {
	msg M
	sig *signal // nil for a plain message
}

type signalKind uint8

const (
	signalAsk     signalKind = iota // payload is the whole *slip of a request, or of its answer on the way back
	signalRefusal                   // payload is a *refusal
	signalStop                      // payload is nil or a stopOrder
	signalEnded                     // payload is the *core of a child that ended
	signalWaiting                   // payload is the *core of a child whose stop only waits for its children
	signalNotice                    // payload is a *watch whose target ended
	signalWatch                     // payload is a *watch to enter
	signalWake                      // a deadline of the actor's is due
	signalStats                     // payload is a chan<- census
	signalAdopt                     // payload is an adoption
	signalTraced                    // payload is the *tag of a traced message
)

type signal struct {
	kind    signalKind
	slip    *slipHead // of a request, or of its answer
	payload any
}

// isMessage reports whether the envelope holds a message for b's actor to
// handle, and not a signal of the runtime.
func (e *envelope[M]) isMessage(b *mailbox[M]) bool {
	if e.sig == nil {
		return true
	}
	sig := e.bare()
	return sig == nil || sig.kind == signalAsk && !sig.slip.isAnswerFor(b)
}

// inbox is a mailbox with its message type forgotten: where signals go.
type inbox interface {
	// deliver hands over a signal. It never blocks and, unlike a message, a
	// signal never finds a mailbox full: it waits outside for room.
	deliver(*signal)
	identity() *identity
}

// identity is what everybody may read of an actor: fixed at its spawn.
type identity struct {
	sys  *System
	path string
}

// mailbox is the part of an actor that its senders share. All its fields are
// fixed at the spawn; what changes is inside the channels. (But for the queue in a
// World, where it is replaced by a larger one as it fills.)
//
// How an actor ends without losing a message in silence, and without calling a
// message lost that was handled: the owner closes dead, then empties the queue.
// A sender looks at dead twice. Before it puts its message in the queue: a mailbox
// that is dead by then takes nothing, so the answer Stopped is exact. (This look
// may come too early, so the length of tally, which is far cheaper, says whether it is
// needed.) And after:
// either this look comes before the close, and the owner finds the message; or
// the sender sees dead closed and empties the queue itself. In that last case
// nothing tells whether the owner handled the message or it was refused, so the
// answer is Accepted, which promises one of the two.
type mailbox[M any] struct {
	queue    chan envelope[M]
	dead     chan struct{} // closed when the owner handles nothing any more
	tally    chan int      // see countRefused; not empty once the actor has ended
	id       *identity
	sim      *simBox[M] // nil when live
	capacity int32      // of the queue, which in a World grows up to it
	overflow Overflow
	byway    bool // simulated or traced: not the hot path
}

func newMailbox[M any](id *identity, capacity int, overflow Overflow) mailbox[M] {
	return mailbox[M]{
		queue:    make(chan envelope[M], id.sys.exec.roomAtFirst(capacity)),
		dead:     make(chan struct{}),
		tally:    make(chan int, 1),
		id:       id,
		capacity: int32(capacity),
		overflow: overflow,
		byway:    id.sys.tracing != nil,
	}
}

func (b *mailbox[M]) identity() *identity { return b.id }

func (b *mailbox[M]) ended() bool {
	select {
	case <-b.dead:
		return true
	default:
		return false
	}
}

// die is the owner's last word: nothing is handled any more.
func (b *mailbox[M]) die() {
	close(b.dead)
	select {
	case b.tally <- 0:
	default: // it holds a number
	}
	b.bury()
}

// send is the hot path: try first, and look further only when the queue is full. by is the sender's
// trail, nil where it has none or nobody knows.
func (b *mailbox[M]) send(env envelope[M], by *trail) Delivery {
	if b.byway {
		return b.sendByway(env, by)
	}
	return b.sendLive(env)
}

// sendByway is send in a World or with a trace.
func (b *mailbox[M]) sendByway(env envelope[M], by *trail) Delivery {
	env.sig = b.tagged(env.sig, by.source())
	if b.sim != nil {
		return b.sendSim(env)
	}
	return b.sendLive(env)
}

func (b *mailbox[M]) sendLive(env envelope[M]) Delivery {
	if len(b.tally) > 0 && b.ended() {
		return b.sendDead(env)
	}
	select {
	case b.queue <- env:
	default:
		return b.sendFull(env)
	}
	select {
	case <-b.dead:
		b.bury()
	default:
	}
	return Accepted
}

// sendDead refuses a message to an actor that has ended.
func (b *mailbox[M]) sendDead(env envelope[M]) Delivery {
	b.refuseDead(&env)
	return Stopped
}

// sendFull is what a full mailbox of the live executor does with one message more.
func (b *mailbox[M]) sendFull(env envelope[M]) Delivery {
	switch b.overflow {
	case Wait:
		return b.sendWait(env)
	case DropOldest:
		for !b.ended() && b.dropOldest() {
			select {
			case b.queue <- env:
				return b.afterSend()
			default: // another sender took the room: drop one more
			}
		}
	}
	if b.ended() {
		return b.sendDead(env)
	}
	b.countRefused()
	b.noteDrop(&env, "the mailbox is full")
	if b.overflow == Reject {
		return Rejected
	}
	return Dropped
}

// sendWait waits for room without a select, which would cost three times as much:
// should the actor end meanwhile, whichever side empties its queue makes room here,
// too, and the message is refused.
func (b *mailbox[M]) sendWait(env envelope[M]) Delivery {
	if b.sim != nil {
		return b.sendWaitSim(env)
	}
	if len(b.tally) > 0 && b.ended() {
		return b.sendDead(env)
	}
	b.queue <- env
	return b.afterSend()
}

// afterSend is the second look of a sender whose envelope is in the queue.
func (b *mailbox[M]) afterSend() Delivery {
	if b.ended() {
		b.bury()
	}
	return Accepted
}

// dropOldest makes room by dropping the oldest message, and reports whether there is
// room. The runtime's own signals are never dropped: where the queue holds nothing
// else, there is none.
func (b *mailbox[M]) dropOldest() (room bool) {
	var signals []*signal
	for range cap(b.queue) {
		select {
		case old := <-b.queue:
			if !old.isMessage(b) {
				signals = append(signals, old.bare())
				continue
			}
			b.countRefused()
			b.noteDrop(&old, "the mailbox is full, and this was the oldest")
			refuse(&old, ErrFull)
		default: // the owner was faster
		}
		room = true
		break
	}
	for _, s := range signals {
		b.deliver(s)
	}
	return room
}

// deliver: see inbox.
func (b *mailbox[M]) deliver(sig *signal) {
	if b.byway {
		sig = b.tagged(sig, sig.source())
	}
	env := envelope[M]{sig: sig}
	if b.sim != nil {
		b.deliverSim(env)
		return
	}
	select {
	case b.queue <- env:
		b.afterSend()
	default:
		go func() { // waits outside: senders of signals are few and bounded
			b.queue <- env
			b.afterSend()
		}()
	}
}

// bury empties the queue of an actor that has ended, refusing what it finds.
func (b *mailbox[M]) bury() {
	for {
		select {
		case env := <-b.queue:
			b.refuseDead(&env)
		default:
			return
		}
	}
}

// refuseDead answers one envelope on behalf of an actor that has ended.
func (b *mailbox[M]) refuseDead(env *envelope[M]) {
	if env.isMessage(b) {
		b.countRefused()
		b.noteDrop(env, "the actor has ended")
		refuse(env, ErrStopped)
		return
	}
	sig := env.bare()
	switch payload := sig.payload.(type) {
	case *watch:
		if sig.kind == signalWatch {
			payload.tell(Ended{Path: b.id.path, Err: ErrStopped})
		}
	case chan<- census:
		payload <- census{gone: true}
	case adoption:
		payload.done <- ErrStopped
	}
}

// refuse tells whoever can be told that a message will never be handled.
func refuse[M any](env *envelope[M], cause error) {
	if sig := env.bare(); sig != nil && sig.kind == signalAsk {
		sig.slip.fail(cause)
		return
	}
	if m, ok := any(env.msg).(Refusable); ok {
		defer func() { _ = recover() }() // a refusal that panics refuses nobody else
		m.Refuse(cause)
	}
}

// countRefused counts one message turned away: it leaves the number in tally for the
// owner, who adds it up ([Context.addTally]). A sender that finds a number there
// adds its own. It records the 1st, 2nd, 4th, 8th ... since the owner last looked: an
// overloaded mailbox must not flood the log as well.
func (b *mailbox[M]) countRefused() {
	n := 1
	for left := false; !left; {
		select {
		case b.tally <- n:
			left = true
		case others := <-b.tally:
			n += others
		}
	}
	if bits.OnesCount(uint(n)) == 1 {
		kind := EventRejected
		if b.ended() {
			kind = EventDeadLetter
		}
		b.id.sys.record(Record{Kind: kind, Path: b.id.path, Type: typeName[M](), Count: n})
	}
}
