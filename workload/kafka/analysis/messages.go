package analysis

import (
	"slices"

	"eddy/testbench/history"
)

// What can be said of a key's messages without looking at the order of polls.

// offsets finds offsets with several messages, and messages at several offsets.
func (a *analyzer) offsets(l *log) {
	for i := range l.slots {
		s := &l.slots[i]
		if len(s.others) > 0 {
			a.add(InconsistentOffsets, Case{Key: l.key, Offset: s.offset, Index: i, Values: l.list(s.values()), Ops: a.showing(l, s.offset, s.values())})
		}
	}
	for _, v := range l.repeated() {
		c := Case{Key: l.key, Value: l.value(v), Index: int(l.facts[v].first)}
		for i := l.facts[v].first; i <= l.facts[v].last; i++ {
			if s := &l.slots[i]; s.value == v || slices.Contains(s.others, v) {
				c.Offsets = append(c.Offsets, s.offset)
				c.Ops = append(c.Ops, a.showing(l, s.offset, []int32{v})...)
			}
		}
		a.add(Duplicate, c)
	}
}

// casesShownMax bounds for how many cases of a kind the operations that show a message at an offset are
// looked for, which takes a walk over the history each.
const casesShownMax = 32

// showing finds for each message the first operation that shows it at an
// offset.
func (a *analyzer) showing(l *log, offset int64, values []int32) []int {
	if len(a.found.Cases[InconsistentOffsets])+len(a.found.Cases[Duplicate]) >= casesShownMax {
		return nil
	}
	var all []int
	for _, v := range values {
		i := slices.IndexFunc(a.ops, func(o operation) bool { return o.shows(l, offset, v) })
		if i >= 0 && !slices.Contains(all, int(a.ops[i].at)) {
			all = append(all, int(a.ops[i].at))
		}
	}
	return all
}

func (o *operation) shows(l *log, offset int64, value int32) bool {
	if o.sent.log == l && o.sent.value == value && o.sent.offset == offset && o.sent.placed {
		return true
	}
	for _, p := range o.polls {
		if p.log != l {
			continue
		}
		for j, v := range p.values {
			if v == value && p.offsets[j] == offset {
				return true
			}
		}
	}
	return false
}

// lost finds acknowledged messages that no poll shows although one shows a
// message after them. Where a message stands at several offsets its last place
// counts for what should have been polled, its first for how far was polled.
func (a *analyzer) lost(l *log) {
	bound := int32(none)
	for _, f := range l.facts {
		if f.reader != none {
			bound = max(bound, f.first)
		}
	}
	if bound == none {
		return
	}
	var furthest int32 = none
	for _, v := range l.slots[bound].values() {
		if r := l.facts[v].reader; r != none {
			furthest = r
			break
		}
	}
	for i := range l.slots[:bound+1] {
		for _, v := range l.slots[i].values() {
			f := l.facts[v]
			if f.last != int32(i) || f.reader != none || f.writer == none || a.ops[f.writer].ended != history.OK {
				continue
			}
			a.add(LostWrite, Case{
				Key: l.key, Value: l.value(v), Index: int(f.first), MaxReadIndex: int(bound),
				Ops: a.at(f.writer, furthest),
			})
		}
	}
}

// strangers finds messages that a poll shows and that were never sent, or not
// yet.
func (a *analyzer) strangers(l *log) {
	for v, f := range l.facts {
		if f.reader == none {
			continue
		}
		c := Case{Key: l.key, Value: l.value(int32(v)), Ops: a.at(f.reader)}
		if f.writer == none {
			a.add(Unsent, c)
			continue
		}
		if begun := a.begin(f.writer); begun > int(a.ops[f.reader].at) {
			c.Ops = []int{int(a.ops[f.reader].at), begun}
			a.add(FutureRead, c)
		}
	}
}

// aborted finds every showing of a message whose send failed.
func (a *analyzer) aborted() {
	for i := range a.ops {
		o := &a.ops[i]
		if o.ended != history.OK {
			continue
		}
		for _, p := range o.polls {
			for _, v := range p.values {
				if w := p.log.facts[v].writer; w != none && a.ops[w].ended == history.Fail {
					a.add(AbortedRead, Case{Key: p.log.key, Value: p.log.value(v), Ops: a.at(w, int32(i))})
				}
			}
		}
	}
}

// begin gives the position of an operation's invocation.
func (a *analyzer) begin(op int32) int {
	at := int(a.ops[op].at)
	if invoked, ok := a.pairs.Of(at); ok {
		return invoked
	}
	return at
}

// unseenOpsMax is of how many of a key's unseen messages the sends are told.
const unseenOpsMax = 2

// unseen finds acknowledged messages that no poll shows at all.
func (a *analyzer) unseen(l *log) {
	var all []int32
	for v, f := range l.facts {
		if f.writer == none || a.ops[f.writer].ended != history.OK {
			continue
		}
		a.found.Sent++
		if f.reader != none {
			a.found.Polled++
			continue
		}
		all = append(all, int32(v))
	}
	if len(all) == 0 {
		return
	}
	slices.SortFunc(all, func(x, y int32) int { return history.Compare(l.texts[x], l.texts[y]) })
	u := UnseenMessages{Key: l.key, Messages: l.list(all)}
	for _, v := range all[:min(unseenOpsMax, len(all))] {
		u.Ops = append(u.Ops, a.at(l.facts[v].writer)...)
	}
	a.found.Unseen = append(a.found.Unseen, u)
}
