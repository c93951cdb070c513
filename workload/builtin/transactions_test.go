package builtin

import (
	"encoding/json"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/workload/txn"
)

func transactionsOf(t *testing.T, workload string, lines ...string) (checker.Results, *txn.Results) {
	t.Helper()
	r := checked(t, workload, checker.Options{Strict: true, Availability: checker.AvailabilityGoal{Total: true}, ConsistencyModels: []string{"read-uncommitted"}}, lines...)
	return r, r.Workload.(*txn.Results)
}

// Two nodes that each keep their writes to themselves are read-uncommitted, which
// is all that Maelstrom asks in challenge 6a: that they never spoke to each other
// shows in what they answer after recovery only.
func TestNodesThatNeverTalkAreInvalid(t *testing.T) {
	lines := []string{
		`0 0 invoke txn [["w",1,1],["r",2,null]]`, `1 0 ok txn [["w",1,1],["r",2,null]]`,
		`2 1 invoke txn [["w",2,1],["r",1,null]]`, `3 1 ok txn [["w",2,1],["r",1,null]]`,
	}
	lines = compactLines(lines)
	r, w := transactionsOf(t, "txn-rw-register", lines...)
	if r.Valid != checker.Valid || w.ConvergedKeys != nil {
		t.Errorf("without reads after recovery: %v, %+v", r.Valid, w)
	}
	r, w = transactionsOf(t, "txn-rw-register", append(lines, compactLines([]string{
		`10 0 invoke txn [["r",1,null],["r",2,null]]!`, `11 0 ok txn [["r",1,1],["r",2,null]]!`,
		`10 1 invoke txn [["r",1,null],["r",2,null]]!`, `11 1 ok txn [["r",1,null],["r",2,1]]!`,
	})...)...)
	if r.Valid != checker.Invalid || w.DivergedCount != 2 || len(w.AnomalyTypes) != 0 || r.Stats.Count != 2 {
		t.Errorf("%v, %d diverged, %v, %d operations", r.Valid, w.DivergedCount, w.AnomalyTypes, r.Stats.Count)
	}
	if first := r.Witnesses[0]; first.Kind != checker.Diverged || string(first.Value) != "1" || first.Events[0].Did != "1" || first.Events[1].Did != "null" || first.Events[1].Process != 1 {
		t.Errorf("%+v", first)
	}
}

// Without strict the verdict is Maelstrom's, and the report tells what it passes over.
func TestWhatMaelstromPassesOverIsToldAndDecidesOnlyStrictly(t *testing.T) {
	diverged := compactLines([]string{
		`0 0 invoke txn [["w",1,1],["r",2,null]]`, `1 0 ok txn [["w",1,1],["r",2,null]]`,
		`2 1 invoke txn [["w",2,1],["r",1,null]]`, `3 1 ok txn [["w",2,1],["r",1,null]]`,
		`10 0 invoke txn [["r",1,null]]!`, `11 0 ok txn [["r",1,1]]!`,
		`10 1 invoke txn [["r",1,null]]!`, `11 1 ok txn [["r",1,null]]!`,
	})
	unwritten := compactLines([]string{
		`0 0 invoke txn [["r",1,null]]`, `1 0 ok txn [["r",1,0]]`, `2 0 invoke txn [["r",1,null],["w",1,1]]`, `3 0 ok txn [["r",1,0],["w",1,1]]`,
		`4 1 invoke txn [["r",1,null]]`, `5 1 ok txn [["r",1,1]]`,
	})
	afterNil := compactLines([]string{
		`0 0 invoke txn [["w",1,1]]`, `1 0 ok txn [["w",1,1]]`, `2 0 invoke txn [["r",1,null],["r",1,null]]`, `3 0 ok txn [["r",1,null],["r",1,1]]`,
	})
	for _, c := range []struct {
		name, model string
		lines       []string
		want        string
	}{
		{"nodes differ", "read-uncommitted", diverged, "nodes differ in 1 key after recovery"},
		{"a value that nobody wrote", "read-committed", unwritten, "unwritten-read: T1 read 0 of key 1, which no transaction ever wrote"},
		{"another value after nil", "snapshot-isolation", afterNil, "internal: T1 read key 1 = 1 where it had itself read or written"},
	} {
		for _, strict := range []bool{false, true} {
			r := checked(t, "txn-rw-register", checker.Options{ConsistencyModels: []string{c.model}, Strict: strict}, c.lines...)
			told := strings.Join(r.Stricter, "; ")
			if strict && (r.Valid != checker.Invalid || told != "") || !strict && (r.Valid != checker.Valid || !strings.HasPrefix(told, c.want)) {
				t.Errorf("%s, strict %v: %v, told %q; want %q", c.name, strict, r.Valid, told, c.want)
			}
		}
	}
}

