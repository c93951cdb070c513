package linkv

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/anishathalye/porcupine"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// deed is one operation on one register: what it did, and between which
// positions of the history. What nobody knows the outcome of may have happened
// at any time from its invocation on, or never.
type deed struct {
	op       history.Op // its invocation, with the register's own part of the value
	outcome  json.RawMessage
	f        string
	from, to int // of a write to; of a cas both; of a read to, 0 for one that shows nothing
	unknown  bool
	called   int // position in the history
	returned int // position, or endless
	answer   history.Op
}

// endless is the position at which an operation of unknown outcome ends.
const endless = math.MaxInt64

// pendingAt gives the operations as they stood when the history had got to a
// position: what had begun by then, those without an answer as unknown. Reads
// without an answer say nothing.
func pendingAt(all []deed, position int) []deed {
	var some []deed
	for _, d := range all {
		if d.called > position {
			continue
		}
		if d.returned > position {
			d.unknown, d.returned = true, endless
		}
		if !d.unknown || d.f != "read" {
			some = append(some, d)
		}
	}
	return some
}

// The register's state is the number of the value it holds; absent before the
// first write.
const absent = 0

// step tells whether the operation can have happened to a register that holds a
// value, and what it holds afterwards. A compare-and-set whose outcome is
// unknown can have happened to any: where the value is another, it changed
// nothing. As in Knossos a read that shows null says nothing.
func (d *deed) step(holds int) (ok bool, then int) {
	switch d.f {
	case "write":
		return true, d.to
	case "cas":
		if holds == d.from {
			return true, d.to
		}
		return d.unknown, holds
	}
	return d.to == absent || d.to == holds, holds
}

// search is one search for an order, by Porcupine: G. Lowe's algorithm with P-
// compositionality, one register at a time (Athalye, https://github.com/anishathalye/porcupine).
type search struct {
	deeds   []deed
	values  *checker.Interner
	left    int // steps that may still be taken; each keeps the set of operations ordered so far
	verdict checker.Verdict
	info    porcupine.LinearizationInfo
}

// searchBytesMax bounds what the steps of one search remember. It bounds the
// time, too, and unlike a deadline gives every machine the same verdict.
const searchBytesMax = 1 << 27

// findOrder looks for an order of the operations in which each saw what it
// answered. The verdict is unknown where the bound was reached before.
func findOrder(deeds []deed, values *checker.Interner, explain bool) *search {
	return findOrderWithin(searchBytesMax, deeds, values, explain)
}

func findOrderWithin(bytesMax int, deeds []deed, values *checker.Interner, explain bool) *search {
	s := &search{deeds: deeds, values: values, left: bytesMax / (len(deeds)/8 + 64)}
	exhausted := false
	model := s.model(func(ok bool) bool {
		if ok {
			s.left--
		}
		exhausted = exhausted || s.left < 0
		return ok && !exhausted
	})
	var result porcupine.CheckResult
	if explain {
		result, s.info = porcupine.CheckOperationsVerbose(model, s.operations(), 0)
	} else {
		result = porcupine.CheckOperationsTimeout(model, s.operations(), 0)
	}
	s.verdict = checker.VerdictOf(result == porcupine.Ok)
	if exhausted {
		s.verdict = checker.Unknown
	}
	return s
}

func (s *search) model(allow func(ok bool) bool) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return absent },
		Step: func(state, input, _ any) (bool, any) {
			ok, then := s.deeds[input.(int)].step(state.(int))
			return allow(ok), then
		},
		Hash:              func(state any) uint64 { return uint64(state.(int)) * 0x9e3779b97f4a7c15 },
		DescribeOperation: func(input, _ any) string { return s.deeds[input.(int)].String() },
		DescribeState:     func(state any) string { return s.text(state.(int)) },
	}
}

// text shows what the register holds.
func (s *search) text(value int) string {
	if value == absent {
		return "nothing"
	}
	return string(s.values.Value(int32(value - 1)))
}

// operations are the deeds for Porcupine. Positions in the history stand for
// times: of two events at the same time one still comes first there.
func (s *search) operations() []porcupine.Operation {
	rows := map[int]int{}
	all := make([]porcupine.Operation, len(s.deeds))
	for i, d := range s.deeds {
		row, known := rows[d.op.Process]
		if !known {
			row = len(rows)
			rows[d.op.Process] = row
		}
		all[i] = porcupine.Operation{ClientId: row, Input: i, Call: int64(d.called), Return: int64(d.returned)}
	}
	return all
}

// longest is the order that explains the most operations; of several as long
// the first by operation.
func (s *search) longest() []deed {
	var best []int
	for _, partition := range s.info.PartialLinearizations() {
		for _, order := range partition {
			if len(order) > len(best) || len(order) == len(best) && slices.Compare(order, best) < 0 {
				best = order
			}
		}
	}
	all := make([]deed, len(best))
	for i, n := range best {
		all[i] = s.deeds[n]
	}
	return all
}

// draw writes Porcupine's picture of the search, a page of HTML.
func (s *search) draw(to io.Writer) error {
	return porcupine.Visualize(s.model(func(ok bool) bool { return ok }), s.info, to)
}

// String shows what was done and, of a read, what came back.
func (d *deed) String() string {
	text := string(d.outcome)
	switch d.f {
	case "cas":
		if pair, ok := pairOf(d.outcome); ok {
			text = string(pair[0]) + " to " + string(pair[1])
		}
	case "read":
		if d.to == absent {
			text = "null"
		}
	}
	if d.unknown {
		text += " (unknown)"
	}
	return fmt.Sprintf("%s %s", d.f, text)
}
