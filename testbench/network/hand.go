package network

import (
	"slices"
	"time"
)

// What follows is for a hand in the run: it changes what is on its way, where faults only change what comes.

// Drop loses a message that is on its way, all copies of it, and reports whether there was one.
func (n *Network) Drop(id int64) bool {
	e, found := n.takeOut(id)
	for i := range found {
		n.lose(&found[i], LostOnTheWay)
	}
	return e != nil
}

// Delay makes a message that is on its way, with all its copies, due later, and reports whether there was one.
func (n *Network) Delay(id int64, by time.Duration) bool {
	e, found := n.takeOut(id)
	for _, m := range found {
		m.Due = max(m.Due, n.clock.Now()) + by
		e.queue.push(m)
	}
	if e != nil {
		e.arm()
	}
	return e != nil
}

// takeOut takes a message with all its copies out of the queue of its receiver, which is nil if it is not on its way. A
// callback for it is left over, and finds something else to take, or nothing.
func (n *Network) takeOut(id int64) (of *endpoint, found []Message) {
	for _, e := range n.endpoints {
		if e.holding && e.held.ID == id {
			e.holding = false
			of, found = e, append(found, e.held)
		}
		if !slices.ContainsFunc(e.queue, func(m Message) bool { return m.ID == id }) {
			continue
		}
		all := e.queue
		e.queue = nil
		of = e
		for _, m := range all {
			if m.ID == id {
				found = append(found, m)
			} else {
				e.queue.push(m)
			}
		}
	}
	return of, found
}

// Mend ends one [Network.Cut].
func (n *Network) Mend(dest, src string) {
	if to := n.endpoints[dest]; to != nil && to.cut[src] {
		delete(to.cut, src)
		n.cuts--
		n.changes++
	}
}

// Latency is that of messages between servers.
func (n *Network) Latency() Latency { return n.config.Latency }

// SetLatency changes that of messages that are sent from now on.
func (n *Network) SetLatency(l Latency) { n.config.Latency = l }
