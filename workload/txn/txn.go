// Package txn is what the workloads of transactions have in common. Package analysis below it finds the anomalies.
package txn

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
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
			{F: "txn", Argument: "txn", Reply: workload.Schema{Type: "txn_ok", Field: "txn", Kind: kind}, Alters: alters},
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

// alters says where a reply does not repeat the writes that were asked for: as many operations, each on its key, each write
// of its value. Keys may come back as strings.
func alters(asked, replied json.RawMessage) string {
	want, got := operations(asked), operations(replied)
	if len(want) != len(got) {
		return fmt.Sprintf("the transaction has %d operations and the reply %d", len(want), len(got))
	}
	for i := range want {
		if w, g := want[i], got[i]; repeated(w) != repeated(g) {
			return fmt.Sprintf("the transaction's operation %d is %s and the reply's %s", i+1, written(w), written(g))
		}
	}
	return ""
}

// repeated is what of an operation a reply must repeat.
func repeated(parts []json.RawMessage) [3]string {
	all := [3]string{string(parts[0]), strings.Trim(history.Canonical(parts[1]), `"`)}
	if string(parts[0]) != `"r"` {
		all[2] = history.Canonical(parts[2])
	}
	return all
}

func written(parts []json.RawMessage) string {
	return fmt.Sprintf("[%s, %s, %s]", parts[0], parts[1], network.Abbreviate(parts[2], 40))
}

// operations takes a transaction apart; one that is none has no operations.
func operations(txn json.RawMessage) (all [][]json.RawMessage) {
	history.EachElement(txn, func(mop json.RawMessage) bool {
		var parts []json.RawMessage
		history.EachElement(mop, func(part json.RawMessage) bool {
			parts = append(parts, part)
			return true
		})
		if len(parts) == 3 {
			all = append(all, parts)
		}
		return true
	})
	return all
}

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
