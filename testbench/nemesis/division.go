package nemesis

import "encoding/json"

// PairsNodesMax is the largest cluster whose partitions are made pair by pair. Up to there the ring of
// majorities, which takes time with the cube of the nodes, is made in some milliseconds, and the entry in
// the history stays below a few hundred kB.
const PairsNodesMax = 256

// divide makes a partition of a large cluster by a rule, in time and memory that grow with the nodes only.
// The shapes mean the same. A ring of majorities is always a perfect one: nodes stand in a circle in drawn
// order, and each hears those at most half a majority away on either side.
func (p *Partition) divide(shape string) json.RawMessage {
	n := len(p.nodes)
	order := p.rng.Perm(n)
	place := make(map[string]int, n) // in the drawn order; those who are no nodes have none
	for at, i := range order {
		place[p.nodes[i]] = at
	}
	pair := func(cut func(dest, src int) bool) func(dest, src string) bool {
		return func(dest, src string) bool {
			d, isNode := place[dest]
			s, both := place[src]
			return isNode && both && cut(d, s)
		}
	}
	if shape == MajoritiesRing {
		reach := majority(n) / 2
		p.links.Divide(pair(func(dest, src int) bool {
			away := (dest - src + n) % n
			return min(away, n-away) > reach
		}), n*(n-1-2*reach))
		return isolatedBy("ring", p.named(order))
	}
	k := apart(shape, n)
	if shape == OneWay {
		p.links.Divide(pair(func(dest, src int) bool { return dest < k && src >= k }), k*(n-k))
	} else {
		p.links.Divide(pair(func(dest, src int) bool { return (dest < k) != (src < k) }), 2*k*(n-k))
	}
	return isolatedBy("apart", p.named(order[:k]))
}

func (p *Partition) named(order []int) []string {
	names := make([]string, len(order))
	for at, i := range order {
		names[at] = p.nodes[i]
	}
	return names
}

func isolatedBy(rule string, names []string) json.RawMessage {
	out := append([]byte(`["isolated",{`), quote(rule)...)
	return append(append(append(out, ':'), list(names)...), "}]"...)
}
