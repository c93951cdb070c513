package set

import (
	"encoding/json"
	"slices"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results is what became of the values of a broadcast or g-set run.
//
// A value is stable once every later read shows it; lost if it was known to
// exist and the latest reads miss it; never read if neither can be said.
// Stale values are the stable ones that some read missed after they were known.
// Lists are in the order of history.Compare.
type Results struct {
	Valid          checker.Verdict   `json:"valid?"` // Unknown when nothing is lost and nothing stable
	AttemptCount   int               `json:"attempt-count"`
	StableCount    int               `json:"stable-count"`
	LostCount      int               `json:"lost-count"`
	Lost           []json.RawMessage `json:"lost"`
	NeverReadCount int               `json:"never-read-count"`
	NeverRead      []json.RawMessage `json:"never-read"`
	StaleCount     int               `json:"stale-count"`
	Stale          []json.RawMessage `json:"stale"`
	WorstStale     []StaleElement    `json:"worst-stale"` // the 8 that took longest, the longest first
	// Values that are gone with the nodes that had them, where that is allowed; see Options.KillsForget.
	ForgottenCount int               `json:"forgotten-count,omitempty"`
	Forgotten      []json.RawMessage `json:"forgotten,omitempty"`

	StableLatencies *checker.Quantiles `json:"stable-latencies,omitempty"`
	LostLatencies   *checker.Quantiles `json:"lost-latencies,omitempty"`
	// ExcessLatencies are the stable ones, counted from when the partitions of the run could have let the value be
	// everywhere.
	ExcessLatencies *checker.Quantiles `json:"excess-latencies,omitempty"`

	// Maelstrom means to report values that one read shows twice here, but
	// tests for fewer than one time instead of more. So it is always empty, in
	// Maelstrom's results and in these; Repeated is what it would have been.
	DuplicatedCount int                    `json:"duplicated-count"`
	Duplicated      checker.Multiplicities `json:"duplicated"`
	Repeated        checker.Multiplicities `json:"repeated,omitempty"`

	// Strange are the values that reads showed and nobody added; nil if there are none.
	Strange *Strange `json:"strange,omitempty"`

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`

	// Elements is every added value in order. It is for pictures; Decode has
	// none to give.
	Elements []Element `json:"-"`
}

// Verdict tells whether anything was lost.
func (s *Results) Verdict() checker.Verdict { return s.Valid }

// StaleElement describes a value that took long to become stable, with the
// operation that made it known and the last read that missed it.
type StaleElement struct {
	Element         json.RawMessage `json:"element"`
	Outcome         string          `json:"outcome"`        // always stable
	StableLatencyMs int64           `json:"stable-latency"` // whole milliseconds
	LostLatencyMs   *int64          `json:"lost-latency"`   // always null
	Known           history.Op      `json:"known"`
	LastAbsent      history.Op      `json:"last-absent"`
}

// Outcome is what became of an element.
type Outcome uint8

// The outcomes; see SetFull.
const (
	NeverRead Outcome = iota
	Stable
	LostElement
	ForgottenElement // gone with the nodes that had it, which is allowed
)

// Element is one added value and what became of it.
type Element struct {
	Value     json.RawMessage // canonical
	Added     time.Duration   // when its add was invoked, since the start of the run
	Outcome   Outcome
	LatencyMs int64 // until stable or lost, whole milliseconds; 0 if never read

	id int32
}

// element works out the fate of one value. Latencies run from when it was known
// to just after the read that settles it began.
func (f *setFold) element(h history.History, id int32) Element {
	e := Element{Value: f.values.Value(id), Added: h[f.added[id]].Time, id: id}
	known, present, absent := f.known[id], f.present[id], f.absent[id]
	switch {
	case present != none && absent < present:
		e.Outcome = Stable
		e.LatencyMs = latencyMs(h, known, absent)
	case known != none && absent != none && known < absent:
		e.Outcome = LostElement
		e.LatencyMs = latencyMs(h, known, present)
	}
	return e
}

// latencyMs is the time from the operation at known to just after the one at
// last, at least 0; it is 0 when there is no such operation.
func latencyMs(h history.History, known, last int32) int64 {
	if last == none {
		return 0
	}
	return max(0, h[last].Time+time.Nanosecond-h[known].Time).Milliseconds()
}

// worstStaleMax is how many of the stale values Jepsen describes in detail.
const worstStaleMax = 8

func (f *setFold) result(h history.History) *Results {
	f.values.Sort(f.elements)
	s := &Results{
		Lost: []json.RawMessage{}, NeverRead: []json.RawMessage{}, Stale: []json.RawMessage{},
		WorstStale: []StaleElement{}, Elements: make([]Element, 0, len(f.elements)),
		AttemptCount: len(f.elements), Repeated: f.repetitions(), Strange: f.strange(h),
	}
	var stale []Element
	var stableMs, lostMs []int64
	for _, id := range f.elements {
		e := f.element(h, id)
		s.Elements = append(s.Elements, e)
		switch e.Outcome {
		case Stable:
			stableMs = append(stableMs, e.LatencyMs)
			if e.LatencyMs > 0 {
				stale = append(stale, e)
				s.Stale = append(s.Stale, e.Value)
			}
		case LostElement:
			lostMs = append(lostMs, e.LatencyMs)
			s.Lost = append(s.Lost, e.Value)
		case NeverRead:
			s.NeverRead = append(s.NeverRead, e.Value)
		}
	}
	s.StableCount, s.LostCount = len(stableMs), len(lostMs)
	s.NeverReadCount, s.StaleCount = len(s.NeverRead), len(s.Stale)
	s.StableLatencies, s.LostLatencies = checker.QuantilesOf(stableMs), checker.QuantilesOf(lostMs)
	s.WorstStale = append(s.WorstStale, f.worstStale(h, stale)...)
	s.judge()
	return s
}

// judge draws the conclusion.
func (s *Results) judge() {
	switch {
	case s.LostCount > 0:
		s.Valid = checker.Invalid
	case s.StableCount == 0:
		s.Valid = checker.Unknown
	default:
		s.Valid = checker.Valid
	}
}

// worstStale describes the values with the longest latencies. Of equal ones the
// later in the order of values comes first.
func (f *setFold) worstStale(h history.History, stale []Element) []StaleElement {
	slices.SortStableFunc(stale, func(a, b Element) int { return int(a.LatencyMs - b.LatencyMs) })
	slices.Reverse(stale)
	var worst []StaleElement
	for _, e := range stale[:min(worstStaleMax, len(stale))] {
		worst = append(worst, StaleElement{
			Element: e.Value, Outcome: "stable", StableLatencyMs: e.LatencyMs,
			Known: asAdd(h[f.known[e.id]]), LastAbsent: asAdd(h[f.absent[e.id]]),
		})
	}
	return worst
}

// asAdd renames broadcast to add, as Maelstrom does before it checks.
func asAdd(op history.Op) history.Op {
	if op.F == "broadcast" {
		op.F = "add"
	}
	return op
}

func (f *setFold) repetitions() checker.Multiplicities {
	var ids []int32
	for id := range f.repeated {
		ids = append(ids, id)
	}
	f.values.Sort(ids)
	var all checker.Multiplicities
	for _, id := range ids {
		all = append(all, checker.Multiplicity{Value: f.values.Value(id), Times: int(f.repeated[id])})
	}
	return all
}

// witnesses tells the story of the first few lost values.
func (f *setFold) witnesses(h history.History, elements []Element) []checker.Witness {
	var all []checker.Witness
	for _, e := range elements {
		if e.Outcome != LostElement {
			continue
		}
		w := checker.Witness{Kind: checker.Lost, Value: e.Value,
			Invoked:    checker.EventOf(h[f.added[e.id]]),
			Known:      checker.EventOf(h[f.known[e.id]]),
			LastMissed: checker.EventOf(h[f.absent[e.id]]),
		}
		if f.present[e.id] != none {
			w.LastSeen = checker.EventOf(h[f.present[e.id]])
		}
		if all = append(all, w); len(all) == checker.WitnessesMax {
			break
		}
	}
	return all
}
