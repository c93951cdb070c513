package analysis

// kind is why one transaction comes before another; sets of them are its sum.
type kind uint8

const (
	ww kind = 1 << iota // the second overwrote what the first wrote
	wr                  // the second read what the first wrote
	rw                  // the second overwrote what the first read
	process
	realtime
)

func (k kind) String() string {
	switch k {
	case ww:
		return "ww"
	case wr:
		return "wr"
	case rw:
		return "rw"
	case process:
		return "process"
	}
	return "realtime"
}

// edge is one dependency. Before and after are the versions that prove it: of
// wr, after is what was read.
type edge struct {
	from, to      int32
	before, after int32
	kind          kind
}

// graph holds vertices 0 to n-1 and their edges, those of vertex v at
// edges[start[v]:start[v+1]].
type graph struct {
	start []int32
	edges []edge
}

// newGraph sorts edges by where they start, which takes linear time and keeps
// the order of each vertex' own.
func newGraph(n int, edges []edge) *graph {
	g := &graph{start: make([]int32, n+1), edges: make([]edge, len(edges))}
	for _, e := range edges {
		g.start[e.from+1]++
	}
	for v := range n {
		g.start[v+1] += g.start[v]
	}
	next := append([]int32(nil), g.start[:n]...)
	for _, e := range edges {
		g.edges[next[e.from]] = e
		next[e.from]++
	}
	return g
}

func (g *graph) size() int { return len(g.start) - 1 }

func (g *graph) out(v int32) []edge { return g.edges[g.start[v]:g.start[v+1]] }

// within gives the part of g between some vertices, which are numbered in their
// order from 0. The place of every vertex is left in place, which is as long as
// g has vertices and holds nobody elsewhere.
func (g *graph) within(vertices []int32, place []int32) *graph {
	for i, v := range vertices {
		place[v] = int32(i)
	}
	var edges []edge
	for i, v := range vertices {
		for _, e := range g.out(v) {
			if to := place[e.to]; to != nobody {
				e.from, e.to = int32(i), to
				edges = append(edges, e)
			}
		}
	}
	for _, v := range vertices {
		place[v] = nobody
	}
	return newGraph(len(vertices), edges)
}

// walk says which edges may follow each other. Its nodes are vertices, twice:
// 2v for v itself, 2v+1 for v reached by an rw edge, where no rw edge may follow
// another; else 2v+1 is not used.
type walk struct {
	*graph
	allowed     kind
	nonadjacent bool
}

// step tells where edge e leads from a node, if it may be taken there.
func (w walk) step(node int32, e *edge) (to int32, allowed bool) {
	if e.kind&w.allowed == 0 {
		return 0, false
	}
	if w.nonadjacent && e.kind == rw {
		return 2*e.to + 1, node&1 == 0
	}
	return 2 * e.to, true
}

// components numbers the strongly connected components of the walk's nodes, each
// before all from which it can be reached: Tarjan's algorithm ("Depth-first
// search and linear graph algorithms", 1972), with a stack of its own.
func (w walk) components() (of []int32, sizes []int32) {
	n := 2 * w.size()
	of = make([]int32, n)
	index, low := make([]int32, n), make([]int32, n) // from 1; 0 is not met yet
	for i := range of {
		of[i] = nobody
	}
	type frame struct {
		node int32
		next int32 // edge to look at
	}
	var frames []frame
	var open []int32
	count := int32(0)
	enter := func(node int32) {
		count++
		index[node], low[node] = count, count
		open = append(open, node)
		frames = append(frames, frame{node, w.start[node/2]})
	}
	for root := range int32(n) {
		if index[root] != 0 || root&1 == 1 {
			continue
		}
		enter(root)
		for len(frames) > 0 {
			f := &frames[len(frames)-1]
			if f.next < w.start[f.node/2+1] {
				e := &w.edges[f.next]
				f.next++
				to, ok := w.step(f.node, e)
				switch {
				case !ok:
				case index[to] == 0:
					enter(to)
				case of[to] == nobody:
					low[f.node] = min(low[f.node], index[to])
				}
				continue
			}
			node := f.node
			frames = frames[:len(frames)-1]
			if len(frames) > 0 {
				parent := frames[len(frames)-1].node
				low[parent] = min(low[parent], low[node])
			}
			if low[node] != index[node] {
				continue
			}
			size := int32(0)
			for member := nobody; member != node; {
				member = open[len(open)-1]
				open = open[:len(open)-1]
				of[member] = int32(len(sizes))
				size++
			}
			sizes = append(sizes, size)
		}
	}
	return of, sizes
}

// tangles gives the components of more than one vertex, the vertices of each in
// order: outside of them there is no cycle. They come in the order of their
// first vertices.
func (g *graph) tangles() [][]int32 {
	of, sizes := walk{graph: g, allowed: ^kind(0)}.components()
	at := make([]int32, len(sizes))
	for i := range at {
		at[i] = nobody
	}
	var all [][]int32
	for v := range int32(g.size()) {
		component := of[2*v]
		if sizes[component] < 2 {
			continue
		}
		if at[component] == nobody {
			at[component] = int32(len(all))
			all = append(all, make([]int32, 0, sizes[component]))
		}
		all[at[component]] = append(all[at[component]], v)
	}
	return all
}
