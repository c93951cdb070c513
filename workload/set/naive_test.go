package set

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// TestAnalysisAgreesWithTheDefinition holds the checker, which looks at each
// read once, to the definition of a value's fate, looked up value by value, on
// random runs full of concurrent, failing and contradicting operations.
func TestAnalysisAgreesWithTheDefinition(t *testing.T) {
	for seed := range uint64(500) {
		h := randomRun(rand.New(rand.NewPCG(seed, 0)))
		r, err := judge("add", h, checker.Options{})
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for _, e := range r.Workload.(*Results).Elements {
			outcome, latency := fateByDefinition(t, h, string(e.Value))
			if e.Outcome != outcome || e.LatencyMs != latency {
				t.Fatalf("seed %d: value %s has outcome %d after %d ms, by definition %d after %d ms",
					seed, e.Value, e.Outcome, e.LatencyMs, outcome, latency)
			}
		}
	}
}

// randomRun lets five processes add ten values, again and again, and read
// random sets of them.
func randomRun(random *rand.Rand) history.History {
	var h history.History
	busy := map[int]history.Op{}
	for range 60 {
		op := history.Op{Index: len(h), Process: random.IntN(5)}
		op.Time = time.Duration(len(h))*time.Millisecond + time.Duration(random.IntN(1000))*time.Microsecond
		if started, ok := busy[op.Process]; ok {
			op.Type, op.F, op.Value = history.OK+history.Type(random.IntN(9)/7), started.F, started.Value
			if op.F == "read" {
				op.Value = randomSet(random)
			}
			delete(busy, op.Process)
		} else {
			op.Type, op.F = history.Invoke, "read"
			if random.IntN(2) == 0 {
				op.F, op.Value = "add", json.RawMessage(fmt.Sprint(random.IntN(10)))
			}
			busy[op.Process] = op
		}
		h = append(h, op)
	}
	return h
}

func randomSet(random *rand.Rand) json.RawMessage {
	set := []int{}
	for v := range 10 {
		if random.IntN(3) > 0 {
			set = append(set, v)
		}
	}
	text, _ := json.Marshal(set)
	return text
}

func fateByDefinition(t *testing.T, h history.History, value string) (Outcome, int64) {
	t.Helper()
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	added := -1
	for i, op := range h {
		if op.F == "add" && op.Type == history.Invoke && string(op.Value) == value {
			added = i
		}
	}
	known, present, absent := -1, -1, -1
	for i := added + 1; i < len(h); i++ {
		op := h[i]
		if op.Type != history.OK {
			continue
		}
		if op.F == "add" && string(op.Value) == value && known < 0 {
			known = i
		}
		if op.F != "read" {
			continue
		}
		var set []json.Number
		if err := json.Unmarshal(op.Value, &set); err != nil {
			t.Fatal(err)
		}
		invocation, _ := pairs.Of(i)
		if slices.Contains(set, json.Number(value)) {
			present = max(present, invocation)
			if known < 0 {
				known = i
			}
		} else {
			absent = max(absent, invocation)
		}
	}
	since := func(last int) int64 {
		if last < 0 || h[last].Time+1 < h[known].Time {
			return 0
		}
		return int64((h[last].Time + 1 - h[known].Time) / time.Millisecond)
	}
	switch {
	case present > absent:
		return Stable, since(absent)
	case known >= 0 && absent > known:
		return LostElement, since(present)
	}
	return NeverRead, 0
}
