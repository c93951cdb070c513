package virtual

import (
	"bytes"
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/sweep"
)

// LastMoment is the last at which anything of the run's operations and faults happened. The reads of the end show
// what is lost, and lose nothing.
func LastMoment(h history.History) time.Duration {
	var last time.Duration
	for _, op := range h {
		if !op.Final {
			last = max(last, op.Time)
		}
	}
	return last
}

// endOf is where the reads of the end begin: those that are final or, in a workload that marks none, all after the last
// operation of another kind.
func endOf(h history.History) int {
	if first := slices.IndexFunc(h, func(op history.Op) bool { return op.Final }); first >= 0 {
		return first
	}
	end := len(h)
	for end > 0 && h[end-1].F == h[len(h)-1].F {
		end--
	}
	return end
}

// misses reports whether a value is missing from any client's last read. What a checker calls lost may depend on which
// node is read last.
func misses(h history.History, value json.RawMessage) bool {
	missing := make(map[int]bool)
	for _, op := range h[endOf(h):] {
		var shown []json.RawMessage
		if op.Type == history.OK && json.Unmarshal(op.Value, &shown) == nil {
			missing[op.Process] = !slices.ContainsFunc(shown, func(v json.RawMessage) bool { return bytes.Equal(v, value) })
		}
	}
	for _, m := range missing {
		if m {
			return true
		}
	}
	return false
}

// SameFailure tells outcomes that fail as the first did: in the same words and, where a value is missing at the end,
// without that one.
func SameFailure(first *testbench.Outcome) (same func(*testbench.Outcome) bool, said string) {
	failure := Failure(first)
	w := first.Results.LostFirst()
	if w == nil || !misses(first.History, w.Value) {
		return func(out *testbench.Outcome) bool { return Failure(out) == failure }, failure
	}
	return func(out *testbench.Outcome) bool { return out.Err == nil && misses(out.History, w.Value) }, fmt.Sprintf("value %s is missing at the end", w.Value)
}

// FailingFutures makes so many futures of a run from a moment on, each the same up to there and with other chance from
// then on, and counts those that fail in the same way. config is called for each.
func FailingFutures(options testbench.Options, config func() Config, same func(*testbench.Outcome) bool, at time.Duration, futures int) (failed int) {
	work := func(i int) bool {
		o := options
		o.Branches = append(slices.DeleteFunc(slices.Clone(o.Branches), func(b testbench.Branch) bool { return b.At >= at }),
			testbench.Branch{At: at, Seed: futureSeed + uint64(i)})
		out := Run(o, config())
		return same(&out)
	}
	sweep.Pool(futures, runtime.GOMAXPROCS(0), work, func(_ int, fails bool) bool {
		if fails {
			failed++
		}
		return true
	})
	return failed
}

// futureSeed is the first seed of other futures.
const futureSeed = 1
