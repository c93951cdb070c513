package kv

import "math/rand/v2"

// electionClock says when a replica that hears of no leader stands for election:
// after as many ticks as are drawn, from the timeout to twice as many, each time
// anew (Ongaro and Ousterhout, In Search of an Understandable Consensus
// Algorithm, 5.2).
//
// The library has such a clock, too, but draws from a source of its own, which
// no seed reaches. So on followers it stands still, and what the library would decide by it is decided here: when
// a leader was not heard of for so long that a vote may be given to another, and when to campaign.
type electionClock struct {
	timeout int // ticks
	quiet   int // ticks that the leader may be silent beyond a heartbeat, before the timeout begins
	due     int // ticks from the last reset on
	elapsed int
	tries   int // to become the leader, since the last reset
}

// reset begins again: a leader was heard of that may now be silent for some ticks, a vote was given, a term began.
func (e *electionClock) reset(rng *rand.Rand, quiet int) {
	e.elapsed, e.quiet, e.tries, e.due = 0, quiet, 0, quiet+e.timeout+rng.IntN(e.timeout)
}

// tryAgain begins again after a try to become the leader. From the third on there is twice as long between two: a
// node that is cut off has nothing to win.
func (e *electionClock) tryAgain(rng *rand.Rand) {
	tries := e.tries + 1
	e.reset(rng, 0)
	if e.tries = tries; tries > 2 {
		e.due *= 2
	}
}

// overdue reports whether the leader has been silent for so long that another may be voted for.
func (e *electionClock) overdue() bool { return e.elapsed == e.quiet+e.timeout }

// tick advances the clock and reports whether it is time.
func (e *electionClock) tick() bool {
	e.elapsed++
	return e.elapsed >= e.due
}
