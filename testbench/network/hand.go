package network

import (
	"cmp"
	"slices"
	"time"
)

// What follows is for a hand in the run: it looks at the network and changes it in the middle of things, where faults
// only change what comes.

// Flying gives the messages that wait for their delivery, by number, the one that a receiver waits for included.
func (n *Network) Flying() []Message {
	var all []Message
	for _, e := range n.endpoints {
		if e.holding {
			all = append(all, e.held)
		}
		all = append(all, e.queue...)
	}
	slices.SortFunc(all, func(a, b Message) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Due, b.Due)) })
	return all
}

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
	}
}

// IsCut tells whether dest drops what comes from src.
func (n *Network) IsCut(dest, src string) bool {
	to := n.endpoints[dest]
	return to != nil && (to.cut[src] || n.division != nil && n.division(dest, src))
}

// Latency is that of messages between servers.
func (n *Network) Latency() Latency { return n.config.Latency }

// SetLatency changes that of messages that are sent from now on.
func (n *Network) SetLatency(l Latency) { n.config.Latency = l }
