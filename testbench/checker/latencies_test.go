package checker

import (
	"testing"
	"time"

	"eddy/testbench/history"
)

func TestLatenciesAreThoseOfOperationsThatSucceeded(t *testing.T) {
	var h history.History
	op := func(typ history.Type, process int, f string, ms int, final bool) {
		h = append(h, history.Op{Index: len(h), Type: typ, Process: process, F: f, Time: time.Duration(ms) * time.Millisecond, Final: final})
	}
	for i := range 100 {
		op(history.Invoke, 0, "read", 10*i, false)
		op(history.OK, 0, "read", 10*i+1+i/50, false)
	}
	op(history.Invoke, 1, "write", 1990, false)
	op(history.Fail, 1, "write", 1995, false)
	op(history.Invoke, 0, "read", 5000, true)
	op(history.OK, 0, "read", 9000, true)
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	got := latenciesOf(h, pairs)
	if want := (Latency{Count: 100, PerSecond: 50.25, MedianMs: 2, P95Ms: 2, P99Ms: 2, MaxMs: 2}); len(got) != 1 || got["read"] != want {
		t.Errorf("got %+v, want read %+v alone", got, want)
	}
}
