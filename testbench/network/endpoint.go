package network

import "time"

// endpoint is the receiving side of one id: a queue by due time, and the loop that takes from it.
type endpoint struct {
	network *Network
	id      string
	client  bool
	receive Receiver
	step    func() // takeInTurn or takeWhenDue, bound once so that arming allocates nothing

	queue   queue
	listens bool
	removed bool
	cut     map[string]bool   // sources whose messages are dropped
	down    bool              // a node that has been killed
	admits  string            // the one that reaches it nevertheless
	used    map[string]moment // by source, where messages are counted

	armed    bool          // a callback is on its way
	armedFor time.Duration // when that callback should come
	holding  bool          // a message was taken and is waited for
	held     Message
}

func newEndpoint(n *Network, id string, receive Receiver) *endpoint {
	e := &endpoint{network: n, id: id, client: IsClient(id), receive: receive, listens: true}
	e.step = e.takeInTurn
	if n.config.IdealDelivery {
		e.step = e.takeWhenDue
	}
	return e
}

// arm sees to it that the loop runs if there is something to take. Delivery never happens inside a
// call of Send, or two nodes without latency would recurse into each other.
func (e *endpoint) arm() {
	if e.removed || !e.listens || len(e.queue) == 0 {
		return
	}
	at := e.network.clock.Now()
	if e.network.config.IdealDelivery {
		at = max(at, e.queue[0].Due)
		if e.armed && e.armedFor <= at {
			return
		}
	} else if e.armed {
		return
	}
	e.armed, e.armedFor = true, at
	e.network.clock.At(at, e.step)
}

// takeInTurn is the loop as Maelstrom's receiving thread runs it: the message that was waited for is
// delivered, then the next is taken, and waited for in turn.
//
// It stays armed while it runs, so that a receiver that sends to itself does not start a second loop. A
// callback that is left over from before the receiver went down finds that it is not the one waited for.
func (e *endpoint) takeInTurn() {
	if e.removed || !e.armed || e.network.clock.Now() < e.armedFor {
		return
	}
	if e.holding {
		e.holding = false
		e.deliver(&e.held)
	}
	for e.listens && !e.removed && len(e.queue) > 0 {
		m := e.queue.pop()
		if e.drops(&m) {
			continue
		}
		if wait := wholeMilliseconds(m.Due - e.network.clock.Now()); wait > 0 {
			e.held, e.holding = m, true
			e.armedFor = e.network.clock.Now() + wait
			e.network.clock.At(e.armedFor, e.step)
			return
		}
		e.deliver(&m)
	}
	e.armed = false
}

// takeWhenDue is the loop under ideal delivery: everything that is due is delivered, and the callback
// is for the first that is not. When an earlier message overtakes, a callback is left over for the
// later one; it finds that it is not the one waited for, and does nothing.
func (e *endpoint) takeWhenDue() {
	if !e.armed || e.network.clock.Now() < e.armedFor {
		return
	}
	e.armed = false
	for e.listens && !e.removed && len(e.queue) > 0 && e.queue[0].Due <= e.network.clock.Now() {
		if m := e.queue.pop(); !e.drops(&m) {
			e.deliver(&m)
		}
	}
	e.arm()
}

// drops tells whether a partition cuts the message or nobody is there to take it, which is looked at in
// the moment of taking.
func (e *endpoint) drops(m *Message) bool {
	switch {
	case e.down && m.Src != e.admits:
		e.network.lose(m, LostWithNode)
		return true
	case e.cut[m.Src] || e.network.division != nil && !m.InvolvesClient() && e.network.division(e.id, m.Src):
		e.network.lose(m, LostInPartition)
		return true
	}
	return false
}

// fall loses what is on its way to the endpoint.
func (e *endpoint) fall() {
	e.down, e.admits = true, ""
	if e.holding {
		e.holding = false
		e.network.lose(&e.held, LostWithNode)
	}
	for len(e.queue) > 0 {
		m := e.queue.pop()
		e.network.lose(&m, LostWithNode)
	}
	e.armed = false
}

// deliver hands over a message. It was to be handed over when the callback was to come, or when it was
// sent, if that was later: a clock that calls back late makes the one earlier than now.
func (e *endpoint) deliver(m *Message) {
	e.network.stats.received(m.InvolvesClient())
	e.network.journal.Received(e.network.clock.Now(), m)
	e.receive(m, max(e.armedFor, m.Due))
}

// wholeMilliseconds is the wait for a message due in d: Maelstrom cuts the wait to whole milliseconds,
// and since a moment passes between taking the message and looking at the clock, a latency of 100 ms
// is waited for with 99.
func wholeMilliseconds(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return (d - 1).Truncate(time.Millisecond)
}
