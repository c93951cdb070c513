package kv

import "time"

// lease is a leader's certainty that nobody else leads, without asking.
//
// Whoever answers a heartbeat gives no vote to another for an election timeout
// (check-quorum makes it so), which it counts in ticks of its own. So when a
// majority has answered heartbeats of a moment t of the leader's, no other can
// have a majority before t and the timeout, less one tick, since the first may
// come at once. A tenth is left for clocks that run at different rates. A
// replica that starts again does not know whom it has answered: it gives no vote
// for its first timeout.
//
// Only time that passes is measured, on the leader and on the others: setting
// the time of day changes nothing, and a leader that stood still finds its lease
// over.
type lease struct {
	length time.Duration
	until  time.Duration // since the executor's start
	number uint64        // of the question under way
	asked  time.Duration // when it was
	term   uint64
}

func newLease(c Config) lease {
	length := time.Duration(c.Election-1) * c.Latency * 9 / 10
	if c.Bug == LeaseTooLong {
		length *= 3
	}
	return lease{length: length}
}

// ask notes that heartbeats go out now.
func (l *lease) ask(number uint64, now time.Duration, term uint64) {
	l.number, l.asked, l.term = number, now, term
}

// answered notes that a majority has answered them.
func (l *lease) answered(number uint64, term uint64) {
	if number == l.number && term == l.term {
		l.until = l.asked + l.length
	}
}

// holds reports whether the lease of that term holds.
func (l *lease) holds(now time.Duration, term uint64) bool { return l.term == term && now < l.until }
