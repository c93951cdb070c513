package search

import (
	"fmt"
	"time"
)

// Moment is how many of the futures of a failing run fail in the same way, where chance begins again at that moment.
type Moment struct {
	At      time.Duration `json:"at_ns"`
	Failing int           `json:"failing"`
	Futures int           `json:"futures"`
}

// all reports whether every future fails.
func (m Moment) all() bool { return m.Failing == m.Futures }

// Inevitable is when a failure became so.
type Inevitable struct {
	Curve []Moment `json:"curve"` // in the order of time, over the whole run
	// From is the earliest moment that was found from which every future fails, and Before the latest from which one did
	// not, a millisecond earlier. At 0 both are: the options fail whatever comes.
	From   Moment `json:"from"`
	Before Moment `json:"before"`
}

// How the moment is looked for: on a grid, and then by halving between its two neighbours, where more futures are
// made, since those that do not fail may be rare.
const (
	gridMoments  = 12
	futuresGrid  = 8
	futuresClose = 16
	moment       = time.Millisecond
)

// FindInevitable branches a failing run that ends at a time: failing tells how many of so many futures from a moment
// on fail in the same way. That a moment is inevitable is found out from the futures that were made: with each further one that
// does not fail would be found more surely.
func FindInevitable(end time.Duration, failing func(at time.Duration, futures int) int) Inevitable {
	var found Inevitable
	try := func(at time.Duration, futures int) Moment {
		return Moment{At: at, Failing: failing(at, futures), Futures: futures}
	}
	for i := range gridMoments + 1 {
		at := (end * time.Duration(i) / gridMoments).Truncate(moment)
		found.Curve = append(found.Curve, try(at, futuresGrid))
	}
	first := len(found.Curve) // of the moments up to the end from which all fail
	for first > 0 && found.Curve[first-1].all() {
		first--
	}
	switch first {
	case 0:
		found.From, found.Before = found.Curve[0], found.Curve[0]
		return found
	case len(found.Curve): // the failure is of the very last moment
		last := found.Curve[first-1]
		found.Before, found.From = last, Moment{At: end + moment, Failing: 1, Futures: 1}
		return found
	}
	found.Before, found.From = found.Curve[first-1], found.Curve[first]
	for found.From.At-found.Before.At > moment {
		between := try((found.Before.At + (found.From.At-found.Before.At)/2).Truncate(moment), futuresClose)
		if between.all() {
			found.From = between
		} else {
			found.Before = between
		}
	}
	return found
}

// String says it in a sentence or two.
func (f Inevitable) String() string {
	switch {
	case f.From.At == 0:
		return fmt.Sprintf("Inevitable from the start: all of %d runs with other chance fail in the same way.", f.From.Futures)
	case f.From.Failing < f.From.Futures || f.From.Futures == 1:
		return fmt.Sprintf("Not inevitable before its last moment: from %.3f s on %d of %d futures still do not fail.", f.Before.At.Seconds(), f.Before.Futures-f.Before.Failing, f.Before.Futures)
	}
	return fmt.Sprintf("Inevitable from %.3f s on: all of %d futures from there fail in the same way. A millisecond earlier %d of %d do.",
		f.From.At.Seconds(), f.From.Futures, f.Before.Failing, f.Before.Futures)
}
