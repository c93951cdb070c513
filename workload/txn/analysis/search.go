package analysis

import "slices"

// form is a kind of circle: which edges it is made of.
type form struct {
	name  string
	deps  kind // any number of these
	first kind // and one of these at least: the search begins with it
	rws   rwRule
	needs kind // and one of these at least: process or realtime, 0 for none
}

// rwRule says how many rw edges a circle has.
type rwRule uint8

const (
	noRW          rwRule = iota
	oneRW                // exactly one
	nonadjacentRW        // several, no two in a row
	adjacentRW           // several, two of them in a row at least
)

// forms are the circles by how bad they are, worst first, each before its
// variants.
var forms = func() []form {
	plain := []form{
		{name: "G0", deps: ww, first: ww},
		{name: "G1c", deps: ww | wr, first: wr},
		{name: "G-single-item", deps: ww | wr, first: rw, rws: oneRW},
		{name: "G-nonadjacent-item", deps: ww | wr, first: rw, rws: nonadjacentRW},
		{name: "G2-item", deps: ww | wr, first: rw, rws: adjacentRW},
	}
	all := plain
	for _, variant := range []struct {
		suffix string
		needs  kind
	}{{inProcess, process}, {inRealtime, realtime}} {
		for _, f := range plain {
			f.name, f.deps, f.needs = f.name+variant.suffix, f.deps|variant.needs, variant.needs
			all = append(all, f)
		}
	}
	return all
}()

// stepsMax bounds the edges that one search looks at, in one tangle. It is far
// above what a search needs that finds something.
const stepsMax = 20_000_000

// search looks for the shortest circle of one form in one tangle. Of the orders of
// processes and of real time a graph has only the edges from which the others follow, so
// several of them in a row count as the one that they imply.
type search struct {
	*graph
	form
	walk  walk
	deps  []int32 // components without rw, for forms with one rw; else nil
	steps int     // edges looked at
	best  []edge  // the shortest circle so far

	stamp    int32   // of the present way
	seen     []int32 // by state: stamp of the way that reached it
	by       []int32 // by state: the edge that reached it
	previous []int32 // by state: the state before, nobody's for the first
	length   []int32 // by state: of the way that reached it
}

// A state of a search is a vertex, and what of the form is done by then.
const (
	hasNeeded   = 1 << iota // the edge that the form needs was taken
	afterRW                 // the last edge was rw
	severalRW               // two rw at least were taken
	afterNeeded             // the last edge was one that the form needs
	stateCount  = 1 << iota
)

// find gives the edges of a shortest circle of the form, nil if there is none.
// limited tells that the search ended before it knew.
func (f form) find(g *graph) (circle []edge, limited bool) {
	allowed := f.deps
	if f.rws != noRW {
		allowed |= rw
	}
	n := g.size() * stateCount
	s := &search{
		graph: g, form: f, walk: walk{graph: g, allowed: allowed, nonadjacent: f.rws == nonadjacentRW},
		seen: make([]int32, n), by: make([]int32, n), previous: make([]int32, n), length: make([]int32, n),
	}
	of, _ := s.walk.components()
	if f.rws == oneRW {
		s.deps, _ = walk{graph: g, allowed: f.deps}.components()
	}
	for e := range int32(len(g.edges)) {
		first := &g.edges[e]
		if first.kind&f.first == 0 {
			continue
		}
		to, _ := s.walk.step(2*first.from, first)
		if of[2*first.from] != of[to] || !s.leadsBack(first.to, first.from) {
			continue
		}
		s.begin(e)
		limited = s.steps > stepsMax
		if limited || s.best != nil && len(s.best) <= f.least() {
			break
		}
	}
	return s.best, limited && s.best == nil
}

// least is how short circles of the form can be.
func (f form) least() int {
	if f.rws == nonadjacentRW {
		return 4
	}
	return 2
}

// leadsBack is false where no way leads from one vertex to another without rw,
// if the form has its one rw already: components are numbered against the edges.
func (s *search) leadsBack(from, to int32) bool {
	return s.deps == nil || s.deps[2*from] >= s.deps[2*to]
}

