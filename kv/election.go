package kv

import "math/rand/v2"

// electionClock says when a replica that hears of no leader stands for election:
// after as many ticks as are drawn, from the timeout to twice as many, each time
// anew (Ongaro and Ousterhout, In Search of an Understandable Consensus
// Algorithm, 5.2).
//
// The library has such a clock, too, but draws from a source of its own, which
// no seed reaches. So its clock is advanced without ever campaigning, which
// leaves it the decision whether a leader was heard of lately, and campaigns are
// asked for from here.
type electionClock struct {
	timeout int // ticks
	due     int // ticks from the last reset on
	elapsed int
}

// reset begins again: a leader was heard of, a vote was given, a term began.
func (e *electionClock) reset(rng *rand.Rand) {
	e.elapsed, e.due = 0, e.timeout+rng.IntN(e.timeout)
}

// tick advances the clock and reports whether it is time.
func (e *electionClock) tick() bool {
	e.elapsed++
	return e.elapsed >= e.due
}
