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
type Reply[A any] struct{ slot *slot[A] }

// Send answers the request. Answering the zero Reply does nothing.
func (r Reply[A]) Send(value A) { r.answer(Answer[A]{Value: value}) }

// Fail answers the request with an error.
func (r Reply[A]) Fail(err error) { r.answer(Answer[A]{Err: err}) }

func (r Reply[A]) answer(a Answer[A]) {
	if r.slot == nil {
		return
	}
	s := r.slot
	if s.filled {
		s.request.fail(ErrAnswered)
		return
	}
	s.filled, s.answer = true, a
	s.arrival = signal{kind: signalAnswer, payload: s.request}
	s.request.home.deliver(&s.arrival)
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
	x := &exchange[M, A]{owner: c, wrap: wrap, open: true}
	x.request.home, x.request.exchange = c.box, x
	x.request.sig = signal{kind: signalAsk, payload: &x.request}
	x.slot.request, x.due.owner = &x.request, x
	c.asking++
	c.schedule(&x.due, c.Elapsed()+within)
	delivery := Stopped
	if to.box != nil {
		delivery = to.box.send(envelope[Q]{msg: build(Reply[A]{&x.slot}), sig: &x.request.sig})
	}
	switch {
	case to.box == nil:
		x.request.fail(ErrStopped)
	case delivery == Rejected || delivery == Dropped:
		x.request.fail(ErrFull)
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
	x := &slot[A]{request: &pendingRequest{home: caller}}
	x.request.sig = signal{kind: signalAsk, payload: x.request}
	switch to.box.send(envelope[Q]{msg: build(Reply[A]{x}), sig: &x.request.sig}) {
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

// pendingRequest is the part of a request that everybody may see who has to do
// with it: it never changes.
type pendingRequest struct {
	home     inbox // of the asker
	sig      signal
	exchange exchanger // the asker's own part; nil for an edge
}

// fail answers a request in the runtime's name: beside the slot, which belongs
// to the holder of the Reply.
func (p *pendingRequest) fail(err error) {
	p.home.deliver(&signal{kind: signalRefusal, payload: &refusal{request: p, err: err}})
}

// refusal is why a request will have no answer.
type refusal struct {
	request *pendingRequest
	err     error
}

// slot is where an answer is put. It belongs to the holder of the Reply until
// the answer is sent, and to the asker from its arrival.
type slot[A any] struct {
	request *pendingRequest
	filled  bool // touched by holders of the Reply only
	answer  Answer[A]
	arrival signal
}

// exchange is one request under way, whole: what travels, and what the asker
// keeps.
type exchange[M, A any] struct {
	request pendingRequest
	slot    slot[A]
	due     deadline
	owner   *Context[M]
	wrap    func(Answer[A]) M
	open    bool
}

// exchanger is an exchange with its types forgotten, for the asker alone.
type exchanger interface {
	// settled handles the answer in the slot or, if err is not nil, its lack.
	settled(err error)
	// abandon forgets the request: whatever still comes for it is late.
	abandon()
}

func (x *exchange[M, A]) settled(err error) {
	c := x.owner
	if !x.open {
		c.late++
		c.record(Event{Kind: EventLate, Message: typeName[M](), Count: int(c.late)})
		return
	}
	c.agenda.deadlines.remove(&x.due)
	c.asking--
	x.open = false
	if err != nil {
		c.handle(x.wrap(Answer[A]{Err: err}))
	} else {
		c.handle(x.wrap(x.slot.answer))
	}
}

// expire: the request's deadline has passed.
func (x *exchange[M, A]) expire() { x.settled(ErrTimeout) }

func (x *exchange[M, A]) abandon() { x.open = false }
