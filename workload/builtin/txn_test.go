package builtin

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"eddy/testbench/history"
	"eddy/workload"
)

// readsMax bounds the reads of one transaction after recovery.
const readsMax = 500

func drawTransactions(t *testing.T, name string, o workload.Options, n int) (workload.Generator, [][][3]any) {
	t.Helper()
	w, rng := named(t, name), rand.New(rand.NewPCG(3, 3))
	g := w.NewGenerator(workload.Setting{Options: o}, rng)
	var all [][][3]any
	for range n {
		inv := g.Next(rng)
		var txn [][3]any
		if err := json.Unmarshal(inv.Value, &txn); err != nil || inv.F != "txn" || inv.Final {
			t.Fatalf("%+v: %v", inv, err)
		}
		all = append(all, txn)
	}
	return g, all
}

func TestTransactionsAreOneToFourOperationsHalfOfThemReads(t *testing.T) {
	_, all := drawTransactions(t, "txn-rw-register", workload.DefaultOptions(), 10_000)
	lengths, reads, mops := map[int]int{}, 0, 0
	for _, txn := range all {
		lengths[len(txn)]++
		for _, m := range txn {
			mops++
			switch {
			case m[0] == "r" && m[2] == nil:
				reads++
			case m[0] != "w":
				t.Fatalf("%v is neither a read nor a write", m)
			}
		}
	}
	for length := 1; length <= 4; length++ {
		if n := lengths[length]; n < 2300 || n > 2700 {
			t.Errorf("%d of 10000 transactions are of length %d", n, length)
		}
	}
	if len(lengths) != 4 || reads*100 < mops*49 || reads*100 > mops*53 {
		t.Errorf("lengths %v, %d reads of %d", lengths, reads, mops)
	}
}

// A key's values are 1, 2, 3 and so on, so that no two writes to it are alike; after so many it gives way to
// another.
func TestWritesAreUniqueToTheirKey(t *testing.T) {
	o := workload.DefaultOptions()
	o.KeyCount, o.MinTxnLength, o.MaxTxnLength, o.MaxWritesPerKey = 3, 2, 2, 5
	_, all := drawTransactions(t, "txn-list-append", o, 2000)
	written := map[any]float64{}
	for _, txn := range all {
		if len(txn) != 2 {
			t.Fatalf("a transaction of %d operations", len(txn))
		}
		for _, m := range txn {
			if m[0] != "append" {
				continue
			}
			if written[m[1]]++; m[2] != written[m[1]] || written[m[1]] > 5 {
				t.Fatalf("write %v, the one before was %v", m, written[m[1]]-1)
			}
		}
	}
	if len(written) < 100 {
		t.Errorf("%d keys were used", len(written))
	}
}

func TestEveryKeyIsReadAfterRecovery(t *testing.T) {
	o := workload.DefaultOptions()
	o.MaxWritesPerKey = 1
	g, all := drawTransactions(t, "txn-rw-register", o, 1000)
	missing := map[any]bool{}
	for _, txn := range all {
		for _, m := range txn {
			missing[m[1]] = true
		}
	}
	if len(missing) <= readsMax {
		t.Fatalf("only %d keys were used", len(missing))
	}
	w := named(t, "txn-rw-register")
	s := w.Final(g)
	for {
		inv, _, more := s.Next(0, nil)
		if !more {
			break
		}
		var txn [][3]any
		if err := json.Unmarshal(inv.Value, &txn); err != nil || !inv.Final || len(txn) > readsMax {
			t.Fatalf("%d reads, final %v: %v", len(txn), inv.Final, err)
		}
		for _, m := range txn {
			delete(missing, m[1])
		}
	}
	if len(missing) > 0 {
		t.Errorf("%d keys were not read", len(missing))
	}
}

func TestTransactionsAskAndUnderstandAsMaelstromDoes(t *testing.T) {
	for _, c := range []struct {
		workload, reply, ended, value string
	}{
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1,"txn":[["r",1,{"a":1}]]}`, "ok", `[["r",1,{"a":1}]]`},
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1,"txn":[["w",1,null]]}`, "info", `[["r",1,null]]`},
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1,"txn":[["append",1,2]]}`, "info", `[["r",1,null]]`},
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1,"txn":[["r",1]]}`, "info", `[["r",1,null]]`},
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1,"txn":7}`, "info", `[["r",1,null]]`},
		{"txn-rw-register", `{"type":"txn_ok","in_reply_to":1}`, "info", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"txn_ok","in_reply_to":1,"txn":[["r",1,[1,2]]]}`, "ok", `[["r",1,[1,2]]]`},
		{"txn-list-append", `{"type":"txn_ok","in_reply_to":1,"txn":[["r",1,null],["append",3,4]]}`, "info", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"txn_ok","in_reply_to":1,"txn":[["r",1,2]]}`, "info", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"error","in_reply_to":1,"code":30,"text":"conflict"}`, "fail", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"error","in_reply_to":1,"code":14,"text":"aborted"}`, "fail", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"error","in_reply_to":1,"code":11,"text":"later"}`, "fail", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"error","in_reply_to":1,"code":13,"text":"crash"}`, "info", `[["r",1,null]]`},
		{"txn-list-append", `{"type":"error","in_reply_to":1,"code":0,"text":"timeout"}`, "info", `[["r",1,null]]`},
	} {
		w := named(t, c.workload)
		inv := workload.Invocation{F: "txn", Value: []byte(`[["r",1,null]]`)}
		if got, want := string(w.Request(inv, 3)), `{"type":"txn","txn":[["r",1,null]],"msg_id":3}`; got != want {
			t.Errorf("%s, want %s", got, want)
		}
		done := w.Complete(inv, workload.ParseReply([]byte(c.reply)))
		if done.Type.String() != c.ended || string(done.Value) != c.value {
			t.Errorf("%s: %v %s, want %s %s", c.reply, done.Type, done.Value, c.ended, c.value)
		}
		if done := w.TimedOut(inv); done.Type != history.Info {
			t.Errorf("a transaction that timed out ended %v", done.Type)
		}
	}
}
