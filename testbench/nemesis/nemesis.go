package nemesis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// Act is one thing that the nemesis does, as the history shows it.
type Act struct {
	F     string          // such as "start-partition"
	Value json.RawMessage // what is asked for; nil is null
}

// Package is one family of faults.
type Package interface {
	// Next gives the act that is due now: a fault and its end in turn.
	Next() Act
	// Final gives the acts that end what the package may have begun.
	Final() []Act
	// Apply does an act of this package and calls done once, now or later, with what came of it, the value
	// that the history shows; it reports false, and does nothing, if the act is another package's.
	Apply(a Act, done func(value json.RawMessage)) bool
}

// Lasting is a [Package] whose faults may last for a time of their own.
type Lasting interface {
	// Lasts gives how long what the last act began shall last; 0 if it began nothing, or if that is left
	// to the interval.
	Lasts() time.Duration
}

// Nemesis runs packages side by side.
type Nemesis struct {
	interval time.Duration
	rng      *rand.Rand
	packages []schedule
}

type schedule struct {
	Package
	next time.Duration // negative: at once, whenever that is
}

// New makes a nemesis of the packages that acts on average once in interval for each of them.
func New(interval time.Duration, rng *rand.Rand, packages ...Package) *Nemesis {
	n := &Nemesis{interval: interval, rng: rng}
	for _, p := range packages {
		n.packages = append(n.packages, schedule{Package: p, next: -1})
	}
	return n
}

// Due gives the time of the next act, which is now for one that is overdue; ok is false if there will
// be none.
func (n *Nemesis) Due(now time.Duration) (at time.Duration, ok bool) {
	for i := range n.packages {
		if t := max(now, n.packages[i].next); !ok || t < at {
			at, ok = t, true
		}
	}
	return at, ok
}

// Take gives the act that is due first and draws the time of that package's next one. Of several due
// together one is drawn. It must be called only when [Nemesis.Due] has an act, and not before it is due.
func (n *Nemesis) Take(now time.Duration) Act {
	first, ties := -1, 0
	for i := range n.packages {
		switch t := max(now, n.packages[i].next); {
		case first < 0 || t < max(now, n.packages[first].next):
			first, ties = i, 1
		case t == max(now, n.packages[first].next):
			if ties++; n.rng.IntN(ties) == 0 {
				first = i
			}
		}
	}
	next := now + Stagger(n.rng, n.interval)
	act := n.packages[first].Next()
	if p, ok := n.packages[first].Package.(Lasting); ok && p.Lasts() > 0 {
		next = now + p.Lasts()
	}
	n.packages[first].next = next
	return act
}

// Apply does an act; done is called once, now or later, with the value of its completion.
func (n *Nemesis) Apply(a Act, done func(value json.RawMessage)) {
	for i := range n.packages {
		if n.packages[i].Apply(a, done) {
			return
		}
	}
	panic(fmt.Sprintf("nemesis: no package does %q", a.F)) // acts come from Take and Final only
}

// Final gives the acts that end every fault, in order.
func (n *Nemesis) Final() []Act {
	var acts []Act
	for i := range n.packages {
		acts = append(acts, n.packages[i].Final()...)
	}
	return acts
}

// Stagger draws the time between two events of a mean distance: uniformly from 0 to below twice the
// mean, as Jepsen's generator of that name does.
func Stagger(rng *rand.Rand, mean time.Duration) time.Duration {
	if mean <= 0 {
		return 0
	}
	return time.Duration(rng.Int64N(2 * int64(mean)))
}
