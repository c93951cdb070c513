package analysis

import (
	"math"
	"sort"

	"eddy/testbench/history"
)

// tail tells how far a log was known to reach, and since when.
type tail struct{ steps []step }

// step says that from a time on a message with the offset, or a higher one, was
// known to exist. Offsets grow with time.
type step struct {
	offset int64
	ns     int64
}

func (t *tail) reaches(offset, ns int64) {
	if n := len(t.steps); offset >= 0 && (n == 0 || t.steps[n-1].offset < offset) {
		t.steps = append(t.steps, step{offset, ns})
	}
}

// since gives the time from which it was known that there is more than the
// message at an offset; far in the future if it never was.
func (t *tail) since(offset int64) int64 {
	i := sort.Search(len(t.steps), func(i int) bool { return t.steps[i].offset > offset })
	if i == len(t.steps) {
		return math.MaxInt64
	}
	return t.steps[i].ns
}

// position is how far a process has polled a key.
type position struct {
	log    *log
	offset int64
}

// lag finds the poll that was the furthest behind; of equal ones the first.
func (a *analyzer) lag() {
	a.followTails()
	// The keys of a process are in the order it came to know them.
	all := map[int][]position{}
	for i := range a.ops {
		o := &a.ops[i]
		if o.ended != history.OK {
			continue
		}
		switch o.f {
		case "assign":
			all[o.process] = assign(all[o.process], o.keys)
		case "poll":
			all[o.process] = advance(all[o.process], o.polls)
			a.measure(o, all[o.process])
		}
	}
}

func (a *analyzer) followTails() {
	for i := range a.ops {
		o := &a.ops[i]
		ns := int64(a.history[o.at].Time)
		if o.sent.log != nil && o.sent.placed {
			o.sent.log.tail.reaches(o.sent.offset, ns)
		}
		for _, p := range o.polls {
			if o.ended != history.Fail {
				p.log.tail.reaches(highest(p.offsets), ns)
			}
		}
	}
}

func highest(offsets []int64) int64 {
	top := int64(-1)
	for _, offset := range offsets {
		top = max(top, offset)
	}
	return top
}

// assign keeps the positions of keys that are assigned again, and begins at the
// start of the others.
func assign(held []position, keys []*log) []position {
	before := make(map[*log]int64, len(held))
	for _, p := range held {
		before[p.log] = p.offset
	}
	next := make([]position, len(keys))
	for i, l := range keys {
		next[i] = position{log: l, offset: -1}
		if offset, ok := before[l]; ok {
			next[i].offset = offset
		}
	}
	return next
}

func advance(held []position, polls []polled) []position {
	at := make(map[*log]int, len(held))
	for i, p := range held {
		at[p.log] = i
	}
	for _, p := range polls {
		if i, ok := at[p.log]; ok {
			held[i].offset = max(held[i].offset, highest(p.offsets))
			continue
		}
		at[p.log] = len(held)
		held = append(held, position{p.log, highest(p.offsets)})
	}
	return held
}

// measure compares a poll's beginning with what its process had polled by its
// end.
func (a *analyzer) measure(o *operation, held []position) {
	begun := int64(a.history[o.at].Time)
	if invoked, ok := a.pairs.Of(int(o.at)); ok {
		begun = int64(a.history[invoked].Time)
	}
	var worst *Lag
	for _, p := range held {
		lag := int64(0)
		if since := p.log.tail.since(p.offset); since < begun {
			lag = begun - since
		}
		if worst == nil || lag > worst.LagNs {
			worst = &Lag{TimeNs: begun, Process: o.process, Key: p.log.key, LagNs: lag, Final: a.history[o.at].Final}
		}
	}
	if worst == nil {
		return
	}
	a.found.Lags = append(a.found.Lags, *worst)
	if a.found.Lag == nil || worst.LagNs > a.found.Lag.LagNs {
		a.found.Lag = worst
	}
}
