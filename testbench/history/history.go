package history

import "fmt"

// History is the operations of a run in the order they happened.
type History []Op

// Pairing joins each invocation of a history to its completion, by position in
// the history.
type Pairing struct {
	partner []int32
}

const unpaired = -1

// Pair joins invocations and completions. A process does one thing at a time:
// it is an error if one invokes while an earlier invocation is open, or
// completes what it did not invoke. An invocation that never completes stays
// alone, as do the acts of the nemesis.
func (h History) Pair() (Pairing, error) {
	partner := make([]int32, len(h))
	open := map[int]int32{}
	for i, op := range h {
		partner[i] = unpaired
		if op.Process == Nemesis {
			continue
		}
		invoked, busy := open[op.Process]
		switch {
		case op.Type == Invoke && busy:
			return Pairing{}, fmt.Errorf("operation %d: process %d invokes %s while its %s of operation %d is open: expected one operation at a time",
				op.Index, op.Process, op.F, h[invoked].F, h[invoked].Index)
		case op.Type == Invoke:
			open[op.Process] = int32(i)
		case !busy:
			return Pairing{}, fmt.Errorf("operation %d: process %d completes %s without having invoked it: expected an invocation before",
				op.Index, op.Process, op.F)
		default:
			partner[i], partner[invoked] = invoked, int32(i)
			delete(open, op.Process)
		}
	}
	return Pairing{partner: partner}, nil
}

// Of gives the position of the other end of the operation at position i; ok is
// false if it has none.
func (p Pairing) Of(i int) (position int, ok bool) {
	position = int(p.partner[i])
	return position, position != unpaired
}
