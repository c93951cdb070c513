package nemesis

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Links are the connections between nodes that a partition cuts.
type Links interface {
	// Cut makes dest drop what comes from src, in that direction only.
	Cut(dest, src string)
	// Divide cuts all links between nodes for which cut says so, of which there are as many as links.
	Divide(cut func(dest, src string) bool, links int)
	// Heal ends all cuts.
	Heal()
}

// Shapes of a partition, in the words of Maelstrom's histories; it has no one-way.
const (
	One            = "one"             // one node alone
	MinorityThird  = "minority-third"  // fewer than a third of the nodes apart from the others
	Majority       = "majority"        // two halves, the larger with the odd node
	MajoritiesRing = "majorities-ring" // every node sees a majority, and no two the same
	OneWay         = "one-way"         // two halves, one of which does not hear the other, but is heard
)

// Shapes lists what a [Partition] draws from unless it is told otherwise: Maelstrom's.
func Shapes() []string { return []string{One, MinorityThird, Majority, MajoritiesRing} }

// AllShapes lists what a [Partition] knows.
func AllShapes() []string { return append(Shapes(), OneWay) }

// Partition is the package that cuts the network in two, or into overlapping majorities, and heals it.
//
// In clusters of up to [PairsNodesMax] nodes every cut link is cut and told by itself, as Maelstrom does.
// In larger ones that would be millions of them, so a partition is a rule there (see division).
type Partition struct {
	nodes   []string
	links   Links
	rng     *rand.Rand
	shapes  []string
	lasting time.Duration
	cut     bool
}

// NewPartition makes the package for a cluster of nodes. It draws from the given shapes, or where there
// are none from those of [Shapes].
func NewPartition(nodes []string, links Links, rng *rand.Rand, shapes ...string) *Partition {
	if len(shapes) == 0 {
		shapes = Shapes()
	}
	return &Partition{nodes: nodes, links: links, rng: rng, shapes: shapes}
}

// Lasting has every partition last for d, or with 0 as long as the interval has it.
func (p *Partition) Lasting(d time.Duration) *Partition {
	p.lasting = d
	return p
}

// Next starts a partition of a shape drawn evenly, or stops the one that is there.
func (p *Partition) Next() Act {
	if p.cut = !p.cut; !p.cut {
		return Act{F: "stop-partition"}
	}
	return Act{F: "start-partition", Value: quote(p.shapes[p.rng.IntN(len(p.shapes))])}
}

// Lasts is the fixed time of partitions while there is one.
func (p *Partition) Lasts() time.Duration {
	if !p.cut {
		return 0
	}
	return p.lasting
}

// Final heals, whether or not there is a partition.
func (p *Partition) Final() []Act { return []Act{{F: "stop-partition"}} }

// Apply cuts the links of the shape asked for, and answers ["isolated", {node: [sources cut off]}], in
// large clusters ["isolated", {"apart": [nodes]}] or {"ring": [nodes]}; or heals, and answers
// "network-healed".
func (p *Partition) Apply(a Act, done func(json.RawMessage)) bool {
	switch a.F {
	case "start-partition":
		var shape string
		if err := json.Unmarshal(a.Value, &shape); err != nil || !slices.Contains(AllShapes(), shape) {
			return false
		}
		if len(p.nodes) > PairsNodesMax {
			done(p.divide(shape))
			return true
		}
		g := p.grudge(shape)
		for _, snub := range g {
			for _, src := range snub.from {
				p.links.Cut(snub.node, src)
			}
		}
		done(g.isolated())
		return true
	case "stop-partition":
		p.links.Heal()
		done(quote("network-healed"))
		return true
	}
	return false
}

// apart is how many nodes a shape that splits n nodes sets apart.
func apart(shape string, n int) int {
	switch shape {
	case One:
		return 1
	case MinorityThird:
		return (n - 1) / 3
	}
	return n / 2
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
	if shape == MajoritiesRing {
		if n <= 5 {
			return p.invert(perfectRing(order))
		}
		return p.invert(stochasticRing(n, p.rng))
	}
	side := make([]bool, n)
	for _, i := range order[:apart(shape, n)] {
		side[i] = true
	}
	return p.grudgeOf(func(node, src int) bool {
		return side[node] != side[src] && (shape != OneWay || side[node])
	})
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
		out = append(append(append(out, quote(snub.node)...), ':'), list(snub.from)...)
	}
	return append(out, "}]"...)
}

// list makes a JSON list of names.
func list(names []string) json.RawMessage {
	out := []byte{'['}
	for i, name := range names {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, quote(name)...)
	}
	return append(out, ']')
}

// quote makes a JSON string of a name, which is plain ASCII here.
func quote(name string) json.RawMessage { return json.RawMessage(strconv.Quote(name)) }

// FaultPartition cuts the network between nodes.
const FaultPartition = "partition"

// PartitionOptions are those of [FaultPartition].
type PartitionOptions struct {
	Shapes   []string // what is drawn from; none stands for Maelstrom's
	Duration time.Duration
}

func (o *PartitionOptions) fault() Fault {
	return Fault{
		Name: FaultPartition,
		Settings: []Setting{
			namesSetting("partition-shapes", "what partitions are drawn from, of "+strings.Join(AllShapes(), ", ")+" (default: all but one-way)", &o.Shapes, AllShapes()),
			lastingSetting(FaultPartition, &o.Duration),
		},
		Package: func(c Cluster) (Package, error) {
			return NewPartition(c.Nodes(), c, c.Rand(), o.Shapes...).Lasting(o.Duration), nil
		},
		Label: func(value json.RawMessage) string { return FaultPartition + partitioned(value) },
	}
}

// partitioned tells who hears nothing of whom, where that can be said shortly: those who are cut off from
// the most others.
func partitioned(value json.RawMessage) string {
	var parts []json.RawMessage
	cut := make(map[string][]string)
	if json.Unmarshal(value, &parts) != nil || len(parts) != 2 || json.Unmarshal(parts[1], &cut) != nil {
		return ""
	}
	most := 0
	for _, from := range cut {
		most = max(most, len(from))
	}
	var alone []string
	for _, node := range slices.Sorted(maps.Keys(cut)) {
		if len(cut[node]) == most {
			alone = append(alone, node)
		}
	}
	if len(alone) > namesMax {
		return ""
	}
	return ": cut off " + strings.Join(alone, ", ")
}

// namesMax is how many nodes a label names.
const namesMax = 6
