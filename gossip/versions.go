package gossip

import (
	"cmp"
	"maps"
	"slices"
)

// memory is what a node keeps from one init to the next time it is killed.
type memory struct {
	origin int32 // the node, by its place in the order of nodes
	life   int64 // drawn at random, so that a node's memories differ
}

// stamp is a value's identity: the memory that a client gave it to, and which
// one of that memory's values it is, counted from 1. Copies of a value that
// came by different ways have one stamp, so that they are known to be copies.
type stamp struct {
	memory
	seq int64
}

// versions is a version vector (Parker et al., Detection of Mutual Inconsistency
// in Distributed Systems, 1983): of each memory, up to where its values are here,
// and those behind a gap. Two nodes that have told each other their vectors
// know what each lacks.
type versions struct {
	upTo   map[memory]int64
	beyond map[stamp]struct{} // a gap comes before these
}

// add enters a stamp and reports whether it was new.
func (v *versions) add(s stamp) bool {
	if v.covers(s) {
		return false
	}
	if v.upTo == nil {
		v.upTo, v.beyond = make(map[memory]int64), make(map[stamp]struct{})
	}
	v.beyond[s] = struct{}{}
	v.close(s.memory)
	return true
}

// close moves on over the gaps that have been filled.
func (v *versions) close(m memory) {
	for {
		next := stamp{m, v.upTo[m] + 1}
		if _, here := v.beyond[next]; !here {
			return
		}
		delete(v.beyond, next)
		v.upTo[m] = next.seq
	}
}

func (v *versions) covers(s stamp) bool {
	if s.seq <= v.upTo[s.memory] {
		return true
	}
	_, here := v.beyond[s]
	return here
}

// told is the vector as nodes tell it: origin, life and last number of each
// memory in turn. What lies behind a gap is left out: it may be sent again.
func (v *versions) told() []int64 {
	memories := slices.SortedFunc(maps.Keys(v.upTo), func(a, b memory) int {
		return cmp.Or(cmp.Compare(a.origin, b.origin), cmp.Compare(a.life, b.life))
	})
	out := make([]int64, 0, 3*len(memories))
	for _, m := range memories {
		out = append(out, int64(m.origin), m.life, v.upTo[m])
	}
	return out
}

// raise takes in a vector that was told.
func (v *versions) raise(told []int64) {
	if v.upTo == nil {
		v.upTo, v.beyond = make(map[memory]int64), make(map[stamp]struct{})
	}
	for ; len(told) >= 3; told = told[3:] {
		m := memory{int32(told[0]), told[1]}
		v.upTo[m] = max(v.upTo[m], told[2])
		v.close(m)
	}
}
