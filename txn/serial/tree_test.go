package serial

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"eddy/actor/node/wire"
)

// A tree that goes through JSON at every commit holds what a plain map holds, in
// the newest version and in every older one.
func TestTreeHoldsWhatAMapHolds(t *testing.T) {
	for _, bytesMax := range []int{1, 60, 1 << 20} {
		rng := rand.New(rand.NewPCG(1, 2))
		s := newShelf(1 << 20)
		plain := map[string]wire.Raw{}
		roots, states := []ref{{}}, []map[string]wire.Raw{{}}
		for commit := range 150 {
			changed := map[string]wire.Raw{}
			for range 1 + rng.IntN(4) {
				name := strconv.Itoa(rng.IntN(100))
				changed[name] = extended(plain[name], wire.Raw(strconv.Itoa(commit)))
			}
			maps.Copy(plain, changed)
			id := fmt.Sprint("c", commit)
			tree := roots[commit].with(changed, 0, bytesMax, s.node)
			_, text := newChunk(tree, map[string]string{"n0": id})
			read, err := parseChunk(id, text)
			if err != nil {
				t.Fatal(err)
			}
			s.put(id, read)
			roots, states = append(roots, read.root(id)), append(states, maps.Clone(plain))
		}
		for i, root := range roots {
			for name := range 100 {
				got, missing := root.find(strconv.Itoa(name), s.node)
				if want := states[i][strconv.Itoa(name)]; string(got) != string(want) || missing != "" {
					t.Fatalf("leaves of %d bytes, version %d, key %d: %s, missing %q, want %s", bytesMax, i, name, got, missing, want)
				}
			}
		}
	}
}

// What was committed is the same tree for who made it and for who reads it.
func TestSettledChunkIsWhatOthersRead(t *testing.T) {
	changed := map[string]wire.Raw{}
	for i := range 40 {
		changed[strconv.Itoa(i)] = wire.Raw("[1]")
	}
	own, text := newChunk(ref{}.with(changed, 0, 50, nil), map[string]string{"n0": "a"})
	own.settle("a")
	read, err := parseChunk("a", text)
	if err != nil {
		t.Fatal(err)
	}
	if len(own.nodes) < 5 || len(own.nodes) != len(read.nodes) {
		t.Fatalf("%d nodes, and %d read", len(own.nodes), len(read.nodes))
	}
	for i := range own.nodes {
		if !slices.Equal(own.nodes[i].kids, read.nodes[i].kids) {
			t.Errorf("node %d: %v, read %v", i, own.nodes[i].kids, read.nodes[i].kids)
		}
	}
}

// A commit writes the way to what it changes, and no more.
func TestCommitToALargeTreeIsSmall(t *testing.T) {
	all := map[string]wire.Raw{}
	for i := range 10_000 {
		all[strconv.Itoa(i)] = wire.Raw("[1,2,3,4,5,6,7,8]")
	}
	s := newShelf(1 << 20)
	first, _ := newChunk(ref{}.with(all, 0, 1000, s.node), nil)
	first.settle("a")
	s.put("a", first)
	second, text := newChunk(first.root("a").with(map[string]wire.Raw{"7": wire.Raw("[0]")}, 0, 1000, s.node), nil)
	if len(second.nodes) > 5 || len(text) > 3000 {
		t.Errorf("%d nodes, %d bytes", len(second.nodes), len(text))
	}
}

func TestDamagedChunkIsRefused(t *testing.T) {
	for _, text := range []string{
		`5`, `{"nodes":[]}`, `{"nodes":[{"kids":[null]}]}`,
		`{"nodes":[{"kids":[0,null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]}]}`,
		`{"nodes":[{"kids":[["a"],null,null,null,null,null,null,null,null,null,null,null,null,null,null,null]}]}`,
	} {
		if _, err := parseChunk("a", wire.Raw(text)); err == nil {
			t.Errorf("%s was taken for a chunk", text)
		}
	}
}

func TestShelfForgetsWhatWasNotUsedForLongest(t *testing.T) {
	s := newShelf(16)
	for i := range 16 {
		s.put(strconv.Itoa(i), &chunk{})
	}
	s.take("0")
	s.tidy()
	if len(s.chunks) != 16 {
		t.Errorf("%d chunks where there is room for all", len(s.chunks))
	}
	s.put("16", &chunk{})
	s.tidy()
	if len(s.chunks) > 16 || s.take("0") == nil || s.take("16") == nil || s.take("1") != nil {
		t.Errorf("the shelf holds %v", slices.Sorted(maps.Keys(s.chunks)))
	}
}
