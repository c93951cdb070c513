package nemesis

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// cuts is a network of which only the cut links are known.
type cuts map[[2]string]bool

func (c cuts) Cut(dest, src string) { c[[2]string{dest, src}] = true }
func (c cuts) Heal()                { clear(c) }

func (c cuts) Divide(cut func(dest, src string) bool, links int) {
	panic("a small cluster is divided by a rule")
}

// done gives what an act of a package came to.
func done(t *testing.T, p Package, a Act) json.RawMessage {
	t.Helper()
	var value json.RawMessage
	calls := 0
	if ok := p.Apply(a, func(v json.RawMessage) { value, calls = v, calls+1 }); !ok || calls != 1 {
		t.Fatalf("%s: applied %v, done %d times", a.F, ok, calls)
	}
	return value
}

// hears counts the other nodes that a node still hears.
func (c cuts) hears(node string, nodes []string) int {
	n := 0
	for _, other := range nodes {
		if other != node && !c[[2]string{node, other}] {
			n++
		}
	}
	return n
}

func cluster(n int) []string {
	var nodes []string
	for i := range n {
		nodes = append(nodes, fmt.Sprint("n", i))
	}
	return nodes
}

// isolate makes a partition of a shape and gives its links and how many others each node hears, sorted.
func isolate(t *testing.T, shape string, nodes []string, seed uint64) (cuts, []int) {
	t.Helper()
	links := cuts{}
	p := NewPartition(nodes, links, rand.New(rand.NewPCG(seed, 0)))
	done := done(t, p, Act{F: "start-partition", Value: quote(shape)})
	var value []json.RawMessage
	var cutOff map[string][]string
	if err := json.Unmarshal(done, &value); err != nil || string(value[0]) != `"isolated"` || json.Unmarshal(value[1], &cutOff) != nil {
		t.Fatalf("value of the completion: %s", done)
	}
	total := 0
	for node, sources := range cutOff {
		total += len(sources)
		for _, src := range sources {
			if !links[[2]string{node, src}] {
				t.Errorf("%s says that %s is cut from %s, which it is not", done, node, src)
			}
		}
	}
	if total != len(links) || len(cutOff) != len(nodes) {
		t.Errorf("%s tells %d cut links of %d", done, total, len(links))
	}
	var hears []int
	for _, node := range nodes {
		hears = append(hears, links.hears(node, nodes))
	}
	slices.Sort(hears)
	return links, hears
}

func TestShapesOfPartitions(t *testing.T) {
	cases := []struct {
		shape string
		nodes int
		hears []int
	}{
		{One, 5, []int{0, 3, 3, 3, 3}},
		{One, 1, []int{0}},
		{MinorityThird, 5, []int{0, 3, 3, 3, 3}},
		{MinorityThird, 7, []int{1, 1, 4, 4, 4, 4, 4}},
		{MinorityThird, 3, []int{2, 2, 2}}, // no node is less than a third of three: nothing is cut
		{Majority, 5, []int{1, 1, 2, 2, 2}},
		{Majority, 4, []int{1, 1, 1, 1}},
		{OneWay, 5, []int{1, 1, 4, 4, 4}},
		{OneWay, 4, []int{1, 1, 3, 3}},
		{OneWay, 1, []int{0}},
		{MajoritiesRing, 5, []int{2, 2, 2, 2, 2}},
		{MajoritiesRing, 3, []int{1, 1, 1}},
		{MajoritiesRing, 1, []int{0}},
	}
	for _, c := range cases {
		for seed := range uint64(10) {
			if _, hears := isolate(t, c.shape, cluster(c.nodes), seed); !slices.Equal(hears, c.hears) {
				t.Errorf("%s of %d: nodes hear %v others, want %v", c.shape, c.nodes, hears, c.hears)
			}
		}
	}
}

func TestEveryNodeOfALargeRingHearsAMajorityBothWays(t *testing.T) {
	for _, n := range []int{6, 7, 25} {
		nodes := cluster(n)
		links, hears := isolate(t, MajoritiesRing, nodes, 1)
		if hears[0]+1 < majority(n) || hears[n-1] > majority(n) {
			t.Errorf("%d nodes hear %v others", n, hears)
		}
		for link := range links {
			if !links[[2]string{link[1], link[0]}] {
				t.Errorf("%v is cut one way only", link)
			}
		}
	}
}

func TestFaultsAndTheirEndsTakeTurnsAtTheInterval(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	n := New(10*time.Second, rng, NewPartition(cluster(5), cuts{}, rng))
	now := 300 * time.Millisecond
	if at, ok := n.Due(now); !ok || at != now {
		t.Fatalf("the first act is due at %v", at)
	}
	shapes := map[string]int{}
	for i := range 4000 {
		at, _ := n.Due(now)
		now = at
		a := n.Take(now)
		if want := []string{"start-partition", "stop-partition"}[i%2]; a.F != want {
			t.Fatalf("act %d is %s", i, a.F)
		}
		shapes[string(a.Value)]++
	}
	if mean := now / 4000; mean < 9700*time.Millisecond || mean > 10300*time.Millisecond {
		t.Errorf("%v between acts", mean)
	}
	for _, shape := range Shapes() {
		if count := shapes[string(quote(shape))]; count < 400 || count > 600 {
			t.Errorf("%s came %d times of 2000", shape, count)
		}
	}
}

func TestWithoutPackagesNothingIsDue(t *testing.T) {
	n := New(time.Second, rand.New(rand.NewPCG(1, 1)))
	if _, ok := n.Due(0); ok || len(n.Final()) != 0 {
		t.Error("something is due")
	}
}

func TestFaultsAreParsedAsMaelstromDoes(t *testing.T) {
	if faults, err := ParseFaults(" partition , partition"); err != nil || !slices.Equal(faults, []string{"partition"}) {
		t.Error(faults, err)
	}
	if faults, err := ParseFaults(""); err != nil || faults != nil {
		t.Error(faults, err)
	}
	if _, err := ParseFaults("partition,maim"); err == nil || !strings.Contains(err.Error(), `"maim" is not a fault: partition, loss`) {
		t.Error(err)
	}
}
