package trace

import (
	"bytes"
	"cmp"
	"slices"
	"time"

	"eddy/testbench/network"
)

// journeys is when each node learned each value, in little room.
type journeys struct {
	numbers map[string]int32 // of nodes
	names   []string
	index   map[string]int32 // of values
	values  []string
	at      [][]arrival
	pairs   int
	unseen  map[string]struct{}
}

// arrival is one node's learning of one value.
type arrival struct {
	at   time.Duration
	node int32
	from int32 // the node whose message brought it; -1 for a client's
}

// pairsMax bounds the pairs of a value and a node that are kept: 16 bytes each.
const pairsMax = 8 << 20

func newJourneys() *journeys {
	return &journeys{numbers: make(map[string]int32), index: make(map[string]int32), unseen: make(map[string]struct{})}
}

func (j *journeys) number(node string) int32 {
	n, known := j.numbers[node]
	if !known {
		n = int32(len(j.names))
		j.numbers[node] = n
		j.names = append(j.names, node)
	}
	return n
}

func (j *journeys) learned(value string, e *Event) {
	if j.pairs >= pairsMax {
		if _, known := j.index[value]; !known && len(j.unseen) < pairsMax/64 {
			j.unseen[value] = struct{}{}
		}
		return
	}
	i, known := j.index[value]
	if !known {
		i = int32(len(j.values))
		j.index[value] = i
		j.values, j.at = append(j.values, value), append(j.at, nil)
	}
	from := int32(-1)
	if node := nodeOfID(e.Cause); node != "" && node != e.Node && !network.IsClient(node) {
		from = j.number(node)
	}
	j.at[i] = append(j.at[i], arrival{e.At, j.number(e.Node), from})
	j.pairs++
}

// nodeOfID is the node that gave a message its id, without the tag of its life.
func nodeOfID(id []byte) string {
	if at := bytes.LastIndexAny(id, "/:"); at >= 0 {
		id = id[:at]
	}
	if at := bytes.IndexByte(id, '.'); at >= 0 {
		id = id[:at]
	}
	return string(id)
}

// conclude picks the values that took longest and those that are missing somewhere.
func (j *journeys) conclude(s *Summary) {
	s.Values, s.Unseen = len(j.values), len(j.unseen)
	type span struct {
		i           int
		first, took time.Duration
	}
	var spans, missing []span
	seen := make([]int, len(j.names)) // by node: one more than the last value that it has
	for i, all := range j.at {
		first, last, nodes := all[0].at, all[0].at, 0
		for _, a := range all {
			first, last = min(first, a.at), max(last, a.at)
			if seen[a.node] != i+1 {
				seen[a.node] = i + 1
				nodes++
			}
		}
		spans = append(spans, span{i, first, last - first})
		if nodes < len(s.Nodes) {
			missing = append(missing, span{i: i, first: first})
		}
	}
	slices.SortStableFunc(missing, func(a, b span) int { return cmp.Compare(a.first, b.first) })
	s.Missed = len(missing)
	for _, m := range missing[:min(len(missing), standOut)] {
		s.Missing = append(s.Missing, j.journey(m.i, s.Nodes))
	}
	slices.SortStableFunc(spans, func(a, b span) int { return cmp.Compare(b.took, a.took) })
	for _, sp := range spans[:min(len(spans), standOut)] {
		s.Slowest = append(s.Slowest, j.journey(sp.i, s.Nodes))
	}
}

// journey tells the way of one value to the node that had it last.
func (j *journeys) journey(i int, nodes []NodeSummary) Journey {
	all := slices.Clone(j.at[i])
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	when := make(map[int32]arrival)
	for _, a := range all {
		if _, known := when[a.node]; !known { // a node learns it once in a life
			when[a.node] = a
		}
	}
	out := Journey{Value: j.values[i], Nodes: len(when), Took: all[len(all)-1].at - all[0].at}
	for at := when[all[len(all)-1].node]; ; {
		out.Path = append(out.Path, Hop{j.names[at.node], at.at})
		next, known := when[at.from]
		if !known || len(out.Path) > len(when) {
			break
		}
		at = next
	}
	slices.Reverse(out.Path)
	for _, n := range nodes {
		number, known := j.numbers[n.Node]
		if _, has := when[number]; !known || !has {
			out.Without = append(out.Without, n.Node)
		}
	}
	return out
}
