package analysis

import (
	"fmt"
	"slices"

	"eddy/testbench/history"
)

// writes knows of each version who wrote it.
type writes struct {
	by           []int32 // the transaction, or nobody
	intermediate []bool  // it wrote the key again later
}

const nobody = int32(-1)

// readWrites finds the writer of every version. A version with two writers
// leaves no way to tell whose write a read saw.
func (a *analysis) readWrites() error {
	n := len(a.versions)
	a.writes = writes{by: make([]int32, n), intermediate: make([]bool, n)}
	for i := range a.writes.by {
		a.writes.by[i] = nobody
	}
	for t := range a.txns {
		final := map[int32]bool{}
		mops := a.txns[t].mops
		for i := len(mops) - 1; i >= 0; i-- {
			m := &mops[i]
			if m.read {
				continue
			}
			if other := a.writes.by[m.value]; other != nobody {
				return fmt.Errorf("the history writes %s to key %s twice (operations %d and %d): expected each value once a key, else nothing tells whose write a read saw",
					a.text(m.value), a.keys[m.key], a.txns[other].op.Index, a.txns[t].op.Index)
			}
			a.writes.by[m.value] = int32(t)
			a.writes.intermediate[m.value] = final[m.key]
			final[m.key] = true
		}
	}
	return nil
}

// dirtyReads finds reads of what was never committed: of transactions that
// failed (G1a), of values that their own transaction overwrote (G1b), of values
// that nobody wrote.
func (a *analysis) dirtyReads() {
	for t := range a.txns {
		if a.txns[t].outcome != history.OK {
			continue
		}
		for i := range a.txns[t].mops {
			m := &a.txns[t].mops[i]
			if !m.read {
				continue
			}
			if v := m.last(a.data); v != initial && a.writes.intermediate[v] && a.writes.by[v] != int32(t) {
				a.find(Finding{Kind: "G1b", ops: []int32{int32(t), a.writes.by[v]}, mop: m, version: v,
					told: fmt.Sprintf("T1 read %s of key %s, which T2 overwrote itself: an intermediate value", a.text(v), a.keys[m.key])})
			}
			a.eachSeen(m, func(v int32) bool {
				switch writer := a.writes.by[v]; {
				case writer == nobody:
					a.find(Finding{Kind: "unwritten-read", beyond: a.data == Registers, ops: []int32{int32(t)}, mop: m, version: v,
						told: fmt.Sprintf("T1 read %s of key %s, which no transaction ever wrote", a.text(v), a.keys[m.key])})
				case !a.txns[writer].happened():
					a.find(Finding{Kind: "G1a", ops: []int32{int32(t), writer}, mop: m, version: v,
						told: fmt.Sprintf("T1 read %s of key %s, which T2 wrote and then failed: an aborted write", a.text(v), a.keys[m.key])})
				default:
					return true
				}
				return false // one finding a read
			})
		}
	}
}

// eachSeen calls do with every version that a read shows, until it returns
// false.
func (a *analysis) eachSeen(m *mop, do func(version int32) bool) {
	if a.data == Registers {
		if m.value != initial {
			do(m.value)
		}
		return
	}
	for _, v := range m.list {
		if !do(v) {
			return
		}
	}
}

// seen is a key and what was read of it.
type seen struct {
	key   int32
	state string
}

// lostUpdates finds committed transactions that read the same version of a key
// and then both wrote the key: whichever came first, the other did not see it.
// As in Elle null and the empty list are two versions of a list; with strict they are one.
func (a *analysis) lostUpdates() {
	updates := map[seen][]int32{}
	var order []seen
	for t := range a.txns {
		if a.txns[t].outcome != history.OK {
			continue
		}
		mops := a.txns[t].mops
		for i := range mops {
			first := firstRead(mops, i)
			if first == nil {
				continue
			}
			s := seen{first.key, a.state(first)}
			if len(updates[s]) == 0 {
				order = append(order, s)
			}
			updates[s] = append(updates[s], int32(t))
		}
	}
	for _, s := range order {
		if len(updates[s]) > 1 {
			a.lostUpdate(s, updates[s], false)
			continue
		}
		if null := (seen{s.key, "null"}); s.state == "[]" && len(updates[null]) == 1 {
			both := append(slices.Clone(updates[s]), updates[null]...)
			slices.Sort(both)
			a.lostUpdate(s, both, true)
		}
	}
}

func (a *analysis) lostUpdate(s seen, all []int32, beyond bool) {
	a.find(Finding{Kind: "lost-update", beyond: beyond, ops: all, key: s.key, version: initial, state: s.state,
		told: fmt.Sprintf("all of them read key %s = %s and then wrote it: all but one of these updates built on a state that was gone", a.keys[s.key], s.state)})
}

// firstRead gives the read behind the update at mops[i], the transaction's first of the key: nil unless that is its first
// write of a key that it had read before.
func firstRead(mops []mop, i int) *mop {
	if mops[i].read {
		return nil
	}
	var first *mop
	for j := range mops[:i] {
		m := &mops[j]
		switch {
		case m.key != mops[i].key:
		case m.read && first == nil:
			first = m
		case !m.read && first != nil:
			return nil
		}
	}
	return first
}

// state is what a read saw, as JSON.
func (a *analysis) state(m *mop) string {
	if a.data == Registers {
		return a.text(m.value)
	}
	return a.shown(m)
}

func (a *analysis) listText(list []int32) string {
	text := []byte{'['}
	for i, v := range list {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(text, a.text(v)...)
	}
	return string(append(text, ']'))
}
