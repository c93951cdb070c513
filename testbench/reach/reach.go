// Package reach says when what one node knows could first have been everywhere, had it gone from node to node without
// losing a moment: a bound that no strategy beats, by the partitions that a history records.
//
// A partition begins in a history when it is done, and ends when its end is asked for; in between messages go over
// the links that it leaves (Holme and Saramäki, Temporal Networks, section 3, on time-respecting paths). Latencies,
// nodes that are killed or paused and messages that are lost do not count: they would only make the bound later.
//
// Partitions of more nodes than the nemesis tells pair by pair ([nemesis.PairsNodesMax]) are passed over, and so are
// their histories.
package reach

import (
	"encoding/json"
	"maps"
	"slices"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
)

// Cuts are the partitions of a history.
type Cuts struct {
	nodes  map[string]int
	epochs []epoch // in order; the first from the beginning on
	known  map[start]end
}

// epoch is a time during which the same links are cut.
type epoch struct {
	from    time.Duration
	reaches [][]bool // for each node, whether what it knows gets to each other one; nil where nothing is cut
}

type start struct{ node, epoch int }

// end is the epoch at whose beginning everything is everywhere, which is the one that it started from if nothing
// keeps it.
type end struct {
	epoch int
	never bool
}

// Of reads the partitions of a history. It gives nil where there are none, and where they are told by a rule.
func Of(h history.History) *Cuts {
	c := &Cuts{nodes: map[string]int{}, epochs: []epoch{{}}, known: map[start]end{}}
	var all []map[string][]string // of each epoch: whom a node does not hear
	for _, op := range h {
		if op.Process != history.Nemesis {
			continue
		}
		if fault, _, begins := nemesis.Begins(op.F); begins && fault == nemesis.FaultPartition {
			var done []json.RawMessage
			deaf := map[string][]string{}
			if json.Unmarshal(op.Value, &done) != nil || len(done) != 2 {
				continue // it is asked for
			}
			if json.Unmarshal(done[1], &deaf) != nil {
				return nil
			}
			if deaf["apart"] != nil || deaf["ring"] != nil {
				return nil
			}
			all = append(all, deaf)
			c.epochs = append(c.epochs, epoch{from: op.Time})
		} else if fault, ends := nemesis.Ends(op.F); ends && fault == nemesis.FaultPartition && len(all) > 0 && all[len(all)-1] != nil {
			all = append(all, nil)
			c.epochs = append(c.epochs, epoch{from: op.Time})
		}
	}
	if len(all) == 0 {
		return nil
	}
	for _, deaf := range all {
		for _, dest := range slices.Sorted(maps.Keys(deaf)) {
			for _, name := range append([]string{dest}, deaf[dest]...) {
				if _, known := c.nodes[name]; !known {
					c.nodes[name] = len(c.nodes)
				}
			}
		}
	}
	for i, deaf := range all {
		if deaf != nil {
			c.epochs[i+1].reaches = c.closure(deaf)
		}
	}
	return c
}

// closure is for each node whom what it knows gets to, when nodes do not hear some others.
func (c *Cuts) closure(deaf map[string][]string) [][]bool {
	n := len(c.nodes)
	hears := make([][]bool, n) // by source and destination
	for src := range hears {
		hears[src] = slices.Repeat([]bool{true}, n)
	}
	for dest, from := range deaf {
		for _, src := range from {
			hears[c.nodes[src]][c.nodes[dest]] = false
		}
	}
	reaches := make([][]bool, n)
	for node := range reaches {
		reached := make([]bool, n)
		reached[node] = true
		for next := []int{node}; len(next) > 0; next = next[1:] {
			for dest, hears := range hears[next[0]] {
				if hears && !reached[dest] {
					reached[dest] = true
					next = append(next, dest)
				}
			}
		}
		reaches[node] = reached
	}
	return reaches
}

// Everywhere is the earliest moment at which what a node knows from some moment on could have been on every node;
// false if the cuts never let it, or the node is not among those that they are about.
func (c *Cuts) Everywhere(node string, from time.Duration) (time.Duration, bool) {
	n, known := c.nodes[node]
	if !known {
		return 0, false
	}
	e := 0
	for e+1 < len(c.epochs) && c.epochs[e+1].from <= from {
		e++
	}
	at := start{n, e}
	till, done := c.known[at]
	if !done {
		till = c.spread(n, e)
		c.known[at] = till
	}
	return max(from, c.epochs[till.epoch].from), !till.never
}

// spread follows what a node knows through the epochs from one on.
func (c *Cuts) spread(node, from int) end {
	has := make([]bool, len(c.nodes))
	has[node] = true
	for e := from; e < len(c.epochs); e++ {
		if c.epochs[e].reaches == nil {
			return end{epoch: e}
		}
		for src := range has {
			if has[src] {
				for dest, reached := range c.epochs[e].reaches[src] {
					has[dest] = has[dest] || reached
				}
			}
		}
		if !slices.Contains(has, false) {
			return end{epoch: e}
		}
	}
	return end{epoch: len(c.epochs) - 1, never: true}
}
