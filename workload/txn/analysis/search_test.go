package analysis

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// randomGraph draws edges among a few vertices. Real time does not run in
// circles.
func randomGraph(rng *rand.Rand) *graph {
	n := 2 + rng.IntN(5)
	var edges []edge
	for range rng.IntN(3 * n) {
		e := edge{from: int32(rng.IntN(n)), to: int32(rng.IntN(n)), kind: []kind{ww, wr, rw, rw, realtime}[rng.IntN(5)]}
		if e.kind == realtime && e.from > e.to {
			e.from, e.to = e.to, e.from
		}
		if e.from != e.to {
			edges = append(edges, e)
		}
	}
	return newGraph(n, edges)
}

// closed adds the realtime edges that follow from others: what ended before
// something that ended before a third ended before that.
func closed(g *graph) *graph {
	n := int32(g.size())
	before := make([][]bool, n)
	for v := range n {
		before[v] = make([]bool, n)
		for _, e := range g.out(v) {
			if e.kind == realtime {
				before[v][e.to] = true
			}
		}
	}
	for via := range n {
		for from := range n {
			for to := range n {
				before[from][to] = before[from][to] || before[from][via] && before[via][to]
			}
		}
	}
	edges := slices.Clone(g.edges)
	for from := range n {
		for to := range n {
			if before[from][to] {
				edges = append(edges, edge{from: from, to: to, kind: realtime})
			}
		}
	}
	return newGraph(int(n), edges)
}

// circlesOf gives the length of the shortest circle of each form, by looking at
// every circle there is.
func circlesOf(g *graph) map[string]int {
	shortest := map[string]int{}
	var way []edge
	var extend func(home, v int32)
	extend = func(home, v int32) {
		for _, e := range g.out(v) {
			if e.to < home || slices.ContainsFunc(way, func(w edge) bool { return w.from == e.to }) && e.to != home {
				continue
			}
			way = append(way, e)
			if e.to == home {
				if name := nameOf(way); name != "" && (shortest[name] == 0 || len(way) < shortest[name]) {
					shortest[name] = len(way)
				}
			} else {
				extend(home, e.to)
			}
			way = way[:len(way)-1]
		}
	}
	for home := range int32(g.size()) {
		extend(home, home)
	}
	return shortest
}

func nameOf(way []edge) string {
	count := map[kind]int{}
	adjacent := false
	for i, e := range way {
		count[e.kind]++
		adjacent = adjacent || e.kind == rw && way[(i+1)%len(way)].kind == rw
	}
	name := "G2-item"
	switch {
	case count[rw] == 0 && count[wr] == 0 && count[ww] == 0:
		return ""
	case count[rw] == 0 && count[wr] == 0:
		name = "G0"
	case count[rw] == 0:
		name = "G1c"
	case count[rw] == 1:
		name = "G-single-item"
	case !adjacent:
		name = "G-nonadjacent-item"
	}
	if count[realtime] > 0 {
		name += inRealtime
	}
	return name
}

// The search must find what enumeration finds where every realtime edge is there, unless worse circles are there
// that say the same; and what it finds must be a circle of that form.
func TestSearchFindsShortestCircles(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	found := map[string]int{}
	for range 20_000 {
		g := randomGraph(rng)
		all := circlesOf(closed(g))
		for _, f := range forms {
			if f.needs == process {
				continue
			}
			circle, limited := f.find(g)
			if limited {
				t.Fatal("a small search was limited")
			}
			if circle != nil {
				found[f.name]++
				checkCircle(t, f, circle)
			}
			excused := false
			for worse := range all {
				excused = excused || worse != f.name && implied(worse)[f.name] ||
					f.rws == nonadjacentRW && slices.Contains([]string{"G0", "G1c", "G0-realtime", "G1c-realtime"}, worse)
			}
			if want := all[f.name]; !excused && len(circle) != want {
				t.Fatalf("%s: found a circle of %d, there is one of %d: %+v", f.name, len(circle), want, g.edges)
			}
		}
	}
	for _, f := range forms {
		if f.needs != process && found[f.name] < 10 {
			t.Errorf("%s was found in %d graphs only", f.name, found[f.name])
		}
	}
}

func checkCircle(t *testing.T, f form, circle []edge) {
	t.Helper()
	met := map[int32]bool{}
	for i, e := range circle {
		if e.to != circle[(i+1)%len(circle)].from || met[e.from] {
			t.Fatalf("%s: no circle: %+v", f.name, circle)
		}
		met[e.from] = true
	}
	if name := nameOf(circle); name != f.name {
		t.Fatalf("%s: that is a %s: %+v", f.name, name, circle)
	}
}

// Components are the vertices that reach each other, numbered against the edges.
func TestComponentsAreMutualReach(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 2000 {
		g := randomGraph(rng)
		of, _ := walk{graph: g, allowed: ^kind(0)}.components()
		n := int32(g.size())
		reach := make([][]bool, n)
		for v := range n {
			reach[v] = make([]bool, n)
			stack := []int32{v}
			for len(stack) > 0 {
				u := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if reach[v][u] {
					continue
				}
				reach[v][u] = true
				for _, e := range g.out(u) {
					stack = append(stack, e.to)
				}
			}
		}
		for a := range n {
			for b := range n {
				if (of[2*a] == of[2*b]) != (reach[a][b] && reach[b][a]) {
					t.Fatalf("%d and %d: components %d and %d, %+v", a, b, of[2*a], of[2*b], g.edges)
				}
				if reach[a][b] && of[2*a] < of[2*b] {
					t.Fatalf("%d reaches %d, components %d and %d", a, b, of[2*a], of[2*b])
				}
			}
		}
	}
}
