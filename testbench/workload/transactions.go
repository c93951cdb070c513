package workload

import (
	"encoding/json"
	"math/rand/v2"
	"strconv"
	"time"

	"eddy/testbench/history"
)

// txnRegister executes transactions that read and write keys. Its reads after recovery are not Maelstrom's,
// whose checker passes nodes that never tell each other of a write: every worker reads every key.
func txnRegister() Workload {
	w := transactional("txn-rw-register", "w", RegisterTxn)
	w.Final = func(g Generator) Script { return &everyKey{keys: g.(*transactions).keys} }
	return w
}

// txnAppend executes transactions that read lists and append to them.
func txnAppend() Workload {
	return transactional("txn-list-append", "append", ListTxn)
}

func transactional(name, write string, kind Kind) Workload {
	return Workload{
		Name:         name,
		KeepsClients: true,
		Final:        func(Generator) Script { return nothing{} }, // as Maelstrom's, which waits for recovery all the same
		generator: func(s Setting, _ *rand.Rand) Generator {
			return &transactions{pool: newKeyPool(s.Options), write: write, least: s.Options.MinTxnLength, most: s.Options.MaxTxnLength}
		},
		calls: []call{
			{f: "txn", argument: "txn", reply: Schema{Type: "txn_ok", Field: "txn", Kind: kind}},
		},
	}
}

// transactions makes the operations of a run. Every length from the least to the most is equally likely.
type transactions struct {
	pool        *keyPool
	write       string // how a write is called
	least, most int
	keys        int // 0 up to this were used so far
}

func (g *transactions) Next(rng *rand.Rand) Invocation {
	value := []byte{'['}
	for i := range g.least + rng.IntN(g.most-g.least+1) {
		if i > 0 {
			value = append(value, ',')
		}
		key, written, write := g.pool.draw(rng)
		g.keys = max(g.keys, key+1)
		if write {
			value = append(append(append(value, `["`...), g.write...), `",`...)
			value = append(strconv.AppendInt(value, int64(key), 10), ',')
			value = append(strconv.AppendInt(value, int64(written), 10), ']')
		} else {
			value = appendRead(value, key)
		}
	}
	return Invocation{F: "txn", Value: append(value, ']')}
}

func appendRead(value []byte, key int) []byte {
	value = append(value, `["r",`...)
	return append(strconv.AppendInt(value, int64(key), 10), `,null]`...)
}

// everyKey reads every key, some hundred in a transaction.
type everyKey struct{ next, keys int }

// readsMax bounds the reads of one transaction after recovery.
const readsMax = 500

func (s *everyKey) Next(now time.Duration, _ *rand.Rand) (Invocation, time.Duration, bool) {
	if s.next == s.keys {
		return Invocation{}, now, false
	}
	value := []byte{'['}
	for end := min(s.next+readsMax, s.keys); s.next < end; s.next++ {
		if len(value) > 1 {
			value = append(value, ',')
		}
		value = appendRead(value, s.next)
	}
	return Invocation{F: "txn", Value: append(value, ']'), Final: true}, now, true
}

// nothing is the script of those who do nothing after recovery.
type nothing struct{}

func (nothing) Next(now time.Duration, _ *rand.Rand) (Invocation, time.Duration, bool) {
	return Invocation{}, now, false
}

func isRegisterTxn(value []byte) bool { return isTxn(value, "w", func([]byte) bool { return true }) }
func isListTxn(value []byte) bool     { return isTxn(value, "append", isList) }

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