func TestNodesThatAgreeAfterRecoveryAreValid(t *testing.T) {
	r, w := transactionsOf(t, "txn-rw-register", compactLines([]string{
		`0 0 invoke txn [["w",1,1],["r",2,null]]`, `1 0 ok txn [["w",1,1],["r",2,null]]`,
		`2 1 invoke txn [["w",2,{"a":1,"b":2}]]`, `3 1 ok txn [["w",2,{"a":1,"b":2}]]`,
		`10 0 invoke txn [["r",1,null],["r",2,null]]!`, `11 0 ok txn [["r",1,1],["r",2,{"a":1,"b":2}]]!`,
		`10 1 invoke txn [["r",1,null],["r",2,null]]!`, `11 1 ok txn [["r",1,1],["r",2,{"b":2,"a":1}]]!`,
	})...)
	if r.Valid != checker.Valid || w.ConvergedKeys == nil || *w.ConvergedKeys != 2 || w.DivergedCount != 0 {
		t.Errorf("%v, %+v", r.Valid, w)
	}
}

// What nobody could read did not converge, but it is no operation of the run.
func TestNodeThatDoesNotAnswerAfterRecoveryIsInvalid(t *testing.T) {
	r, w := transactionsOf(t, "txn-rw-register", compactLines([]string{
		`0 0 invoke txn [["w",1,1],["r",2,null]]`, `1 0 ok txn [["w",1,1],["r",2,null]]`,
		`2 1 invoke txn [["w",2,1]]`, `3 1 ok txn [["w",2,1]]`,
		`10 1 invoke txn [["r",1,null]]!`, `11 1 fail txn [["r",1,null]]!`,
	})...)
	if r.Valid != checker.Invalid || w.Unreadable != 1 || r.Availability.Valid != checker.Valid || r.Witnesses[0].Kind != checker.Unreadable {
		t.Errorf("%v, %+v", r.Valid, w)
	}
}

func TestTransactionsThatHaveNothingInCommonProveNothing(t *testing.T) {
	for _, workload := range []string{"txn-rw-register", "txn-list-append"} {
		r, w := transactionsOf(t, workload, compactLines([]string{`0 0 invoke txn [["r",1,null]]`, `1 0 ok txn [["r",1,null]]`})...)
		if r.Valid != checker.Unknown || strings.Join(w.AnomalyTypes, " ") != "empty-transaction-graph" {
			t.Errorf("%s: %v, %v", workload, r.Valid, w.AnomalyTypes)
		}
	}
}

