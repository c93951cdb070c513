package analysis

import (
	"eddy/testbench/history"
)

// realtimeEdges relates each transaction to those that began after it was over.
// That is quadratic, so only the edges from which the others follow are made:
// from those that ended last before another began. At any time that is a
// frontier of about as many transactions as there are clients: when one ends,
// those that were over before it began leave the frontier.
func (a *analysis) realtimeEdges(h history.History) {
	at := a.events(len(h))
	frontier := []int32{}
	before := make([][]int32, len(a.txns)) // of each that is open: the frontier when it began
	over := make([]int32, len(a.txns))     // stamped with who supersedes
	for i := range over {
		over[i] = nobody
	}
	for i := range h {
		t := at[i]
		if h[i].Type == history.Invoke && h[i].Process != history.Nemesis && len(frontier) > 0 {
			a.related = true // as in Elle, were it to one that failed
		}
		if t == nobody {
			continue
		}
		if h[i].Type == history.Invoke {
			for _, earlier := range frontier {
				a.edges = append(a.edges, edge{from: earlier, to: t, kind: realtime, before: initial, after: initial})
			}
			before[t] = append([]int32(nil), frontier...)
			continue
		}
		if a.txns[t].outcome != history.OK {
			continue // nobody knows when it ended
		}
		for _, earlier := range before[t] {
			over[earlier] = t
		}
		before[t] = nil
		kept := frontier[:0]
		for _, earlier := range frontier {
			if over[earlier] != t {
				kept = append(kept, earlier)
			}
		}
		frontier = append(kept, t)
	}
}

// processEdges relates what one process did, one after the other.
func (a *analysis) processEdges() {
	last := map[int]int32{}
	for t := range a.txns {
		if a.txns[t].outcome != history.OK {
			continue
		}
		process_ := a.txns[t].op.Process
		if earlier, any := last[process_]; any {
			a.related = true
			a.edges = append(a.edges, edge{from: earlier, to: int32(t), kind: process, before: initial, after: initial})
		}
		last[process_] = int32(t)
	}
}

// events gives the transaction of which each entry of the history is an end,
// nobody's where the transaction did not happen.
func (a *analysis) events(n int) []int32 {
	at := make([]int32, n)
	for i := range at {
		at[i] = nobody
	}
	for t := range a.txns {
		if !a.txns[t].happened() {
			continue
		}
		at[a.txns[t].invoked] = int32(t)
		if a.txns[t].completed >= 0 {
			at[a.txns[t].completed] = int32(t)
		}
	}
	return at
}
