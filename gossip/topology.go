package gossip

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"eddy/actor/node/wire"
	"eddy/internal/suggest"
)

// topology is who is whose neighbour, as far as it follows from the order of
// the nodes. kind given waits for Maelstrom's topology message instead.
type topology struct {
	kind  string
	width int // children a node of a tree, nodes a cluster
}

const topologyNames = "given, line, grid, tree:k, star, clusters:k, mesh"

func parseTopology(spec string) (topology, error) {
	kind, width, wide := strings.Cut(spec, ":")
	t := topology{kind: kind}
	switch kind {
	case "given", "line", "grid", "star", "mesh":
		if wide {
			return t, fmt.Errorf("--topology %s: %s takes no number", spec, kind)
		}
	case "tree", "clusters":
		n, err := strconv.Atoi(width)
		if err != nil || n < 1 {
			return t, fmt.Errorf("--topology %s: write %s:k with a whole number k of at least 1", spec, kind)
		}
		t.width = n
	default:
		return t, fmt.Errorf("--topology %s: there is no such%s", spec, suggest.Among(spec, strings.Split(topologyNames, ", ")))
	}
	return t, nil
}

// neighbours of node i of n, in ascending order.
func (t topology) neighbours(i, n int) []int {
	var near []int
	add := func(j int) {
		if 0 <= j && j < n && j != i {
			near = append(near, j)
		}
	}
	switch t.kind {
	case "line":
		add(i - 1)
		add(i + 1)
	case "grid":
		t.grid(i, n, add)
	case "tree":
		if i > 0 {
			add((i - 1) / t.width)
		}
		for child := range t.width {
			add(i*t.width + 1 + child)
		}
	case "star":
		if i > 0 {
			add(0)
			break
		}
		for j := range n {
			add(j)
		}
	case "clusters":
		t.cluster(i, n, add)
	case "mesh":
		for j := range n {
			add(j)
		}
	}
	return near
}

// grid is as square as it can be, its side the root of n rounded up, as
// Maelstrom's own.
func (topology) grid(i, n int, add func(int)) {
	side := int(math.Ceil(math.Sqrt(float64(n))))
	add(i - side)
	if i%side > 0 {
		add(i - 1)
	}
	if i%side < side-1 {
		add(i + 1)
	}
	add(i + side)
}

// cluster: the first of each run of width nodes is its hub; a node is linked to
// its hub, a hub also to every other hub.
func (t topology) cluster(i, n int, add func(int)) {
	hub := i - i%t.width
	if i != hub {
		add(hub)
		return
	}
	for other := 0; other < n; other += t.width {
		if other == hub {
			for member := hub + 1; member < hub+t.width; member++ {
				add(member)
			}
			continue
		}
		add(other)
	}
}

// across reports whether a link is between two hubs, all of which are linked.
func (t topology) across(i, j int) bool {
	return t.kind == "clusters" && i%t.width == 0 && j%t.width == 0
}

// givenTo reads one node's neighbours out of Maelstrom's topology of all of them;
// a node that is not in it has none. The others' are passed over: in a cluster of
// thousands every node is told those of thousands.
func givenTo(id string, topology wire.Raw) ([]string, error) {
	entry, found, err := wire.Member(topology, id)
	if err != nil || !found {
		return nil, err
	}
	var own struct {
		Peers []string `json:"peers"`
	}
	err = wire.Unmarshal(slices.Concat([]byte(`{"peers":`), entry, []byte{'}'}), &own)
	return own.Peers, err
}
