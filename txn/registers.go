package txn

import (
	"slices"
	"strconv"

	"eddy/actor/node/wire"
)

// stamp orders writes, totally and alike on all nodes: by Lamport time, then by node, by the node's incarnation, and by the
// place within the transaction.
type stamp struct {
	time        int64
	node        int // place among the nodes
	incarnation int64
	index       int64 // of single writes; 0 where transactions travel whole
}

func (s stamp) before(t stamp) bool {
	switch {
	case s.time != t.time:
		return s.time < t.time
	case s.node != t.node:
		return s.node < t.node
	case s.incarnation != t.incarnation:
		return s.incarnation < t.incarnation
	}
	return s.index < t.index
}

// registers is the state of a node: of each key the value with the latest stamp.
type registers struct {
	byKey map[string]*register // by the key's canonical form
	bug   Bug
}

type register struct {
	key   wire.Raw
	value wire.Raw
	stamp stamp
}

func newRegisters(bug Bug) registers { return registers{byKey: map[string]*register{}, bug: bug} }

// read gives the value of a key, null if nobody has written it.
func (r *registers) read(name string) wire.Raw {
	if reg := r.byKey[name]; reg != nil {
		return reg.value
	}
	return wire.Raw("null")
}

// write puts a value in place unless one with a later stamp, or itself, is there,
// and reports whether it did. The value is kept.
func (r *registers) write(name string, w write, at stamp) bool {
	reg := r.byKey[name]
	switch {
	case reg == nil:
		r.byKey[name] = &register{w.key, w.value, at}
	case r.bug == TiesStay && reg.stamp.time == at.time:
		return false
	case reg.stamp.before(at), r.bug == LastComeStays && reg.stamp != at:
		reg.value, reg.stamp = w.value, at
	default:
		return false
	}
	return true
}

// write is a key and what it is set to, as they were spelled.
type write struct{ key, value wire.Raw }

// group is writes with one stamp, which are applied together.
type group struct {
	stamp  stamp
	writes []write
}

// groups gives the whole state, the writes of one stamp together, in the order of
// the stamps.
func (r *registers) groups() []group {
	all := make([]*register, 0, len(r.byKey))
	for _, reg := range r.byKey {
		all = append(all, reg)
	}
	slices.SortFunc(all, func(a, b *register) int {
		switch {
		case a.stamp.before(b.stamp):
			return -1
		case b.stamp.before(a.stamp):
			return 1
		}
		return slices.Compare(a.key, b.key)
	})
	var groups []group
	for _, reg := range all {
		if n := len(groups); n == 0 || groups[n-1].stamp != reg.stamp {
			groups = append(groups, group{stamp: reg.stamp})
		}
		g := &groups[len(groups)-1]
		g.writes = append(g.writes, write{reg.key, reg.value})
	}
	return groups
}

// appendJSON writes a group as it travels: {"t":12,"n":0,"l":77,"w":[key,value,key,value]}, with "i" the index where it is
// not 0.
func (g *group) appendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"t":`...), g.stamp.time, 10)
	if g.stamp.index != 0 {
		dst = strconv.AppendInt(append(dst, `,"i":`...), g.stamp.index, 10)
	}
	dst = strconv.AppendInt(append(dst, `,"n":`...), int64(g.stamp.node), 10)
	dst = strconv.AppendInt(append(dst, `,"l":`...), g.stamp.incarnation, 10)
	dst = append(dst, `,"w":[`...)
	for i, w := range g.writes {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, w.key...), ','), w.value...)
	}
	return append(dst, `]}`...)
}
