// Package txn is what the workloads of transactions have in common. Package analysis below it finds the anomalies.
package txn

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload"
	"eddy/workload/txn/analysis"
)

// What a node answers about transactions.
var (
	Registers = &workload.Kind{Form: `[["r", key, value], ["w", key, value], ...]`, Not: "a list of reads and writes", Admits: isRegisterTxn}
	Lists     = &workload.Kind{Form: `[["r", key, [...]], ["append", key, element], ...]`, Not: "a list of reads of lists and appends", Admits: isListTxn}
)

// New is a workload of transactions whose writes are called write; what judges it is still to be set.
func New(name, write string, kind *workload.Kind) workload.Workload {
	return workload.Workload{
		Name:         name,
		Judge:        checker.Judge{Fs: []string{"txn"}, Empty: func() checker.Workload { return &Results{} }},
		Models:       analysis.Models(),
		KeepsClients: true,
		Uses:         []string{"key-count", "min-txn-length", "max-txn-length", "max-writes-per-key"},
		Final:        func(workload.Generator) workload.Script { return nothing{} }, // as Maelstrom's, which waits for recovery all the same
		NewGenerator: func(s workload.Setting, _ *rand.Rand) workload.Generator {
			return &generator{pool: workload.NewKeyPool(s.Options), write: write, least: s.Options.MinTxnLength, most: s.Options.MaxTxnLength}
		},
		Calls: []workload.Call{
			{F: "txn", Argument: "txn", Reply: workload.Schema{Type: "txn_ok", Field: "txn", Kind: kind}},
		},
	}
}

// generator makes the operations of a run. Every length from the least to the most is equally likely.
type generator struct {
	pool        *workload.KeyPool
	write       string // how a write is called
	least, most int
	keys        int // 0 up to this were used so far
}

func (g *generator) Next(rng *rand.Rand) workload.Invocation {
	value := []byte{'['}
	for i := range g.least + rng.IntN(g.most-g.least+1) {
		if i > 0 {
			value = append(value, ',')
		}
		key, written, write := g.pool.Draw(rng)
		g.keys = max(g.keys, key+1)
		if write {
			value = append(append(append(value, `["`...), g.write...), `",`...)
			value = append(strconv.AppendInt(value, int64(key), 10), ',')
			value = append(strconv.AppendInt(value, int64(written), 10), ']')
		} else {
			value = appendRead(value, key)
		}
	}
	return workload.Invocation{F: "txn", Value: append(value, ']')}
}

func appendRead(value []byte, key int) []byte {
	value = append(value, `["r",`...)
	return append(strconv.AppendInt(value, int64(key), 10), `,null]`...)
}

// ReadEveryKey makes the script of a worker that reads every key that a generator of [New] has used.
func ReadEveryKey(of workload.Generator) workload.Script {
	return &everyKey{keys: of.(*generator).keys}
}

// everyKey reads every key, some hundred in a transaction.
type everyKey struct{ next, keys int }

// readsMax bounds the reads of one transaction after recovery.
const readsMax = 500

func (s *everyKey) Next(now time.Duration, _ *rand.Rand) (workload.Invocation, time.Duration, bool) {
	if s.next == s.keys {
		return workload.Invocation{}, now, false
	}
	value := []byte{'['}
	for end := min(s.next+readsMax, s.keys); s.next < end; s.next++ {
		if len(value) > 1 {
			value = append(value, ',')
		}
		value = appendRead(value, s.next)
	}
	return workload.Invocation{F: "txn", Value: append(value, ']'), Final: true}, now, true
}

// nothing is the script of those who do nothing after recovery.
type nothing struct{}

func (nothing) Next(now time.Duration, _ *rand.Rand) (workload.Invocation, time.Duration, bool) {
	return workload.Invocation{}, now, false
}

func isRegisterTxn(value []byte) bool { return isTxn(value, "w", func([]byte) bool { return true }) }
func isListTxn(value []byte) bool     { return isTxn(value, "append", workload.IsList) }

// isTxn tells whether a value is a completed transaction.
func isTxn(value []byte, write string, readable func(value []byte) bool) bool {
	if value[0] != '[' {
		return false
	}
	sound := true
	history.EachElement(value, func(mop json.RawMessage) bool {
		var parts []json.RawMessage
		if mop[0] == '[' {
			history.EachElement(mop, func(part json.RawMessage) bool {
				parts = append(parts, part)
				return true
			})
		}
		sound = len(parts) == 3 && (string(parts[0]) == `"r"` && readable(parts[2]) || string(parts[0]) == strconv.Quote(write))
		return sound
	})
	return sound
}
