package analysis

import (
	"fmt"
	"slices"

	"eddy/testbench/history"
)

// lists are the anomalies and dependencies of lists. A list shows the whole
// order in which its elements came: the longest one read of a key is the order of
// that key, which all others must agree with.
func (a *analysis) lists() {
	for t := range a.txns {
		if a.txns[t].outcome == history.OK {
			a.listInternal(int32(t))
			a.futureRead(int32(t))
			a.duplicateElements(int32(t))
		}
	}
	reads := a.readsOfKeys()
	a.incompatibleOrders(reads)
	order := a.listOrders(reads)
	a.dirtyUpdates(order)
	a.listEdges(order)
}

// listInternal looks for a read that does not show what the transaction itself
// had read and appended before. As in Elle null after an empty list is another value, and what follows a read of null
// is held against it only with strict.
func (a *analysis) listInternal(t int32) {
	type known struct {
		list  []int32
		whole bool // else only the end is known
		empty bool // the last that was known was a read of an empty list that was not null
		null  bool // the last that was known was a read of null
	}
	expected := map[int32]known{}
	for i := range a.txns[t].mops {
		m := &a.txns[t].mops[i]
		state, any := expected[m.key]
		if !m.read {
			expected[m.key] = known{list: append(slices.Clip(state.list), m.value), whole: state.whole}
			continue
		}
		agrees := !any || state.whole && slices.Equal(state.list, m.list) && !(state.empty && m.null) ||
			!state.whole && len(m.list) >= len(state.list) && slices.Equal(m.list[len(m.list)-len(state.list):], state.list)
		if !agrees {
			text, words := a.listText(state.list), "it had itself read or appended before"
			if !state.whole {
				words = "its own appends had to stand at the end"
			}
			a.find(Finding{Kind: "internal", beyond: state.null, ops: []int32{t}, mop: m, version: initial, expected: text,
				told: fmt.Sprintf("T1 read key %s = %s where %s: %s", a.keys[m.key], a.shown(m), words, text)})
			if !state.null || a.strict {
				return
			}
		}
		expected[m.key] = known{list: m.list, whole: true, empty: len(m.list) == 0 && !m.null, null: m.null}
	}
}

// shown is the list that a read showed.
func (a *analysis) shown(m *mop) string {
	if m.null {
		return "null"
	}
	return a.listText(m.list)
}

// futureRead looks for a read of an element that the transaction itself appends
// later.
func (a *analysis) futureRead(t int32) {
	mops := a.txns[t].mops
	for i := range mops {
		if mops[i].read {
			continue
		}
		for j := range mops[:i] {
			if m := &mops[j]; m.read && m.key == mops[i].key && slices.Contains(m.list, mops[i].value) {
				a.find(Finding{Kind: "future-read", ops: []int32{t}, mop: m, version: mops[i].value,
					told: fmt.Sprintf("T1 read %s in key %s before it appended it itself", a.text(mops[i].value), a.keys[m.key])})
				return
			}
		}
	}
}

// duplicateElements looks for a list that holds one append twice.
func (a *analysis) duplicateElements(t int32) {
	for i := range a.txns[t].mops {
		m := &a.txns[t].mops[i]
		sorted := slices.Clone(m.list)
		slices.Sort(sorted)
		for j := 1; j < len(sorted); j++ {
			if sorted[j] == sorted[j-1] {
				a.find(Finding{Kind: "duplicate-elements", ops: []int32{t}, mop: m, version: sorted[j],
					told: fmt.Sprintf("T1 read key %s = %s, with %s more than once: it was appended once", a.keys[m.key], a.listText(m.list), a.text(sorted[j]))})
				break
			}
		}
	}
}

// listRead is one list that a transaction saw.
type listRead struct {
	list []int32
	by   int32
}

// readsOfKeys gives of each key what was read of it, shortest first, without the
// empty lists.
func (a *analysis) readsOfKeys() [][]listRead {
	reads := make([][]listRead, len(a.keys))
	for t := range a.txns {
		for i := range a.txns[t].mops {
			if m := &a.txns[t].mops[i]; len(m.list) > 0 {
				reads[m.key] = append(reads[m.key], listRead{m.list, int32(t)})
			}
		}
	}
	for _, all := range reads {
		slices.SortStableFunc(all, func(x, y listRead) int { return len(x.list) - len(y.list) })
	}
	return reads
}

