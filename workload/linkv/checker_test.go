package linkv

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/workloadtest"
)

func checked(t *testing.T, o checker.Options, lines ...string) checker.Results {
	t.Helper()
	r, err := judge(workloadtest.RunOf(t, lines...), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func judge(h history.History, o checker.Options) (checker.Results, error) {
	w := New()
	return w.Check(h, o)
}

func linKVOf(t *testing.T, lines ...string) (*Results, checker.Results) {
	t.Helper()
	r := checked(t, checker.Options{}, lines...)
	return r.Workload.(*Results), r
}

func TestRegistersAreJudgedByTheirOrder(t *testing.T) {
	cases := []struct {
		name  string
		lines string // process, type, f, value
		want  checker.Verdict
	}{
		{"nothing", ``, checker.Valid},
		{"a read of what was written", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke read [0,null]; 1 ok read [0,1]`, checker.Valid},
		{"a read of what was overwritten", `0 invoke write [0,1]; 0 ok write [0,1]; 0 invoke write [0,2]; 0 ok write [0,2]; 1 invoke read [0,null]; 1 ok read [0,1]`, checker.Invalid},
		{"a read during the second write", `0 invoke write [0,1]; 0 ok write [0,1]; 0 invoke write [0,2]; 1 invoke read [0,null]; 1 ok read [0,1]; 0 ok write [0,2]`, checker.Valid},
		{"a read that began as the write ended", `0 invoke write [0,1]; 0 ok write [0,1]; 0 invoke write [0,2]; 0 ok write [0,2]; 1 invoke read [0,null]; 1 ok read [0,2]`, checker.Valid},
		{"another key", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke read [7,null]; 1 ok read [7,1]`, checker.Invalid},
		{"a cas that found its value", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[1,2]]; 1 ok cas [0,[1,2]]; 1 invoke read [0,null]; 1 ok read [0,2]`, checker.Valid},
		{"a cas that cannot have", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[3,2]]; 1 ok cas [0,[3,2]]`, checker.Invalid},
		{"two cas of one value", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[1,2]]; 2 invoke cas [0,[1,3]]; 1 ok cas [0,[1,2]]; 2 ok cas [0,[1,3]]`, checker.Invalid},
		{"a failed write that is read", `0 invoke write [0,1]; 0 fail write [0,1]; 1 invoke read [0,null]; 1 ok read [0,1]`, checker.Invalid},
		{"an unknown write that is read later", `0 invoke write [0,1]; 0 info write [0,1]; 1 invoke write [0,2]; 1 ok write [0,2]; 1 invoke read [0,null]; 1 ok read [0,1]`, checker.Valid},
		{"an unknown write that is read, then not, then read", `0 invoke write [0,1]; 0 info write [0,1]; 1 invoke read [0,null]; 1 ok read [0,1]; 1 invoke write [0,2]; 1 ok write [0,2]; 1 invoke read [0,null]; 1 ok read [0,1]`, checker.Invalid},
		{"an unknown cas that happened", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[1,2]]; 1 info cas [0,[1,2]]; 0 invoke read [0,null]; 0 ok read [0,2]`, checker.Valid},
		{"an unknown cas that did not", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[1,2]]; 1 info cas [0,[1,2]]; 0 invoke read [0,null]; 0 ok read [0,1]`, checker.Valid},
		{"an unknown cas that cannot have", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke cas [0,[5,2]]; 1 info cas [0,[5,2]]; 0 invoke read [0,null]; 0 ok read [0,2]`, checker.Invalid},
		{"a read that failed", `0 invoke read [0,null]; 0 fail read [0,null]`, checker.Valid},
		{"a read without an answer", `0 invoke read [0,null]`, checker.Valid},
		{"a read of null, as Knossos has it", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke read [0,null]; 1 ok read [0,null]`, checker.Valid},
		{"values of any kind", `0 invoke write ["k",{"a":[1,2],"b":null}]; 0 ok write ["k",{"a":[1,2],"b":null}]; 1 invoke read ["k",null]; 1 ok read ["k",{"b":null,"a":[1,2]}]`, checker.Valid},
		{"keys that are equal", `0 invoke write [{"a":1,"b":2},7]; 0 ok write [{"a":1,"b":2},7]; 1 invoke read [{"b":2,"a":1},null]; 1 ok read [{"b":2,"a":1},8]`, checker.Invalid},
		{"1 is not its text", `0 invoke write [0,1]; 0 ok write [0,1]; 1 invoke read [0,null]; 1 ok read [0,"1"]`, checker.Invalid},
	}
	for _, c := range cases {
		var lines []string
		for i, line := range strings.Split(c.lines, "; ") {
			if c.lines != "" {
				lines = append(lines, fmt.Sprintf("%d %s", i, line))
			}
		}
		l, r := linKVOf(t, lines...)
		if l.Valid != c.want {
			t.Errorf("%s: %v, want %v", c.name, l.Valid, c.want)
		}
		if invalid := c.want == checker.Invalid; invalid != (len(r.Witnesses) == 1) || invalid != (len(l.Failures) == 1) || invalid != (len(l.Pictures()) == 1) {
			t.Errorf("%s: witnesses %+v, failures %s, %d pictures", c.name, r.Witnesses, l.Failures, len(l.Pictures()))
		}
	}
}

func TestOperationsThatProveItAreNamed(t *testing.T) {
	l, r := linKVOf(t, "0 0 invoke write [0,1]", "1 0 ok write [0,1]", "2 1 invoke cas [0,[1,2]]", "3 1 ok cas [0,[1,2]]",
		"4 0 invoke read [0,null]", "5 0 ok read [0,1]", "6 0 invoke read [0,null]", "7 0 ok read [0,1]")
	if op := l.Results["0"].Linearizable.Op; op == nil || op.Index != 5 || l.Results["0"].Linearizable.PreviousOK.Index != 3 {
		t.Fatalf("%+v", l.Results["0"])
	}
	var told []string
	for _, e := range r.Witnesses[0].Events {
		told = append(told, fmt.Sprintf("%s [%d] %s", e.Did, e.Index, e.Then))
	}
	if want := "write 1 [0] 1; cas 1 to 2 [2] 2; read 1 [4] "; strings.Join(told, "; ") != want {
		t.Errorf("told %q, want %q", told, want)
	}
	var page bytes.Buffer
	if err := l.Pictures()[0].Draw(&page); err != nil || !strings.Contains(page.String(), "cas 1 to 2") || l.Pictures()[0].Name != "linearizability-key-0.html" {
		t.Errorf("%s: %v, %d bytes", l.Pictures()[0].Name, err, page.Len())
	}
}

// Fifty writes of one value under way and a read of another: every subset of the
// writes would have to be tried.
func TestSearchThatGrowsBeyondItsBoundIsUnknown(t *testing.T) {
	var h history.History
	add := func(typ history.Type, process int, f, value string) {
		h = append(h, history.Op{Index: len(h), Time: time.Duration(len(h)), Type: typ, Process: process, F: f, Value: json.RawMessage(value)})
	}
	for i := range 50 {
		add(history.Invoke, i, "write", fmt.Sprintf("[0,%d]", i))
	}
	add(history.Invoke, 99, "read", "[0,null]")
	add(history.OK, 99, "read", "[0,77]")
	pairs, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	registers, _, err := registersOf(h, pairs)
	if err != nil {
		t.Fatal(err)
	}
	if r := registers["0"]; findOrderWithin(1<<20, r.deeds, &r.values, false).verdict != checker.Unknown {
		t.Error("a search of 2^50 states came to an end")
	}
	result, _, err := check(h, pairs, checker.Options{})
	if err != nil || result.Verdict() != checker.Unknown || len(result.(*Results).Failures) != 0 {
		t.Errorf("%+v, %v: a key that is unknown is no failure", result, err)
	}
}

func TestAnsweredFractionCountsRefusalsForWhatAKeyHolds(t *testing.T) {
	h := history.History{}
	for i, end := range []struct {
		typ history.Type
		why string
	}{{history.OK, ""}, {history.Fail, `["precondition-failed","1 is not 2"]`}, {history.Fail, `["key-does-not-exist",null]`}, {history.Fail, `["temporarily-unavailable","no leader"]`}, {history.Info, `"net-timeout"`}} {
		value := json.RawMessage(`[0,[1,2]]`)
		h = append(h, history.Op{Index: 2 * i, Type: history.Invoke, Process: i, F: "cas", Value: value},
			history.Op{Index: 2*i + 1, Type: end.typ, Process: i, F: "cas", Value: value, Error: json.RawMessage(end.why)})
	}
	h[1].Error = nil
	h[0].F, h[1].F, h[0].Value, h[1].Value = "write", "write", json.RawMessage(`[1,1]`), json.RawMessage(`[1,1]`)
	r, err := judge(h, checker.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Workload.(*Results).AnsweredFraction; f == nil || *f != 0.6 {
		t.Errorf("answered %v, want 0.6", f)
	}
}

func TestHistoriesWithoutKeysAreRefused(t *testing.T) {
	for value, want := range map[string]string{`7`: "expected a key and a value", `[1]`: "expected a key and a value", `[0,3]`: "expected two values"} {
		h := history.History{{Type: history.Invoke, F: "cas", Value: json.RawMessage(value)}}
		if _, err := judge(h, checker.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", value, err, want)
		}
	}
}
