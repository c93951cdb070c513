package actor

import "time"

// Answer is what became of a request: a value, or why there is none
// ([ErrTimeout], [ErrStopped], [ErrFull], a [*PanicError], or what the answerer
// passed to [Reply.Fail]).
type Answer[A any] struct {
	Value A
	Err   error
}

// Reply is the right to answer one request, once. It travels inside the
// request, can be kept and used later, and passed to another actor. A second
// answer, or one after the deadline, is dropped and counted by the asker. Two
// goroutines must not use one Reply at the same moment.
type Reply[A any] struct{ slip *slip[A] }

// Send answers the request. Answering the zero Reply does nothing.
func (r Reply[A]) Send(value A) { r.answer(Answer[A]{Value: value}) }

// Fail answers the request with an error.
func (r Reply[A]) Fail(err error) { r.answer(Answer[A]{Err: err}) }

func (r Reply[A]) answer(a Answer[A]) {
	switch s := r.slip; {
	case s == nil:
	case s.head.filled:
		s.head.fail(ErrAnswered)
	default:
		s.head.filled, s.answer = true, a
		s.head.home.deliver(&s.head.sig)
	}
}

// Ask sends the request that build makes around a Reply, and has the answer,
// the refusal or the timeout arrive in the asker's own mailbox, as the message
// that wrap makes of it. Neither Ask nor anything behind it blocks. wrap runs
// later, in the asker's goroutine. An asker that restarts or stops hears
// nothing of its earlier requests.
//
// One owner keeps the deadlines: the asker itself, with a single timer for all
// its requests. A request costs one allocation, for itself and its answer.
func Ask[M, Q, A any](c *Context[M], to Ref[Q], within time.Duration, build func(Reply[A]) Q, wrap func(Answer[A]) M) {
	t := c.takeTicket()
	t.unwrap, t.wrap = unwrapping[M, A]{}, wrap
	c.schedule(&t.due, c.Elapsed()+within)
	x := &slip[A]{head: slipHead{home: c.box, owner: t, gen: t.gen}}
	x.head.sig = signal{kind: signalAsk, slip: &x.head, payload: x}
	delivery := Stopped
	if to.box != nil {
		delivery = to.box.send(envelope[Q]{msg: build(Reply[A]{x}), sig: &x.head.sig}, c.trail)
	}
	switch {
	case to.box == nil:
		x.head.fail(ErrStopped)
	case delivery == Rejected || delivery == Dropped:
		x.head.fail(ErrFull)
	}
	c.arm()
}

// Call is [Ask] for the edges of a system, such as main or a test: it blocks
// until there is an answer. No handler may call it. In a [World] it runs the
// world until there is an answer.
func Call[Q, A any](to Ref[Q], within time.Duration, build func(Reply[A]) Q) (A, error) {
	var none A
	if to.box == nil {
		return none, ErrStopped
	}
	caller := &callerBox{id: to.box.id, answers: make(chan *signal, 2)}
	x := &slip[A]{head: slipHead{home: caller}}
	x.head.sig = signal{kind: signalAsk, slip: &x.head, payload: x}
	switch to.box.send(envelope[Q]{msg: build(Reply[A]{x}), sig: &x.head.sig}, nil) {
	case Accepted:
	case Stopped:
		return none, ErrStopped
	default:
		return none, ErrFull
	}
	sig := to.box.id.sys.exec.await(caller.answers, within)
	switch {
	case sig == nil:
		return none, ErrTimeout
	case sig.kind == signalRefusal:
		return none, sig.payload.(*refusal).err
	}
	return x.answer.Value, x.answer.Err
}

// callerBox is the inbox of an edge that waits for one answer.
type callerBox struct {
	id      *identity
	answers chan *signal
}

func (b *callerBox) identity() *identity { return b.id }
func (b *callerBox) deliver(sig *signal) {
	select {
	case b.answers <- sig:
	default: // a third answer to a request that takes one
	}
}

