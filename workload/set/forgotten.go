package set

import (
	"encoding/json"
	"slices"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Where nothing is stored, a value is gone when every node that had it has been killed. What a history
// proves of that: a node had a value when it acknowledged it, and when it showed it in a read. So a value is
// forgotten, not lost, if each node of which that is known was killed after the invocation of the last
// operation by which it proved to have the value. A value that any node had and could not have forgotten is lost, whatever befell the others.

// holder is a node that proved to have a value.
type holder struct {
	node string
	last time.Duration // when it did so last
}

// forgive turns lost values into forgotten ones where killed nodes explain it.
func (f *setFold) forgive(addF string, h history.History, nodeOf func(process int) string, s *Results) {
	if nodeOf == nil || s.LostCount == 0 {
		return
	}
	holders := f.holders(addF, h, nodeOf, s)
	killed := lastKills(h)
	s.Forgotten = []json.RawMessage{}
	lost, lostMs := []json.RawMessage{}, []int64(nil)
	for i := range s.Elements {
		e := &s.Elements[i]
		if e.Outcome != LostElement {
			continue
		}
		gone := !slices.ContainsFunc(holders[e.id], func(x holder) bool {
			at, was := killed[x.node]
			return !was || at < x.last
		})
		if gone && len(holders[e.id]) > 0 {
			e.Outcome = ForgottenElement
			s.Forgotten = append(s.Forgotten, e.Value)
		} else {
			lost, lostMs = append(lost, e.Value), append(lostMs, e.LatencyMs)
		}
	}
	s.LostLatencies = checker.QuantilesOf(lostMs)
	s.Lost, s.LostCount, s.ForgottenCount = lost, len(lost), len(s.Forgotten)
	s.judge()
}

// holders gives who proved to have each lost value.
func (f *setFold) holders(addF string, h history.History, nodeOf func(process int) string, s *Results) map[int32][]holder {
	holders := make(map[int32][]holder)
	for _, e := range s.Elements {
		if e.Outcome == LostElement {
			holders[e.id] = nil
		}
	}
	// An operation proves what its node had at some moment since its invocation: an answer may still be on
	// its way when the node is killed.
	invoked := make(map[int]time.Duration)
	prove := func(raw json.RawMessage, op history.Op) {
		id := f.values.ID(raw)
		known, isLost := holders[id]
		if !isLost {
			return
		}
		node := nodeOf(op.Process)
		if i := slices.IndexFunc(known, func(x holder) bool { return x.node == node }); i >= 0 {
			known[i].last = invoked[op.Process]
			return
		}
		holders[id] = append(known, holder{node, invoked[op.Process]})
	}
	for _, op := range h {
		switch {
		case op.Type == history.Invoke:
			invoked[op.Process] = op.Time
		case op.Process == history.Nemesis || op.Type != history.OK:
		case op.F == addF:
			prove(op.Value, op)
		case op.F == "read":
			history.EachElement(op.Value, func(raw json.RawMessage) bool { prove(raw, op); return true })
		}
	}
	return holders
}

// lastKills gives when each node was killed last: entries of the nemesis whose f is kill and whose value
// says of each node what became of it.
func lastKills(h history.History) map[string]time.Duration {
	killed := make(map[string]time.Duration)
	for _, op := range h {
		if op.Process != history.Nemesis || op.F != "kill" {
			continue
		}
		var became map[string]string
		if json.Unmarshal(op.Value, &became) != nil {
			continue // what was asked for, not what was done
		}
		for node, fate := range became {
			if fate == "killed" {
				killed[node] = op.Time
			}
		}
	}
	return killed
}