// begin looks, breadth first, for a way from an edge back to where it starts
// that makes a shorter circle than the best.
func (s *search) begin(first int32) {
	home := s.edges[first].from
	flags := int32(0)
	if s.edges[first].kind&s.needs != 0 {
		flags |= hasNeeded
	}
	if s.rws == nonadjacentRW {
		flags |= afterRW
	}
	s.stamp++
	state := s.edges[first].to*stateCount + flags
	s.reach(state, first, nobody, 1)
	layer := []int32{state}
	for length := 2; len(layer) > 0 && s.steps <= stepsMax && (s.best == nil || length <= len(s.best)); length++ {
		// What makes no way longer comes first, or a way would not be the shortest.
		for i := 0; i < len(layer); i++ {
			var found bool
			if layer, found = s.extend(layer, layer[i], home, length, true); found {
				return
			}
		}
		if s.best != nil && length == len(s.best) {
			return // what follows is no shorter
		}
		var next []int32
		for _, state := range layer {
			if s.length[state] != int32(length-1) {
				continue // a shorter way was found since
			}
			var found bool
			if next, found = s.extend(next, state, home, length, false); found {
				return
			}
		}
		layer = next
	}
}

// extend takes the edges that make a way longer, or those that do not, and adds the
// states that they reach. It reports whether a circle was found.
func (s *search) extend(to []int32, state, home int32, length int, free bool) (reached []int32, found bool) {
	if free {
		if state%stateCount&afterNeeded == 0 {
			return to, false
		}
		length--
	}
	v := state / stateCount
	for e := s.start[v]; e < s.start[v+1]; e++ {
		s.steps++
		edge := &s.edges[e]
		if s.free(state%stateCount, edge) != free || !s.mayTake(edge, state%stateCount, length) || !s.leadsBack(edge.to, home) {
			continue
		}
		flags := s.taken(state%stateCount, edge)
		if edge.to == home && s.complete(flags) {
			s.keep(state, e)
			return to, true
		}
		if next := edge.to*stateCount + flags; s.seen[next] != s.stamp || s.length[next] > int32(length) {
			s.reach(next, e, state, length)
			to = append(to, next)
		}
	}
	return to, false
}

// free tells whether an edge only continues the one before it.
func (s *search) free(flags int32, e *edge) bool { return flags&afterNeeded != 0 && e.kind == s.needs }

func (s *search) reach(state, by, previous int32, length int) {
	s.seen[state], s.by[state], s.previous[state], s.length[state] = s.stamp, by, previous, int32(length)
}

// mayTake tells whether the form lets an edge be the next, which makes the way
// so long.
func (s *search) mayTake(e *edge, flags int32, length int) bool {
	switch {
	case e.kind&s.walk.allowed == 0:
		return false
	case s.rws == oneRW:
		return e.kind != rw
	case s.rws == nonadjacentRW:
		return e.kind != rw || flags&afterRW == 0
	case s.rws == adjacentRW && length == 2:
		return e.kind == rw
	}
	return true
}

// taken gives the flags behind an edge.
func (s *search) taken(flags int32, e *edge) int32 {
	flags &^= afterNeeded
	if e.kind&s.needs != 0 {
		flags |= hasNeeded | afterNeeded
	}
	switch {
	case s.rws != nonadjacentRW:
	case e.kind == rw:
		flags |= afterRW | severalRW
	default:
		flags &^= afterRW
	}
	return flags
}

// complete tells whether a way that has come home is a circle of the form.
func (s *search) complete(flags int32) bool {
	if s.needs != 0 && flags&hasNeeded == 0 {
		return false
	}
	return s.rws != nonadjacentRW || flags&(afterRW|severalRW) == severalRW
}

// keep makes a way, which ends with an edge behind a state, the best. A way that
// meets a vertex twice is no circle but several: each of them is another
// anomaly, found under its own name.
func (s *search) keep(state, last int32) {
	way := []int32{last}
	for ; state != nobody; state = s.previous[state] {
		way = append(way, s.by[state])
	}
	slices.Reverse(way)
	var circle []edge
	for _, e := range way {
		if n := len(circle); n > 0 && s.needs != 0 && circle[n-1].kind == s.needs && s.edges[e].kind == s.needs {
			circle[n-1].to = s.edges[e].to
			continue
		}
		circle = append(circle, s.edges[e])
	}
	met := map[int32]bool{}
	for _, e := range circle {
		if met[e.from] {
			return
		}
		met[e.from] = true
	}
	s.best = circle
}
