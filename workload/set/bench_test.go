package set

import (
	"encoding/json"
	"strconv"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// BenchmarkSetFull judges a broadcast run of 100,000 values with 2,000 reads
// spread over it, 600 MB of values read:
//
//	go test ./workload/set -run none -bench SetFull -benchtime 1x
func BenchmarkSetFull(b *testing.B) {
	h := bigRun(100_000, 2_000)
	b.ReportAllocs()
	for b.Loop() {
		r, err := judge("broadcast", h, checker.Options{})
		if err != nil || r.Valid != checker.Valid {
			b.Fatal(r.Valid, err)
		}
	}
}

func bigRun(values, reads int) history.History {
	var h history.History
	do := func(t history.Type, f string, value json.RawMessage) {
		h = append(h, history.Op{Index: len(h), Time: time.Duration(len(h)) * time.Millisecond, Type: t, F: f, Value: value})
	}
	var all []byte
	for v := range values {
		text := strconv.AppendInt(nil, int64(v), 10)
		do(history.Invoke, "broadcast", text)
		do(history.OK, "broadcast", text)
		all = append(append(all, ','), text...)
		if (v+1)%(values/reads) == 0 {
			do(history.Invoke, "read", nil)
			do(history.OK, "read", append(append([]byte{'['}, all[1:]...), ']'))
		}
	}
	return h
}
