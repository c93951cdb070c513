package uniqueids

import (
	"encoding/json"
	"slices"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results tells whether the ids that a cluster gave out were distinct.
type Results struct {
	Valid             checker.Verdict        `json:"valid?"`
	AttemptedCount    int                    `json:"attempted-count"`
	AcknowledgedCount int                    `json:"acknowledged-count"`
	DuplicatedCount   int                    `json:"duplicated-count"`
	Duplicated        checker.Multiplicities `json:"duplicated"` // the 48 most frequent; of equal ones the highest

	// Range is the lowest and the highest id by history.Compare, null both if
	// there is none.
	Range [2]json.RawMessage `json:"range"`

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`
}

// Verdict tells whether all ids were distinct.
func (u *Results) Verdict() checker.Verdict { return u.Valid }

// duplicatedMax is how many duplicates Jepsen lists.
const DuplicatedMax = 48

func check(h history.History, _ history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	var ids checker.Interner
	var times []int
	u := &Results{}
	for _, op := range h {
		switch {
		case op.Process == history.Nemesis:
		case op.Type == history.Invoke:
			u.AttemptedCount++
		case op.Type == history.OK:
			u.AcknowledgedCount++
			id := ids.ID(op.Value)
			if int(id) == len(times) {
				times = append(times, 0)
			}
			times[id]++
		}
	}
	duplicates := checker.Multiplicities{}
	for id, n := range times {
		if n > 1 {
			duplicates = append(duplicates, checker.Multiplicity{Value: ids.Value(int32(id)), Times: n})
		}
	}
	u.Valid = checker.VerdictOf(len(duplicates) == 0)
	u.DuplicatedCount = len(duplicates)
	u.Duplicated = mostFrequent(duplicates)
	u.Range = rangeOf(ids.Texts)
	return u, duplicateWitnesses(h, u.Duplicated), nil
}

// mostFrequent picks what Jepsen lists of the duplicates, in order of value.
func mostFrequent(all checker.Multiplicities) checker.Multiplicities {
	all.Sort()
	slices.SortStableFunc(all, func(a, b checker.Multiplicity) int { return a.Times - b.Times })
	slices.Reverse(all)
	top := all[:min(DuplicatedMax, len(all))]
	top.Sort()
	return top
}

// rangeOf gives the lowest and highest of canonical values. Null is no id that
// could be compared.
func rangeOf(texts []string) [2]json.RawMessage {
	low, high := "null", "null"
	for _, text := range texts {
		if low == "null" || text != "null" && history.Compare(text, low) < 0 {
			low = text
		}
		if history.Compare(text, high) > 0 {
			high = text
		}
	}
	return [2]json.RawMessage{json.RawMessage(low), json.RawMessage(high)}
}

// duplicateWitnesses names the operations that were given the first few
// duplicates.
func duplicateWitnesses(h history.History, duplicates checker.Multiplicities) []checker.Witness {
	var all []checker.Witness
	at := map[string]int{}
	for _, each := range duplicates[:min(checker.WitnessesMax, len(duplicates))] {
		at[string(each.Value)] = len(all)
		all = append(all, checker.Witness{Kind: checker.Duplicated, Value: each.Value})
	}
	if len(all) == 0 {
		return nil
	}
	for _, op := range h {
		if op.Process == history.Nemesis || op.Type != history.OK {
			continue
		}
		if i, ok := at[history.Canonical(op.Value)]; ok && len(all[i].Events) < checker.WitnessesMax {
			all[i].Events = append(all[i].Events, *checker.EventOf(op))
		}
	}
	return all
}
