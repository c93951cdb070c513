package analysis

import (
	"fmt"
	"slices"

	"eddy/testbench/history"
)

// registers are the anomalies and dependencies of registers. What a transaction
// shows the others of a key are its external read, the first if it wrote the key
// not before, and its external write, the last.
//
// Registers do not tell in which order their values came. Two things do: the
// initial state, null, comes before all; and a transaction that reads a key and
// then writes it puts its value behind the one it read (writes follow reads).
func (a *analysis) registers() {
	for t := range a.txns {
		if a.txns[t].outcome == history.OK {
			a.registerInternal(int32(t))
		}
	}
	x := a.externals()
	a.ownReads(x)
	follows := x.follows(a)
	a.cyclicVersions(follows)
	for v := range a.versions {
		writer := a.writes.by[v]
		// A version whose writer did not commit it, or that nobody wrote, was read all the same: what overwrote it comes
		// after its readers.
		committed := writer != nobody && a.txns[writer].outcome == history.OK && !a.writes.intermediate[v]
		for _, reader := range x.readers[v] {
			if committed {
				a.link(edge{from: writer, to: reader, kind: wr, before: int32(v), after: int32(v)})
			}
			for _, next := range follows[v] {
				a.link(edge{from: reader, to: a.writes.by[next], kind: rw, before: int32(v), after: next})
			}
		}
		for _, next := range follows[v] {
			if committed {
				a.link(edge{from: writer, to: a.writes.by[next], kind: ww, before: int32(v), after: next})
			}
		}
	}
	for key, readers := range x.untouched {
		for _, reader := range readers {
			for _, v := range x.written[key] {
				a.link(edge{from: reader, to: a.writes.by[v], kind: rw, before: initial, after: v})
			}
		}
	}
}

// registerInternal looks for a read that shows another value than the
// transaction itself last read or wrote.
func (a *analysis) registerInternal(t int32) {
	expected := map[int32]int32{}
	for i := range a.txns[t].mops {
		m := &a.txns[t].mops[i]
		state, known := expected[m.key]
		if m.read && known && state != m.value {
			a.find(Finding{Kind: "internal", beyond: state == initial, ops: []int32{t}, mop: m, version: state, expected: a.text(state),
				told: fmt.Sprintf("T1 read key %s = %s where it had itself read or written %s before", a.keys[m.key], a.text(m.value), a.text(state))})
			if state != initial || a.strict {
				return
			}
		}
		expected[m.key] = m.value
	}
}

// ownReads finds transactions that read a value before they write it themselves. Elle has no name for it in registers;
// it finds a circle where there are other readers.
func (a *analysis) ownReads(x *externals) {
	for v, readers := range x.readers {
		for _, t := range readers {
			if t == a.writes.by[v] {
				if !a.writes.intermediate[v] {
					a.own = append(a.own, edge{from: t, to: t, kind: wr, before: int32(v), after: int32(v)})
				}
				a.find(Finding{Kind: "future-read", beyond: true, ops: []int32{t}, mop: a.externalReadOf(t, int32(v)), version: int32(v),
					told: fmt.Sprintf("T1 read %s of key %s before it wrote it itself", a.text(int32(v)), a.keys[a.versions[v].key])})
			}
		}
	}
}

func (a *analysis) externalReadOf(t, v int32) *mop {
	return externalRead(a.txns[t].mops, a.versions[v].key)
}

// externals is what committed transactions show each other.
type externals struct {
	readers   [][]int32 // of each version
	untouched [][]int32 // of each key: who read that nobody had written it
	written   [][]int32 // of each key: its versions
	updates   [][2]int32
}

func (a *analysis) externals() *externals {
	x := &externals{
		readers:   make([][]int32, len(a.versions)),
		untouched: make([][]int32, len(a.keys)),
		written:   make([][]int32, len(a.keys)),
	}
	for t := range a.txns {
		if a.txns[t].outcome != history.OK {
			continue
		}
		mops := a.txns[t].mops
		for i := range mops {
			m := &mops[i]
			switch {
			case !m.read && !a.writes.intermediate[m.value]:
				x.written[m.key] = append(x.written[m.key], m.value)
				if read := externalRead(mops, m.key); read != nil && read.value != initial {
					x.updates = append(x.updates, [2]int32{read.value, m.value})
				}
			case m.read && externalRead(mops, m.key) == m && m.value == initial:
				x.untouched[m.key] = append(x.untouched[m.key], int32(t))
			case m.read && externalRead(mops, m.key) == m:
				x.readers[m.value] = append(x.readers[m.value], int32(t))
			}
		}
	}
	return x
}

// externalRead gives the transaction's first operation on a key, if that is a
// read.
func externalRead(mops []mop, key int32) *mop {
	for i := range mops {
		if mops[i].key != key {
			continue
		}
		if mops[i].read {
			return &mops[i]
		}
		return nil
	}
	return nil
}

// follows gives of each version those known to come right behind it.
func (x *externals) follows(a *analysis) [][]int32 {
	follows := make([][]int32, len(a.versions))
	for _, update := range x.updates {
		follows[update[0]] = append(follows[update[0]], update[1])
	}
	return follows
}

// cyclicVersions looks for versions that come before each other, and then
// forgets the order of their key.
func (a *analysis) cyclicVersions(follows [][]int32) {
	var edges []edge
	for v, all := range follows {
		for _, next := range all {
			edges = append(edges, edge{from: int32(v), to: next, kind: ww})
		}
	}
	g := newGraph(len(a.versions), edges)
	cyclic := map[int32]bool{}
	for _, tangle := range g.tangles() {
		key := a.versions[tangle[0]].key
		cyclic[key] = true
		var parties []int32
		for _, v := range tangle {
			if writer := a.writes.by[v]; writer != nobody && !slices.Contains(parties, writer) {
				parties = append(parties, writer)
			}
		}
		a.find(Finding{Kind: "cyclic-versions", ops: parties, key: key, version: initial, list: tangle,
			told: fmt.Sprintf("key %s held each of %s before the others, going by what its writers had read", a.keys[key], a.listText(tangle))})
	}
	for v := range follows {
		if cyclic[a.versions[v].key] {
			follows[v] = nil
		}
	}
}
