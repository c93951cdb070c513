package gossip

import (
	"fmt"
	"slices"
	"testing"
)

func TestNeighbours(t *testing.T) {
	for _, c := range []struct {
		spec string
		n    int
		want string // of each node in turn
	}{
		{"line", 4, "[[1] [0 2] [1 3] [2]]"},
		{"grid", 5, "[[1 3] [0 2 4] [1] [0 4] [1 3]]"},
		{"tree:2", 6, "[[1 2] [0 3 4] [0 5] [1] [1] [2]]"},
		{"tree:1", 3, "[[1] [0 2] [1]]"},
		{"star", 4, "[[1 2 3] [0] [0] [0]]"},
		{"clusters:2", 5, "[[1 2 4] [0] [0 3 4] [2] [0 2]]"},
		{"clusters:9", 3, "[[1 2] [0] [0]]"},
		{"mesh", 3, "[[1 2] [0 2] [0 1]]"},
		{"given", 3, "[[] [] []]"},
		{"star", 1, "[[]]"},
	} {
		topology, err := parseTopology(c.spec)
		if err != nil {
			t.Fatal(err)
		}
		var got [][]int
		for i := range c.n {
			got = append(got, topology.neighbours(i, c.n))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s of %d: %v, want %s", c.spec, c.n, got, c.want)
		}
	}
}

func TestEveryTopologyIsConnectedAndMutual(t *testing.T) {
	for _, spec := range []string{"line", "grid", "tree:1", "tree:3", "star", "clusters:1", "clusters:4", "mesh"} {
		topology, err := parseTopology(spec)
		if err != nil {
			t.Fatal(err)
		}
		for n := 1; n <= 40; n++ {
			reached, todo := map[int]bool{0: true}, []int{0}
			for len(todo) > 0 {
				i := todo[0]
				todo = todo[1:]
				for _, j := range topology.neighbours(i, n) {
					if !slices.Contains(topology.neighbours(j, n), i) {
						t.Errorf("%s of %d: %d is a neighbour of %d, but not the other way round", spec, n, j, i)
					}
					if !reached[j] {
						reached[j] = true
						todo = append(todo, j)
					}
				}
			}
			if len(reached) != n {
				t.Errorf("%s of %d: only %d are reached", spec, n, len(reached))
			}
		}
	}
}