func TestAnomaliesAreWrittenUnderMaelstromsNames(t *testing.T) {
	r, _ := transactionsOf(t, "txn-rw-register", compactLines([]string{
		`0 0 invoke txn [["w",1,1],["r",2,null],["w",2,1]]`, `5 0 ok txn [["w",1,1],["r",2,2],["w",2,1]]`,
		`0 1 invoke txn [["w",2,2],["r",1,null],["w",1,2]]`, `5 1 ok txn [["w",2,2],["r",1,1],["w",1,2]]`,
	})...)
	out, err := json.Marshal(r.Workload)
	if err != nil || !strings.HasPrefix(string(out), `{"valid?":false,"anomaly-types":["G0"],"anomalies":{"G0":[{"cycle":[{"index":`) ||
		!strings.Contains(string(out), `"not":["read-uncommitted"]`) {
		t.Errorf("%s, %v", out, err)
	}
	if len(r.Witnesses) != 1 || r.Witnesses[0].Kind != "G0" || len(r.Witnesses[0].Because) != 2 {
		t.Errorf("%+v", r.Witnesses)
	}
}

// compactLines puts lines in the order of their times, as a history is.
func compactLines(lines []string) []string {
	var starts, ends []string
	var all []string
	flush := func() {
		all = append(append(all, starts...), ends...)
		starts, ends = nil, nil
	}
	for i, line := range lines {
		if strings.Contains(line, " invoke ") {
			if i > 0 && strings.Fields(line)[0] != strings.Fields(lines[i-2])[0] {
				flush()
			}
			starts = append(starts, line)
		} else {
			ends = append(ends, line)
		}
	}
	flush()
	return all
}

// Real time orders a transaction before all that begin after it: that others lie
// between two of them makes the proof no longer.
func TestWitnessInRealTimeIsTheShortest(t *testing.T) {
	h := compactLines([]string{
		`0 0 invoke txn [["append",1,1]]`, `1 0 ok txn [["append",1,1]]`,
		`2 1 invoke txn [["r",1,null]]`, `3 1 ok txn [["r",1,[1]]]`,
		`4 2 invoke txn [["append",2,1]]`, `5 2 ok txn [["append",2,1]]`,
		`6 2 invoke txn [["append",2,2]]`, `7 2 ok txn [["append",2,2]]`,
		`8 0 invoke txn [["r",1,null]]`, `9 0 ok txn [["r",1,null]]`,
		`10 1 invoke txn [["r",2,null]]`, `11 1 ok txn [["r",2,[1,2]]]`,
	})
	r := checked(t, "txn-list-append", checker.Options{ConsistencyModels: []string{"strict-serializable"}}, h...)
	for _, w := range r.Witnesses {
		if w.Kind == "G-single-item-realtime" {
			if len(w.Because) != 2 || len(w.Events) != 2 {
				t.Errorf("shown are %d transactions for %q; two suffice", len(w.Events), w.Because)
			}
			return
		}
	}
	t.Errorf("%v: no G-single-item-realtime in %+v", r.Valid, r.Witnesses)
}

// A node that answers 0 for a key that was never written, as a Go map does.
func TestReadOfWhatNobodyWroteIsNamedAndProvesSomething(t *testing.T) {
	h := compactLines([]string{
		`0 0 invoke txn [["r",1,null],["w",1,7]]`, `1 0 ok txn [["r",1,0],["w",1,7]]`,
		`2 1 invoke txn [["r",1,null]]`, `3 1 ok txn [["r",1,0]]`,
	})
	for model, want := range map[string]checker.Verdict{"read-uncommitted": checker.Valid, "strict-serializable": checker.Invalid} {
		r := checked(t, "txn-rw-register", checker.Options{ConsistencyModels: []string{model}}, h...)
		w := r.Workload.(*txn.Results)
		if r.Valid != want {
			t.Errorf("%s: %v, %v", model, r.Valid, w.AnomalyTypes)
		}
		if model == "read-uncommitted" && !strings.Contains(strings.Join(w.Warnings(report.Placer{}), " "), "read 0 of key 1, which no transaction ever wrote") {
			t.Errorf("warnings: %q", w.Warnings(report.Placer{}))
		}
		if model == "strict-serializable" && !strings.Contains(strings.Join(w.AnomalyTypes, " "), "G-single-item-realtime") {
			t.Errorf("%s: %v", model, w.AnomalyTypes)
		}
	}
}
