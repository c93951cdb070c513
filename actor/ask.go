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
// request, can be kept and used later, from any goroutine. A second answer, or
// one after the deadline, is dropped and counted by the asker.
type Reply[A any] struct {
	ticket *ticketHead
	gen    uint64
}

// Send answers the request. Answering the zero Reply does nothing.
func (r Reply[A]) Send(value A) { r.answer(Answer[A]{Value: value}) }

// Fail answers the request with an error.
func (r Reply[A]) Fail(err error) { r.answer(Answer[A]{Err: err}) }

func (r Reply[A]) answer(a Answer[A]) {
	if r.ticket == nil {
		return
	}
	box := &answered[A]{head: arrivalHead{ticket: r.ticket, gen: r.gen}, answer: a}
	box.head.sig = signal{kind: signalAnswer, payload: box}
	r.ticket.home.deliver(&box.head.sig)
}

// Ask sends the request that build makes around a Reply, and has the answer,
// the refusal or the timeout arrive in the asker's own mailbox, as the message
// that wrap makes of it. Neither Ask nor anything behind it blocks. wrap runs
// later, in the asker's goroutine. An asker that restarts or stops hears
// nothing of its earlier requests.
//
// One owner keeps the deadlines: the asker itself, with a single timer for all
// its requests. A request that is answered costs one allocation, its answer.
func Ask[M, Q, A any](c *Context[M], to Ref[Q], within time.Duration, build func(Reply[A]) Q, wrap func(Answer[A]) M) {
	t := c.takeTicket()
	t.unwrap, t.wrap = unwrapping[M, A]{}, wrap
	c.deadlines.push(&t.head.due, c.Elapsed()+within)
	env := envelope[Q]{msg: build(Reply[A]{&t.head, t.head.gen}), sig: &t.head.sig, gen: t.head.gen}
	delivery := Stopped
	if to.box != nil {
		delivery = to.box.send(env)
	}
	switch {
	case to.box == nil:
		t.head.fail(t.head.gen, ErrStopped)
	case delivery == Rejected || delivery == Dropped:
		t.head.fail(t.head.gen, ErrFull)
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
	t := &ticketHead{home: caller}
	t.sig = signal{kind: signalAsk, payload: t}
	env := envelope[Q]{msg: build(Reply[A]{t, 0}), sig: &t.sig}
	switch to.box.send(env) {
	case Accepted:
	case Stopped:
		return none, ErrStopped
	default:
		return none, ErrFull
	}
	sig := to.box.id.sys.exec.await(caller.answers, within)
	if sig == nil {
		return none, ErrTimeout
	}
	switch box := sig.payload.(type) {
	case *answered[A]:
		return box.answer.Value, box.answer.Err
	case *failed:
		return none, box.err
	}
	return none, ErrTimeout
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

// ticketHead is the part of a pending request that its answerer may see: home
// and sig never change, so a ticket can be used again for the next request;
// the generation tells the requests of one ticket apart. due belongs to the
// asker alone.
type ticketHead struct {
	home inbox
	sig  signal
	gen  uint64 // the asker's: a copy travels in the envelope and in the Reply
	due  deadline
}

// fail answers generation gen of the ticket with an error.
func (t *ticketHead) fail(gen uint64, err error) {
	box := &failed{head: arrivalHead{ticket: t, gen: gen}, err: err}
	box.head.sig = signal{kind: signalAnswer, payload: box}
	t.home.deliver(&box.head.sig)
}

// ticket is a pending request, owned by the asker and used again when closed.
type ticket[M any] struct {
	head   ticketHead
	owner  *Context[M]
	open   bool
	unwrap unwrapper[M]
	wrap   any // func(Answer[A]) M
	next   *ticket[M]
}

// unwrapper turns an arrival of an answer type that only the request knew into
// the asker's message. box nil means the deadline passed.
type unwrapper[M any] interface {
	message(wrap any, box arrival, err error) M
}

type unwrapping[M, A any] struct{}

func (unwrapping[M, A]) message(wrap any, box arrival, err error) M {
	answer := Answer[A]{Err: err}
	switch box := box.(type) {
	case *answered[A]:
		answer = box.answer
	case *failed:
		answer.Err = box.err
	}
	return wrap.(func(Answer[A]) M)(answer)
}

// arrival is an answer on its way to the asker.
type arrival interface{ at() *arrivalHead }

type arrivalHead struct {
	sig    signal
	ticket *ticketHead
	gen    uint64
}

func (h *arrivalHead) at() *arrivalHead { return h }

type answered[A any] struct {
	head   arrivalHead
	answer Answer[A]
}

func (b *answered[A]) at() *arrivalHead { return &b.head }

type failed struct {
	head arrivalHead
	err  error
}

func (b *failed) at() *arrivalHead { return &b.head }

// takeTicket opens a ticket of the asker's, a used one where there is one.
func (c *Context[M]) takeTicket() *ticket[M] {
	t := c.tickets
	if t == nil {
		t = &ticket[M]{owner: c}
		t.head.home = c.box
		t.head.sig = signal{kind: signalAsk, payload: &t.head}
		t.head.due.owner = t
	} else {
		c.tickets = t.next
		t.next = nil
	}
	t.open = true
	c.asking++
	return t
}

// closeTicket ends a request: whatever still comes for it is late.
func (c *Context[M]) closeTicket(t *ticket[M]) {
	c.deadlines.remove(&t.head.due)
	t.open, t.wrap = false, nil
	t.head.gen++
	c.asking--
	t.next, c.tickets = c.tickets, t
}

// arrive handles an answer that reached the asker's mailbox.
func (c *Context[M]) arrive(box arrival) {
	head := box.at()
	t := head.ticket.due.owner.(*ticket[M])
	if !t.open || head.gen != head.ticket.gen {
		c.late++
		c.record(Event{Kind: EventLate, Message: typeName[M](), Count: int(c.late)})
		return
	}
	m := t.unwrap.message(t.wrap, box, nil)
	c.closeTicket(t)
	c.handle(m)
}

// expire: the request's deadline has passed.
func (t *ticket[M]) expire() {
	m := t.unwrap.message(t.wrap, nil, ErrTimeout)
	c := t.owner
	c.closeTicket(t)
	c.handle(m)
}