// incompatibleOrders looks for two lists of one key of which neither is the
// beginning of the other.
func (a *analysis) incompatibleOrders(reads [][]listRead) {
	for key, all := range reads {
		for i := 1; i < len(all); i++ {
			short, long := all[i-1], all[i]
			if !slices.Equal(short.list, long.list[:len(short.list)]) {
				a.find(Finding{Kind: "incompatible-order", ops: []int32{short.by, long.by}, key: int32(key), version: initial,
					told: fmt.Sprintf("T1 read key %s = %s and T2 read it as %s: neither can have become the other by appends",
						a.keys[key], a.listText(short.list), a.listText(long.list))})
				break
			}
		}
	}
}

// listOrder is the order of one key's elements, as far as it was seen.
type listOrder struct {
	elements []int32
	place    map[int32]int
}

// listOrders takes the longest list read of each key; of a key never read but
// appended to once, the order is that append.
func (a *analysis) listOrders(reads [][]listRead) []listOrder {
	orders := make([]listOrder, len(a.keys))
	appends := make([][]int32, len(a.keys))
	for v, of := range a.versions {
		if writer := a.writes.by[v]; writer != nobody && a.txns[writer].happened() {
			appends[of.key] = append(appends[of.key], int32(v))
		}
	}
	for key, all := range reads {
		o := &orders[key]
		o.place = map[int32]int{}
		longest := appends[key]
		if len(all) > 0 {
			longest = all[len(all)-1].list
		} else if len(longest) > 1 {
			continue
		}
		for _, v := range longest {
			if _, twice := o.place[v]; !twice {
				o.place[v] = len(o.elements)
				o.elements = append(o.elements, v)
			}
		}
	}
	return orders
}

// dirtyUpdates looks for committed appends on top of aborted ones.
func (a *analysis) dirtyUpdates(orders []listOrder) {
	for key := range orders {
		aborted := nobody
		for _, v := range orders[key].elements {
			writer := a.writes.by[v]
			if writer == nobody {
				continue
			}
			switch a.txns[writer].outcome {
			case history.Fail:
				aborted = writer
			case history.OK:
				if aborted != nobody {
					a.find(Finding{Kind: "dirty-update", ops: []int32{aborted, writer}, key: int32(key), version: v,
						told: fmt.Sprintf("T2 appended %s to key %s on top of what T1 had appended, and T1 failed: an aborted write lives on", a.text(v), a.keys[key])})
				}
				aborted = nobody
			}
		}
	}
}

// listEdges makes the dependencies. An append that nobody ever saw came behind
// all that were seen.
func (a *analysis) listEdges(orders []listOrder) {
	readers := make([][]int32, len(a.versions)) // by the last element they saw
	untouched := make([][]int32, len(a.keys))
	for t := range a.txns {
		for i := range a.txns[t].mops {
			m := &a.txns[t].mops[i]
			if !m.read || !m.known {
				continue
			}
			v := m.last(Lists)
			if v == initial {
				untouched[m.key] = append(untouched[m.key], int32(t))
				continue
			}
			readers[v] = append(readers[v], int32(t))
			if writer := a.writes.by[v]; writer != nobody && a.txns[writer].happened() {
				a.link(edge{from: writer, to: int32(t), kind: wr, before: v, after: v})
			}
		}
	}
	for v, of := range a.versions {
		writer := a.writes.by[v]
		if writer == nobody || !a.txns[writer].happened() {
			continue
		}
		previous := orders[of.key].before(int32(v))
		observers := untouched[of.key]
		if previous != initial {
			observers = readers[previous]
			if w := a.writes.by[previous]; w != nobody && a.txns[w].happened() {
				a.link(edge{from: w, to: writer, kind: ww, before: previous, after: int32(v)})
			}
		}
		for _, observer := range observers {
			a.link(edge{from: observer, to: writer, kind: rw, before: previous, after: int32(v)})
		}
	}
}

// before gives the element that came right before another, initial if none is
// known to.
func (o *listOrder) before(v int32) int32 {
	place, seen := o.place[v]
	if !seen {
		place = len(o.elements)
	}
	if place == 0 {
		return initial
	}
	return o.elements[place-1]
}
