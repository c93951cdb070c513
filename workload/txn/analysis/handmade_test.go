package analysis

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/history"
)

// runOf makes a history of lines such as "10 30 ok 0 [["r",1,2]]": when a
// transaction began and ended in ms, how, by which process, and what it did. An
// end of - leaves it open.
func runOf(t *testing.T, lines ...string) history.History {
	t.Helper()
	var h history.History
	for _, line := range lines {
		parts := strings.SplitN(line, " ", 5)
		if len(parts) != 5 {
			t.Fatalf("line %q has %d parts", line, len(parts))
		}
		op := history.Op{F: "txn", Value: json.RawMessage(parts[4]), Type: history.Invoke}
		fmt.Sscan(parts[3], &op.Process)
		op.Time = ms(t, parts[0])
		h = append(h, op)
		if parts[1] == "-" {
			continue
		}
		op.Time = ms(t, parts[1])
		op.Type = map[string]history.Type{"ok": history.OK, "fail": history.Fail, "info": history.Info}[parts[2]]
		h = append(h, op)
	}
	slices.SortStableFunc(h, func(a, b history.Op) int { return int(a.Time - b.Time) })
	for i := range h {
		h[i].Index = i
	}
	return h
}

func ms(t *testing.T, text string) time.Duration {
	t.Helper()
	d, err := time.ParseDuration(text + "ms")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// anomaly is a history and the anomalies in it, whichever model is asked for.
type anomaly struct {
	name  string
	model string
	lines []string
	want  []string
}

func testAnomalies(t *testing.T, data Data, cases []anomaly) {
	t.Helper()
	for _, c := range cases {
		model := c.model
		if model == "" {
			model = "serializable"
		}
		a := analyse(t, runOf(t, c.lines...), data, model)
		var got []string
		for _, f := range a.Findings {
			got = append(got, f.Kind)
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestAnomaliesOfRegisters(t *testing.T) {
	testAnomalies(t, Registers, []anomaly{
		{name: "one after the other", lines: []string{`0 1 ok 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,1],["w",1,2]]`, `4 5 ok 0 [["r",1,2]]`}},
		{name: "a read of what a failed transaction wrote", lines: []string{`0 1 fail 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,1]]`}, want: []string{"G1a"}},
		{name: "a read of what an unknown transaction wrote", lines: []string{`0 1 info 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,1]]`}},
		{name: "a read of what an open transaction wrote", lines: []string{`0 - ok 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,1]]`}},
		{name: "a read of what nobody wrote", lines: []string{`2 3 ok 1 [["r",1,1]]`}, want: []string{"unwritten-read"}},
		{name: "a read between two writes of a transaction", lines: []string{`0 1 ok 0 [["w",1,1],["w",1,2]]`, `2 3 ok 1 [["r",1,1]]`}, want: []string{"G1b"}},
		{name: "a transaction may read its own intermediate write", lines: []string{`0 1 ok 0 [["w",1,1],["r",1,1],["w",1,2]]`, `2 3 ok 0 [["r",1,2]]`}},
		{name: "a transaction does not read what it wrote", lines: []string{`0 1 ok 0 [["w",1,1],["r",1,null]]`}, want: []string{"internal"}},
		{name: "a read that is not repeatable", lines: []string{`0 1 ok 0 [["w",1,1]]`, `0 9 ok 1 [["r",1,null],["r",1,1]]`}, want: []string{"internal"}},
		{name: "two updates of one state", lines: []string{`0 9 ok 0 [["r",1,null],["w",1,1]]`, `0 9 ok 1 [["r",1,null],["w",1,2]]`},
			want: []string{"G2-item", "lost-update"}},
		{name: "a write before the read is no update", lines: []string{`0 9 ok 0 [["w",1,1],["r",1,1]]`, `0 9 ok 1 [["w",1,2],["r",1,2]]`}},
		{name: "information in a circle", lines: []string{`0 9 ok 0 [["w",1,1],["r",2,1]]`, `0 9 ok 1 [["w",2,1],["r",1,1]]`}, want: []string{"G1c"}},
		{name: "a fractured read", lines: []string{`0 1 ok 0 [["w",1,1],["w",2,1]]`, `2 3 ok 1 [["r",1,1],["r",2,null]]`}, want: []string{"G-single-item"}},
		{name: "write skew", lines: []string{`0 9 ok 0 [["r",1,null],["w",2,1]]`, `0 9 ok 1 [["r",2,null],["w",1,1]]`}, want: []string{"G2-item"}},
		{name: "a long fork", lines: []string{`0 9 ok 0 [["w",1,1]]`, `0 9 ok 1 [["w",2,1]]`, `10 19 ok 2 [["r",1,1],["r",2,null]]`, `10 19 ok 3 [["r",1,null],["r",2,1]]`},
			want: []string{"G-nonadjacent-item"}},
		{name: "writes in a circle", lines: []string{`0 9 ok 0 [["w",1,1],["r",2,2],["w",2,1]]`, `0 9 ok 1 [["w",2,2],["r",1,1],["w",1,2]]`}, want: []string{"G0"}},
		{name: "versions in a circle", lines: []string{`0 9 ok 0 [["r",1,2],["w",1,1]]`, `0 9 ok 1 [["r",1,1],["w",1,2]]`}, want: []string{"G1c", "cyclic-versions"}},
		{name: "a stale read", model: "strict-serializable", lines: []string{`0 1 ok 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,null]]`}, want: []string{"G-single-item-realtime"}},
		{name: "the same, where real time is not asked for", lines: []string{`0 1 ok 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,null]]`}},
		{name: "not stale while the write goes on", model: "strict-serializable", lines: []string{`0 3 ok 0 [["w",1,1]]`, `2 4 ok 1 [["r",1,null]]`}},
		{name: "a process misses its own write", model: "strong-session-serializable", lines: []string{`0 1 ok 0 [["w",1,1]]`, `2 3 ok 0 [["r",1,null]]`},
			want: []string{"G-single-item-process"}},
		{name: "an open write is before nobody", model: "strict-serializable", lines: []string{`0 - ok 0 [["w",1,1]]`, `2 3 ok 1 [["r",1,null]]`}},
		{name: "keys and values of any kind", lines: []string{`0 9 ok 0 [["w",{"a":1},[1]],["r","1",1.0]]`, `0 9 ok 1 [["w","1",1.00],["r",{"a":1},[1]]]`}, want: []string{"G1c"}},
	})
}

func TestAnomaliesOfLists(t *testing.T) {
	testAnomalies(t, Lists, []anomaly{
		{name: "one after the other", lines: []string{`0 1 ok 0 [["append",1,1]]`, `2 3 ok 1 [["r",1,[1]],["append",1,2],["r",1,[1,2]]]`}},
		{name: "a read of what a failed transaction appended", lines: []string{`0 1 fail 0 [["append",1,1]]`, `2 3 ok 1 [["r",1,[1]]]`}, want: []string{"G1a"}},
		{name: "an append to what a failed transaction appended", lines: []string{`0 1 fail 0 [["append",1,1]]`, `2 3 ok 1 [["append",1,2]]`, `4 5 ok 1 [["r",1,[1,2]]]`},
			want: []string{"G1a", "dirty-update"}},
		{name: "a read between two appends of a transaction", lines: []string{`0 1 ok 0 [["append",1,1],["append",1,2]]`, `2 3 ok 1 [["r",1,[1]]]`}, want: []string{"G-single-item", "G1b"}},
		{name: "a read of what nobody appended", lines: []string{`0 1 ok 0 [["append",1,1]]`, `2 3 ok 1 [["r",1,[1,7]]]`}, want: []string{"unwritten-read"}},
		{name: "an append is there twice", lines: []string{`0 1 ok 0 [["append",1,1]]`, `2 3 ok 1 [["r",1,[1,1]]]`}, want: []string{"duplicate-elements"}},
		{name: "two orders", lines: []string{`0 1 ok 0 [["append",1,1]]`, `0 1 ok 1 [["append",1,2]]`, `2 3 ok 0 [["r",1,[1,2]]]`, `2 3 ok 1 [["r",1,[2]]]`}, want: []string{"incompatible-order"}},
		{name: "its own append is missing", lines: []string{`0 1 ok 0 [["append",1,1],["r",1,null]]`}, want: []string{"internal"}},
		{name: "its own append is not last", lines: []string{`0 1 ok 0 [["append",1,1],["r",1,[1,2]]]`, `0 1 ok 1 [["append",1,2]]`}, want: []string{"G1c", "internal"}},
		{name: "an append read before it was made", lines: []string{`0 1 ok 0 [["r",1,[1]],["append",1,1]]`}, want: []string{"future-read"}},
		{name: "two updates of one state", lines: []string{`0 9 ok 0 [["r",1,[]],["append",1,1]]`, `0 9 ok 1 [["r",1,null],["append",1,2]]`, `10 11 ok 0 [["r",1,[1,2]]]`},
			want: []string{"G-single-item", "lost-update"}},
		{name: "appends in a circle", lines: []string{`0 9 ok 0 [["append",1,1],["append",2,1]]`, `0 9 ok 1 [["append",1,2],["append",2,2]]`, `10 11 ok 2 [["r",1,[1,2]],["r",2,[2,1]]]`},
			want: []string{"G0"}},
		{name: "write skew", lines: []string{`0 9 ok 0 [["r",1,null],["append",2,1]]`, `0 9 ok 1 [["r",2,[]],["append",1,1]]`}, want: []string{"G2-item"}},
		{name: "a stale read", model: "strict-serializable", lines: []string{`0 1 ok 0 [["append",1,1]]`, `2 3 ok 1 [["r",1,null]]`}, want: []string{"G-single-item-realtime"}},
		{name: "an unknown append that was seen", lines: []string{`0 1 info 0 [["append",1,1],["r",2,null]]`, `2 3 ok 1 [["r",1,[1]]]`}},
		{name: "an append that nobody saw came after those that were seen", model: "strict-serializable",
			lines: []string{`0 1 ok 0 [["append",1,1]]`, `2 3 ok 1 [["append",1,2]]`, `4 5 ok 2 [["r",1,[1]]]`}, want: []string{"G-single-item-realtime"}},
	})
}

func TestCircleIsToldStepByStep(t *testing.T) {
	a := analyse(t, runOf(t, `0 1 ok 0 [["w",1,5]]`, `2 3 ok 1 [["r",2,null],["w",1,6],["w",2,7]]`, `4 9 ok 2 [["r",1,5],["r",2,7],["w",3,1]]`, `12 13 ok 0 [["r",3,null]]`), Registers)
	f := a.Findings[0]
	told := f.Kind
	for i, x := range f.Transactions {
		told += fmt.Sprintf("\nT%d = [%d] %s", i+1, x.Index, x.Value)
	}
	told += "\n" + strings.Join(f.Because, "\n")
	want := `G-single-item-realtime
T1 = [7] [["r",3,null]]
T2 = [5] [["r",1,5],["r",2,7],["w",3,1]]
T1 before T2: T1 saw that nobody had written key 3, and T2 wrote 1 after that
T2 before T1: T2 ended at 0.009 s, before T1 began at 0.012 s`
	if told != want {
		t.Errorf("told:\n%s\nwant:\n%s", told, want)
	}
	if out, err := json.Marshal(f); err != nil || !strings.Contains(string(out), `"steps":[{"type":"rw","key":3,"value":null,"value'":1,`) {
		t.Errorf("%s, %v", out, err)
	}
}

func TestHistoryThatCannotBeJudgedIsRefused(t *testing.T) {
	for _, c := range []struct {
		data       Data
		line, want string
	}{
		{Registers, `0 1 ok 0 [["w",1,5],["w",1,5]]`, "writes 5 to key 1 twice"},
		{Registers, `0 1 ok 0 [["w",1,null]]`, "writes null, which is what a key that nobody wrote reads as"},
		{Registers, `0 1 ok 0 [["append",1,5]]`, "is this another workload's history?"},
		{Registers, `0 1 ok 0 [["r",1]]`, "is neither a read nor a write"},
		{Registers, `0 1 ok 0 17`, "expected a transaction such as"},
		{Lists, `0 1 ok 0 [["r",1,5]]`, "expected a list or null"},
	} {
		h := runOf(t, c.line)
		pairs, _ := h.Pair()
		if _, err := Check(h, pairs, c.data, []string{"serializable"}, true); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.line, err)
		}
	}
}

func TestUnknownModelNamesTheKnown(t *testing.T) {
	if _, err := ParseModels([]string{"read-comitted"}); err == nil || !strings.Contains(err.Error(), "read-committed") {
		t.Error(err)
	}
	if got, err := ParseModels(nil); err != nil || !slices.Equal(got, []string{"strong-serializable"}) {
		t.Error(got, err)
	}
}

func TestModelsForbidWhatTheyAreKnownToForbid(t *testing.T) {
	for _, c := range []struct{ model, forbidden, allowed string }{
		{"read-uncommitted", "G0 duplicate-elements cyclic-versions", "G1a G1b G1c internal lost-update G-single-item G2-item G0-realtime"},
		{"read-committed", "G0 G1a G1b G1c incompatible-order dirty-update unwritten-read", "internal lost-update G-single-item"},
		{"read-atomic", "G1c internal future-read", "G-single-item lost-update G2-item"},
		{"snapshot-isolation", "lost-update G-single-item G-nonadjacent-item internal", "G2-item G-single-item-realtime"},
		{"repeatable-read", "G2-item lost-update", "G2-item-process"},
		{"serializable", "G2-item internal", "G2-item-realtime G-single-item-process"},
		{"strict-serializable", "G2-item-realtime G-single-item-process G1c-realtime", ""},
	} {
		parsed, err := ParseModels([]string{c.model})
		if err != nil {
			t.Fatal(err)
		}
		forbidden := forbiddenBy(parsed)
		for _, name := range strings.Fields(c.forbidden) {
			if !forbidden(name) {
				t.Errorf("%s allows %s", c.model, name)
			}
		}
		for _, name := range strings.Fields(c.allowed) {
			if forbidden(name) {
				t.Errorf("%s forbids %s", c.model, name)
			}
		}
	}
}