// slip travels with a request and comes back with the answer in it: the one
// thing that is allocated for each request. It belongs to the holder of the
// Reply until it is sent back.
type slip[A any] struct {
	head   slipHead
	answer Answer[A]
}

// slipHead is what a slip is to those who do not know its type. But for filled,
// it never changes.
type slipHead struct {
	sig    signal
	home   inbox   // of the asker
	owner  any     // the asker's *ticket, for its eyes only
	asked  *Source // the request as it was handled, in a trace
	gen    uint32
	filled bool // holds an answer; touched by holders of the Reply, then by the asker
}

// source is where an answer to the request comes from.
func (h *slipHead) source() Source {
	if h.asked == nil {
		return Source{}
	}
	return *h.asked
}

// isAnswerFor tells an answer on its way back from the request itself: it has
// come home, and is filled in. Whoever asks themselves meets both.
func (h *slipHead) isAnswerFor(box inbox) bool { return h.home == box && h.filled }

// fail answers a request in the runtime's name: beside the slip, which belongs
// to the holder of the Reply.
func (h *slipHead) fail(err error) {
	h.home.deliver(&signal{kind: signalRefusal, payload: &refusal{slip: h, err: err}})
}

// refusal is why a request will have no answer.
type refusal struct {
	slip *slipHead
	err  error
}

// ticket is the asker's own part of a request under way. A closed one is used
// again; its generation tells the slips of its requests apart.
type ticket[M any] struct {
	due    deadline
	owner  *Context[M]
	unwrap unwrapper[M]
	wrap   any // func(Answer[A]) M
	next   *ticket[M]
	cause  Source // of the request, in a trace
	gen    uint32
	open   bool
}

// unwrapper makes an answer whose type only the request knew into the asker's
// message. Without a slip there is none, but err.
type unwrapper[M any] interface {
	message(wrap, slip any, err error) M
}

type unwrapping[M, A any] struct{}

func (unwrapping[M, A]) message(wrap, filled any, err error) M {
	answer := Answer[A]{Err: err}
	if s, ok := filled.(*slip[A]); ok {
		answer = s.answer
	}
	return wrap.(func(Answer[A]) M)(answer)
}

func (c *Context[M]) takeTicket() *ticket[M] {
	a := c.planned()
	t := a.tickets
	if t == nil {
		t = &ticket[M]{owner: c}
		t.due.owner = t
	} else {
		a.tickets, t.next = t.next, nil
	}
	t.open, t.cause = true, c.trail.inHand()
	c.asking++
	return t
}

// answered handles a slip that came back.
func (c *Context[M]) answered(sig *signal) { c.conclude(sig.slip, sig.payload, nil) }

// refused handles a request's refusal.
func (c *Context[M]) refused(r *refusal) { c.conclude(r.slip, nil, r.err) }

// conclude closes the request that a slip belongs to and handles what became of
// it, unless that is too late.
func (c *Context[M]) conclude(head *slipHead, filled any, err error) {
	t, ok := head.owner.(*ticket[M])
	if !ok || !t.open || head.gen != t.gen {
		c.late++
		c.record(Record{Kind: EventLate, Type: typeName[M](), Count: int(c.late)})
		return
	}
	c.agenda.deadlines.remove(&t.due)
	c.handle(t.close(filled, err))
}

// close takes the ticket back and gives the message that it stood for.
func (t *ticket[M]) close(filled any, err error) M {
	unwrap, wrap := t.unwrap, t.wrap
	t.abandon()
	a := t.owner.agenda
	t.next, a.tickets = a.tickets, t
	return unwrap.message(wrap, filled, err)
}

// expire: the request's deadline has passed.
func (t *ticket[M]) expire() {
	cause := t.cause
	t.owner.handleDue(t.close(nil, ErrTimeout), EventTimeout, cause)
}

// abandon closes the request: whatever still comes for it is late.
func (t *ticket[M]) abandon() {
	t.open, t.wrap = false, nil
	t.gen++
	t.owner.asking--
}
