// Package set judges sets that only grow, for the workloads broadcast and g-set.
package set

import (
	"encoding/json"
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// The analysis of grow-only sets follows Jepsen's set-full checker, whose
// figures the workloads broadcast and g-set report. For each element it needs
// three operations: the one by whose completion the element is known to exist
// (its add was acknowledged, or a read showed it), the latest read that shows
// it, and the latest that does not. Of reads, the invocation counts: a read that
// began before the add was acknowledged may rightly miss it.

// Judge judges runs in which clients add values by addF and read.
func Judge(addF string) checker.Judge {
	return checker.Judge{
		Fs: []string{addF, "read"},
		Check: func(h history.History, pairs history.Pairing, o checker.Options) (checker.Workload, []checker.Witness, error) {
			return check(addF, h, pairs, o)
		},
		Empty: func() checker.Workload { return &Results{} },
	}
}

func check(addF string, h history.History, pairs history.Pairing, o checker.Options) (checker.Workload, []checker.Witness, error) {
	fold, err := foldSet(addF, h, pairs)
	if err != nil {
		return nil, nil, err
	}
	result := fold.result(h)
	result.ExcessLatencies = fold.excess(h, o.NodeOf, result.Elements)
	fold.forgive(addF, h, o.KillsForget, result)
	return result, fold.witnesses(h, result.Elements), nil
}

// none is the position of an operation that there is not.
const none = -1

// setFold gathers what is known of each element. Elements and operations are
// numbers, the fields slices by element: a history of a hundred thousand values
// and thousands of reads looks at each pair of them once, and does it in the
// time of a walk through memory.
type setFold struct {
	values   checker.Interner
	elements []int32 // that were added, in that order

	added   []int32 // position of the latest invocation of its add
	known   []int32 // position of the completion that proves it
	present []int32 // position of the latest invoked read that shows it
	absent  []int32 // position of the latest invoked read that misses it

	reads     int32           // completed so far; the number of the current one
	seenIn    []int32         // number of the last read that shows the value
	firstSeen []int32         // position of the first completed read that shows the value
	repeated  map[int32]int32 // most times that one read shows the value, if over 1
}

func foldSet(addF string, h history.History, pairs history.Pairing) (*setFold, error) {
	f := &setFold{repeated: map[int32]int32{}}
	for i, op := range h {
		var err error
		switch {
		case op.Process == history.Nemesis:
		case op.F == addF && op.Type == history.Invoke:
			f.invokeAdd(int32(i), op)
		case op.F == addF:
			err = f.completeAdd(int32(i), op)
		case op.F == "read" && op.Type == history.OK:
			invocation, _ := pairs.Of(i) // Pair refuses completions without one
			err = f.completeRead(int32(invocation), int32(i), op)
		}
		if err != nil {
			return nil, err
		}
	}
	return f, nil
}

// intern numbers a value and makes room for what will be known of it.
func (f *setFold) intern(raw json.RawMessage) int32 {
	id := f.values.ID(raw)
	for int(id) >= len(f.added) {
		f.added = append(f.added, none)
		f.known = append(f.known, none)
		f.present = append(f.present, none)
		f.absent = append(f.absent, none)
		f.seenIn = append(f.seenIn, 0)
		f.firstSeen = append(f.firstSeen, none)
	}
	return id
}

// invokeAdd starts an element. One that is added again starts anew, as it does
// in Jepsen: what was known of it no longer counts.
func (f *setFold) invokeAdd(position int32, op history.Op) {
	id := f.intern(op.Value)
	if f.added[id] == none {
		f.elements = append(f.elements, id)
	}
	f.added[id], f.known[id], f.present[id], f.absent[id] = position, none, none, none
}

func (f *setFold) completeAdd(position int32, op history.Op) error {
	id := f.intern(op.Value)
	if f.added[id] == none {
		return fmt.Errorf("operation %d: %s completes with the value %s, which nobody invoked: expected the invocation's value",
			op.Index, op.F, history.Canonical(op.Value))
	}
	if op.Type == history.OK && f.known[id] == none {
		f.known[id] = position
	}
	return nil
}

func (f *setFold) completeRead(invocation, completion int32, op history.Op) error {
	f.reads++
	var times map[int32]int32 // of values shown more than once
	isList := history.EachElement(op.Value, func(raw json.RawMessage) bool {
		id := f.intern(raw)
		if f.firstSeen[id] == none {
			f.firstSeen[id] = completion
		}
		if f.seenIn[id] != f.reads {
			f.seenIn[id] = f.reads
			return true
		}
		if times == nil {
			times = map[int32]int32{}
		}
		times[id]++
		f.repeated[id] = max(f.repeated[id], times[id]+1)
		return true
	})
	if !isList {
		return fmt.Errorf("operation %d: the value read is %.40s: expected a list of values; is this a counter's history?",
			op.Index, history.Canonical(op.Value))
	}
	for _, id := range f.elements {
		if f.seenIn[id] == f.reads {
			if f.known[id] == none {
				f.known[id] = completion
			}
			f.present[id] = max(f.present[id], invocation)
		} else {
			f.absent[id] = max(f.absent[id], invocation)
		}
	}
	return nil
}
