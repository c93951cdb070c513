package counter

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// Results tells whether the last reads of a counter showed a sum of what was added to it: all that was
// acknowledged, and of the adds whose fate is unknown any or none.
type Results struct {
	Valid      checker.Verdict   `json:"valid?"`
	Errors     []history.Op      `json:"errors"`      // final reads that showed anything else; null if none did
	FinalReads []json.RawMessage `json:"final-reads"` // what they showed, in the order of the history
	Acceptable sumSet            `json:"acceptable"`  // the sums allowed, as ranges [lowest, highest]

	// Error is set in results of Maelstrom whose checker failed.
	Error json.RawMessage `json:"error,omitempty"`
}

// Verdict tells whether every final read showed an acceptable sum. It is Unknown where there was none: Maelstrom
// calls that valid, though nothing was looked at.
func (c *Results) Verdict() checker.Verdict { return c.Valid }

// Expected names the acceptable sums for people.
func (c *Results) Expected() string {
	const rangesMax = 4
	var all []string
	for i, r := range c.Acceptable {
		if i == rangesMax {
			all = append(all, "...")
			break
		}
		all = append(all, r.String())
	}
	return strings.Join(all, ", ")
}

// checkCounter follows Maelstrom's src/maelstrom/workload/pn_counter.clj. What was added under an operation
// that nobody completed, since the run broke off, may count or not.
func check(h history.History, pairs history.Pairing, _ checker.Options) (checker.Workload, []checker.Witness, error) {
	fold := counterFold{sum: new(big.Int), byProcess: map[int]*addsOf{}}
	c := &Results{FinalReads: []json.RawMessage{}}
	for i, op := range h {
		if op.Process == history.Nemesis {
			continue
		}
		var err error
		_, completed := pairs.Of(i)
		switch {
		case op.F == "add" && (op.Type == history.OK || op.Type == history.Info || !completed):
			err = fold.add(op)
		case op.F == "read" && op.Type == history.OK:
			_, err = integerOf(op)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	var err error
	if c.Acceptable, err = sumsOf(fold.sum, fold.doubtful); err != nil {
		return nil, nil, err
	}
	for _, op := range h {
		if !op.Final || op.Type != history.OK || op.F != "read" {
			continue
		}
		c.FinalReads = append(c.FinalReads, op.Value)
		if n, _ := integerOf(op); !c.Acceptable.holds(n) {
			c.Errors = append(c.Errors, op)
		}
	}
	c.Valid = checker.VerdictOf(len(c.Errors) == 0)
	if len(c.FinalReads) == 0 {
		c.Valid = checker.Unknown
	}
	return c, fold.witnesses(c.Errors), nil
}

// integerOf reads the value of an operation.
func integerOf(op history.Op) (*big.Int, error) {
	n, ok := new(big.Int).SetString(string(op.Value), 10)
	if !ok {
		question := ""
		if strings.HasPrefix(string(op.Value), "[") {
			question = "; is this a set's history?"
		}
		return nil, fmt.Errorf("operation %d: the value of %s is %.40s: expected an integer%s", op.Index, op.F, history.Canonical(op.Value), question)
	}
	return n, nil
}

// counterFold gathers the adds of a history.
type counterFold struct {
	sum       *big.Int // of what was acknowledged
	doubtful  []*big.Int
	unknown   []history.Op // the adds in doubt
	byProcess map[int]*addsOf
	processes []int // in the order of their first add
}

// addsOf are the adds that one process was acknowledged.
type addsOf struct {
	sum         *big.Int
	count       int
	first, last history.Op
}

func (f *counterFold) add(op history.Op) error {
	delta, err := integerOf(op)
	if err != nil {
		return err
	}
	if op.Type != history.OK {
		f.doubtful, f.unknown = append(f.doubtful, delta), append(f.unknown, op)
		return nil
	}
	f.sum.Add(f.sum, delta)
	adds := f.byProcess[op.Process]
	if adds == nil {
		adds = &addsOf{sum: new(big.Int), first: op}
		f.byProcess[op.Process] = adds
		f.processes = append(f.processes, op.Process)
	}
	adds.sum.Add(adds.sum, delta)
	adds.count++
	adds.last = op
	return nil
}

// witnesses shows the wrong reads, then what they are wrong against: the adds of each process, and those in
// doubt.
func (f *counterFold) witnesses(wrong []history.Op) []checker.Witness {
	var all []checker.Witness
	if len(wrong) == 0 {
		return nil
	}
	for _, op := range wrong[:min(checker.WitnessesMax, len(wrong))] {
		all = append(all, checker.Witness{Kind: checker.WrongSum, Value: op.Value, Known: checker.EventOf(op), Note: f.difference(op)})
	}
	for _, p := range f.processes[:min(checker.WitnessesMax, len(f.processes))] {
		adds := f.byProcess[p]
		all = append(all, checker.Witness{Kind: checker.AddsOf, Value: json.RawMessage(adds.sum.String()), Count: adds.count,
			Events: []checker.Event{*checker.EventOf(adds.first), *checker.EventOf(adds.last)}})
	}
	for _, op := range f.unknown[:min(checker.WitnessesMax, len(f.unknown))] {
		all = append(all, checker.Witness{Kind: checker.AddInDoubt, Value: op.Value, Known: checker.EventOf(op)})
	}
	return all
}

// difference says by how much a read is off what was acknowledged, and whose adds would explain it.
func (f *counterFold) difference(read history.Op) string {
	n, _ := integerOf(read)
	off := new(big.Int).Sub(n, f.sum)
	note := fmt.Sprintf("%s less than the %s acknowledged", new(big.Int).Neg(off), f.sum)
	if off.Sign() > 0 {
		note = fmt.Sprintf("%s more than the %s acknowledged", off, f.sum)
	}
	if own := f.byProcess[read.Process]; own != nil && own.sum.Cmp(n) == 0 && len(f.processes) > 1 {
		return note + ", and just what this process was acknowledged itself"
	}
	missing := new(big.Int).Neg(off)
	for _, p := range f.processes {
		if adds := f.byProcess[p]; adds.sum.Cmp(missing) == 0 && len(f.processes) > 1 {
			return note + fmt.Sprintf(", as if nothing of process %d had counted", p)
		}
	}
	return note
}
