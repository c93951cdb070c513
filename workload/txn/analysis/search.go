package analysis

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

// search looks for the shortest circle of one form in one tangle.
type search struct {
	*graph
	form
	walk  walk
	deps  []int32 // components without rw, for forms with one rw; else nil
	steps int     // edges looked at
	best  []int32 // edges of the shortest circle so far

	stamp    int32   // of the present way
	seen     []int32 // by state: stamp of the way that reached it
	by       []int32 // by state: the edge that reached it first
	previous []int32 // by state: the state before, nobody's for the first
}

// A state of a search is a vertex, and what of the form is done by then.
const (
	hasNeeded  = 1 << iota // the edge that the form needs was taken
	afterRW                // the last edge was rw
	severalRW              // two rw at least were taken
	stateCount = 1 << iota
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
		seen: make([]int32, n), by: make([]int32, n), previous: make([]int32, n),
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
	for _, e := range s.best {
		circle = append(circle, g.edges[e])
	}
	return circle, limited && circle == nil
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
	s.reach(state, first, nobody)
	layer, next := []int32{state}, []int32(nil)
	for length := 2; len(layer) > 0 && s.steps <= stepsMax && (s.best == nil || length < len(s.best)); length++ {
		next = next[:0]
		for _, state := range layer {
			v := state / stateCount
			for e := s.start[v]; e < s.start[v+1]; e++ {
				s.steps++
				edge := &s.edges[e]
				if !s.mayTake(edge, state%stateCount, length) || !s.leadsBack(edge.to, home) {
					continue
				}
				flags := s.taken(state%stateCount, edge)
				if edge.to == home && s.complete(flags) {
					s.keep(state, e)
					return
				}
				if to := edge.to*stateCount + flags; s.seen[to] != s.stamp {
					s.reach(to, e, state)
					next = append(next, to)
				}
			}
		}
		layer, next = next, layer
	}
}

func (s *search) reach(state, by, previous int32) {
	s.seen[state], s.by[state], s.previous[state] = s.stamp, by, previous
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
	if e.kind&s.needs != 0 {
		flags |= hasNeeded
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
	met := map[int32]bool{}
	for i, j := 0, len(way)-1; i < j; i, j = i+1, j-1 {
		way[i], way[j] = way[j], way[i]
	}
	for _, e := range way {
		if from := s.edges[e].from; met[from] {
			return
		} else {
			met[from] = true
		}
	}
	s.best = way
}
