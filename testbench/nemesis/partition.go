package nemesis

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
)

// Links are the connections between nodes that a partition cuts.
type Links interface {
	// Cut makes dest drop what comes from src, in that direction only.
	Cut(dest, src string)
	// Heal ends all cuts.
	Heal()
}

// Shapes of a partition, in the words of Maelstrom's histories.
const (
	One            = "one"             // one node alone
	MinorityThird  = "minority-third"  // fewer than a third of the nodes apart from the others
	Majority       = "majority"        // two halves, the larger with the odd node
	MajoritiesRing = "majorities-ring" // every node sees a majority, and no two the same
)

// Shapes lists what a [Partition] draws from.
func Shapes() []string { return []string{One, MinorityThird, Majority, MajoritiesRing} }

// Partition is the package that cuts the network in two, or into overlapping majorities, and heals it.
type Partition struct {
	nodes []string
	links Links
	rng   *rand.Rand
	cut   bool
}

// NewPartition makes the package for a cluster of nodes.
func NewPartition(nodes []string, links Links, rng *rand.Rand) *Partition {
	return &Partition{nodes: nodes, links: links, rng: rng}
}

// Next starts a partition of a shape drawn evenly, or stops the one that is there.
func (p *Partition) Next() Act {
	if p.cut = !p.cut; !p.cut {
		return Act{F: "stop-partition"}
	}
	shapes := Shapes()
	return Act{F: "start-partition", Value: quote(shapes[p.rng.IntN(len(shapes))])}
}

// Final heals, whether or not there is a partition.
func (p *Partition) Final() []Act { return []Act{{F: "stop-partition"}} }

// Apply cuts the links of the shape asked for, and answers ["isolated", {node: [sources cut off]}]; or
// heals, and answers "network-healed".
func (p *Partition) Apply(a Act) (json.RawMessage, bool) {
	switch a.F {
	case "start-partition":
		var shape string
		if err := json.Unmarshal(a.Value, &shape); err != nil {
			return nil, false
		}
		g := p.grudge(shape)
		for _, snub := range g {
			for _, src := range snub.from {
				p.links.Cut(snub.node, src)
			}
		}
		return g.isolated(), true
	case "stop-partition":
		p.links.Heal()
		return quote("network-healed"), true
	}
	return nil, false
}

// grudge says for each node, in the order of the cluster, whose messages it drops.
type grudge []snub

type snub struct {
	node string
	from []string
}

func (p *Partition) grudge(shape string) grudge {
	n := len(p.nodes)
	order := p.rng.Perm(n)
	switch shape {
	case One:
		return p.split(order[:1])
	case MinorityThird:
		return p.split(order[:(n-1)/3])
	case Majority:
		return p.split(order[:n/2])
	case MajoritiesRing:
		if n <= 5 {
			return p.invert(perfectRing(order))
		}
		return p.invert(stochasticRing(n, p.rng))
	}
	return p.split(nil)
}

// split cuts some nodes off from all others, both ways.
func (p *Partition) split(apart []int) grudge {
	side := make([]bool, len(p.nodes))
	for _, i := range apart {
		side[i] = true
	}
	return p.grudgeOf(func(node, src int) bool { return side[node] != side[src] })
}

// invert cuts every link that is not among those that stay.
func (p *Partition) invert(stays links) grudge {
	return p.grudgeOf(func(node, src int) bool { return !stays[node][src] })
}

func (p *Partition) grudgeOf(cut func(node, src int) bool) grudge {
	g := make(grudge, len(p.nodes))
	for node := range p.nodes {
		g[node].node = p.nodes[node]
		for src := range p.nodes {
			if cut(node, src) {
				g[node].from = append(g[node].from, p.nodes[src])
			}
		}
	}
	return g
}

func (g grudge) isolated() json.RawMessage {
	out := []byte(`["isolated",{`)
	for i, snub := range g {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, quote(snub.node)...), ":["...)
		for j, src := range snub.from {
			if j > 0 {
				out = append(out, ',')
			}
			out = append(out, quote(src)...)
		}
		out = append(out, ']')
	}
	return append(out, "}]"...)
}

// quote makes a JSON string of a name, which is plain ASCII here.
func quote(name string) json.RawMessage { return json.RawMessage(strconv.Quote(name)) }
