package builtin

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/workload/echo"
	"eddy/workload/uniqueids"
	"eddy/workload/workloadtest"
)

func uniqueOf(t *testing.T, ids ...string) checker.Results {
	t.Helper()
	var lines []string
	for _, id := range ids {
		lines = append(lines, "0 0 invoke generate -", "1 0 ok generate "+id)
	}
	return checked(t, "unique-ids", checker.Options{}, lines...)
}

func TestIDsAreComparedAsValues(t *testing.T) {
	cases := []struct {
		name, ids, duplicated, span string
	}{
		{"no id", ``, `{}`, `[null,null]`},
		{"one", `5`, `{}`, `[5,5]`},
		{"numbers", `10 9 100`, `{}`, `[9,100]`},
		{"twice", `1 2 1`, `{"1":2}`, `[1,2]`},
		{"1 and its text", `1 "1"`, `{}`, `[1,"1"]`},
		{"1 and its text, both twice", `1 "1" 1 "1"`, `{"1":2,"\"1\"":2}`, `[1,"1"]`},
		{"strings", `"b" "a" "b"`, `{"b":2}`, `["a","b"]`},
		{"vectors", `[2,"n0"] [1,"n1"] [1,"n1"]`, `{"[1,\"n1\"]":2}`, `[[1,"n1"],[2,"n0"]]`},
		{"objects in another order", `{"a":1,"b":2} {"b":2,"a":1}`, `{"{\"a\":1,\"b\":2}":2}`, `[{"a":1,"b":2},{"a":1,"b":2}]`},
		{"beyond doubles", `9007199254740993 9007199254740992`, `{}`, `[9007199254740992,9007199254740993]`},
		{"null", `null 1 null`, `{"null":2}`, `[1,1]`},
	}
	for _, c := range cases {
		r := uniqueOf(t, strings.Fields(c.ids)...)
		u := r.Workload.(*uniqueids.Results)
		if got, err := json.Marshal(u.Duplicated); err != nil || string(got) != c.duplicated {
			t.Errorf("%s: duplicated %s, %v; want %s", c.name, got, err, c.duplicated)
		}
		if got, err := json.Marshal(u.Range); err != nil || string(got) != c.span {
			t.Errorf("%s: range %s, %v; want %s", c.name, got, err, c.span)
		}
		if want := checker.VerdictOf(c.duplicated == `{}`); u.Valid != want || r.Valid != want {
			t.Errorf("%s: verdict %v of %v, want %v", c.name, u.Valid, r.Valid, want)
		}
	}
}

func TestTheMostFrequentDuplicatesAreListed(t *testing.T) {
	var ids []string
	for v := range 60 { // 0 to 59 twice, 3 and 5 three times
		ids = append(ids, fmt.Sprint(v), fmt.Sprint(v))
	}
	r := uniqueOf(t, append(ids, "3", "5")...)
	u := r.Workload.(*uniqueids.Results)
	if u.DuplicatedCount != 60 || len(u.Duplicated) != uniqueids.DuplicatedMax {
		t.Fatalf("%d duplicates, %d listed; want 60 and %d", u.DuplicatedCount, len(u.Duplicated), uniqueids.DuplicatedMax)
	}
	var got []string
	for _, d := range u.Duplicated[:4] {
		got = append(got, fmt.Sprintf("%s×%d", d.Value, d.Times))
	}
	if want := "3×3 5×3 14×2 15×2"; strings.Join(got, " ") != want {
		t.Errorf("list starts %s, want %s", got, want)
	}
	if w := r.Witnesses; len(w) != checker.WitnessesMax || w[0].Kind != checker.Duplicated || len(w[0].Events) != 3 || w[0].Events[0].Index != 13 {
		t.Errorf("witnesses %+v", w)
	}
}

func TestUnansweredGenerationsCountAsAttempts(t *testing.T) {
	u := checked(t, "unique-ids", checker.Options{}, "0 0 invoke generate -", "1 0 ok generate 1", "2 0 invoke generate -", "3 0 fail generate 1",
		"4 0 invoke generate -").Workload.(*uniqueids.Results)
	if u.AttemptedCount != 3 || u.AcknowledgedCount != 1 || u.Valid != checker.Valid {
		t.Errorf("%+v; want 3 attempts, 1 id, valid", u)
	}
}

func TestEchoComparesTheReplysField(t *testing.T) {
	cases := []struct {
		name, sent, kind, got string
		valid                 checker.Verdict
	}{
		{"the same", `"a"`, "ok", `{"echo":"a","type":"echo_ok"}`, checker.Valid},
		{"another", `"a"`, "ok", `{"echo":"b","type":"echo_ok"}`, checker.Invalid},
		{"a number for its text", `"1"`, "ok", `{"echo":1}`, checker.Invalid},
		{"objects in another order", `{"a":1,"b":2}`, "ok", `{"echo":{"b":2,"a":1}}`, checker.Valid},
		{"nothing for nothing", `null`, "ok", `{"type":"echo_ok"}`, checker.Valid},
		{"no field", `"a"`, "ok", `{"type":"echo_ok"}`, checker.Invalid},
		{"a field of another case", `"a"`, "ok", `{"Echo":"a"}`, checker.Invalid},
		{"no object", `"a"`, "ok", `"a"`, checker.Invalid},
		{"a definite failure", `"a"`, "fail", `"a"`, checker.Invalid},
		{"an unknown end", `"a"`, "info", `"a"`, checker.Valid},
	}
	for _, c := range cases {
		r := checked(t, "echo", checker.Options{}, "0 0 invoke echo "+c.sent, "1 0 "+c.kind+" echo "+c.got)
		e := r.Workload.(*echo.Results)
		if e.Valid != c.valid || len(e.Errors) != len(r.Witnesses) || (c.valid == checker.Invalid) != (len(e.Errors) == 1) {
			t.Errorf("%s: %+v, want %v", c.name, e, c.valid)
		}
	}
	if e := checked(t, "echo", checker.Options{}, `0 0 invoke echo "a"`).Workload.(*echo.Results); e.Valid != checker.Valid {
		t.Errorf("a request without an end: %+v, want valid", e)
	}
}

func TestStatsAreValidIfEveryKindSucceededOnce(t *testing.T) {
	r := checked(t, "g-set", checker.Options{}, "0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke add 2", "3 0 info add 2", "0 1 invoke read -", "1 1 fail read -")
	if r.Stats.Valid != checker.Invalid || r.Valid != checker.Invalid {
		t.Errorf("no read succeeded, yet stats are %v and the run %v", r.Stats.Valid, r.Valid)
	}
	if want := (checker.Counts{Valid: checker.Invalid, Count: 3, OKCount: 1, FailCount: 1, InfoCount: 1}); r.Stats.Counts != want {
		t.Errorf("stats %+v, want %+v", r.Stats.Counts, want)
	}
	if want := (checker.Counts{Valid: checker.Valid, Count: 2, OKCount: 1, InfoCount: 1}); r.Stats.ByF["add"] != want {
		t.Errorf("adds %+v, want %+v", r.Stats.ByF["add"], want)
	}
}

func TestCrashesNeedNotSucceed(t *testing.T) {
	s := checker.CheckStats(workloadtest.RunOf(t, "0 0 invoke crash -", "1 0 info crash -", "0 1 invoke send -", "1 1 ok send -"), []string{"crash"})
	if s.Valid != checker.Valid || s.ByF["crash"].Valid != checker.Invalid {
		t.Errorf("stats %+v; want valid although no crash succeeded", s)
	}
}

func TestAvailabilityIsHeldToItsGoal(t *testing.T) {
	nineOfTen := make([]string, 0, 20)
	for i := range 10 {
		kind := "ok"
		if i == 0 {
			kind = "fail"
		}
		nineOfTen = append(nineOfTen, "0 0 invoke generate -", fmt.Sprintf("1 0 %s generate %d", kind, i))
	}
	cases := []struct {
		goal  string
		lines []string
		want  checker.Verdict
	}{
		{"", nineOfTen, checker.Valid},
		{"0", nineOfTen, checker.Valid},
		{"0.89", nineOfTen, checker.Valid},
		{"0.9", nineOfTen, checker.Invalid}, // as a float, nine tenths are a little less
		{"1", nineOfTen, checker.Invalid},
		{"total", nineOfTen, checker.Invalid},
		{"1", nineOfTen[2:], checker.Valid},
		{"total", nineOfTen[2:], checker.Valid},
		{"total", nil, checker.Valid},
		{"total", nineOfTen[2:5], checker.Invalid}, // the third was invoked and never answered
	}
	for _, c := range cases {
		goal, err := checker.ParseAvailability(c.goal)
		if err != nil {
			t.Fatal(err)
		}
		r := checked(t, "unique-ids", checker.Options{Availability: goal}, c.lines...)
		if r.Availability.Valid != c.want || r.Valid != c.want {
			t.Errorf("%d operations, goal %q: %+v of %v, want %v", len(c.lines), c.goal, r.Availability, r.Valid, c.want)
		}
	}
	for _, wrong := range []string{"-0.1", "1.1", "NaN", "most"} {
		if _, err := checker.ParseAvailability(wrong); err == nil || !strings.Contains(err.Error(), "expected total or a number from 0 to 1") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func TestMessagesPerOperationNeedOperations(t *testing.T) {
	stats := &checker.NetStats{Servers: checker.NetCounts{Sends: 3, Receives: 2, Messages: 3}}
	r := checked(t, "g-set", checker.Options{Net: stats}, "0 0 invoke add 1", "1 0 ok add 1", "2 0 invoke read -", "2 nemesis info start-partition -")
	if got, err := json.Marshal(r.Net); err != nil || string(got) != `{"all":{"send-count":0,"recv-count":0,"msg-count":0,"msgs-per-op":0},`+
		`"clients":{"send-count":0,"recv-count":0,"msg-count":0},"servers":{"send-count":3,"recv-count":2,"msg-count":3,"msgs-per-op":1.5},"valid?":true}` {
		t.Errorf("net %s, %v", got, err)
	}
	if r := checked(t, "g-set", checker.Options{Net: stats}); r.Net.Servers.MsgsPerOp != nil {
		t.Errorf("without operations, %v messages an operation", *r.Net.Servers.MsgsPerOp)
	}
}

func TestAProblemInvalidatesTheRun(t *testing.T) {
	problem := checker.Problem{Node: "n1", Kind: "malformed line", Line: "hello", Expected: "JSON", Text: "n1 printed a line that is not JSON"}
	lines := []string{"0 0 invoke generate -", "1 0 ok generate 1"}
	r := checked(t, "unique-ids", checker.Options{Problems: []checker.Problem{problem}}, lines...)
	if r.Valid != checker.Invalid || r.Workload.Verdict() != checker.Valid {
		t.Errorf("the run is %v, its workload %v; want invalid and valid", r.Valid, r.Workload.Verdict())
	}
	with, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	without, err := json.Marshal(checked(t, "unique-ids", checker.Options{}, lines...))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(with), `"problems":[{"node":"n1",`) || strings.Contains(string(without), "problems") {
		t.Errorf("with a problem: %s\nwithout: %s", with, without)
	}
}

func TestAnotherWorkloadsHistoryIsRefused(t *testing.T) {
	cases := []struct {
		workload string
		lines    []string
		want     string
	}{
		{"broadcast", []string{"0 0 invoke generate -"}, "history holds f `generate` (operation 0): is this a unique-ids history? expected a broadcast history, in which clients only broadcast and read"},
		{"g-set", []string{"0 0 invoke broadcast 1"}, "is this a broadcast history?"},
		{"echo", []string{"0 0 invoke fly -"}, "history holds f `fly` (operation 0): expected an echo history"},
		{"chess", nil, `workload "chess" is unknown: expected one of broadcast, echo, g-`},
		{"g-set", []string{"0 0 invoke read -", "1 0 ok read 5"}, "operation 1: the value read is 5: expected a list of values; is this a counter's history?"},
		{"g-set", []string{"0 0 invoke add 1", "1 0 ok add 2"}, "operation 1: add completes with the value 2, which nobody invoked"},
		{"g-set", []string{"0 0 ok add 1"}, "the history contradicts itself: operation 0: process 0 completes add without having invoked it"},
	}
	for _, c := range cases {
		if _, err := Workloads().Check(c.workload, workloadtest.RunOf(t, c.lines...), checker.Options{}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want an error that says %s", c.workload, err, c.want)
		}
	}
}

func TestFalseBeatsUnknownBeatsTrue(t *testing.T) {
	for _, c := range []struct {
		parts []checker.Verdict
		want  checker.Verdict
	}{
		{nil, checker.Valid},
		{[]checker.Verdict{checker.Valid, checker.Unknown, checker.Valid}, checker.Unknown},
		{[]checker.Verdict{checker.Unknown, checker.Invalid, checker.Valid}, checker.Invalid},
	} {
		if got := checker.Merge(c.parts...); got != c.want {
			t.Errorf("merge(%v) = %v, want %v", c.parts, got, c.want)
		}
	}
}

func TestResultsSurviveJSON(t *testing.T) {
	for _, r := range workloadtest.Recordings(t) {
		want, err := Workloads().Check(r.Workload, r.History, checker.Options{Problems: []checker.Problem{{Node: "n0", Kind: "exit", Text: "n0 ended"}}})
		if err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decode(r.Workload, text)
		if err != nil {
			t.Fatal(err)
		}
		again, err := json.Marshal(got)
		if err != nil || string(again) != string(text) {
			t.Errorf("%s: results changed by being read: %v\n%.300s\n%.300s", r.Name, err, text, again)
		}
	}
}

func TestResultsOfOtherWorkloadsAreKeptAsTheyAre(t *testing.T) {
	r, err := decode("bank", json.RawMessage(`{"valid?":"unknown","stats":{"valid?":true},"workload":{"valid?":"unknown","error-types":["unseen"]}}`))
	if err != nil || r.Valid != checker.Unknown || r.Workload.Verdict() != checker.Unknown {
		t.Fatalf("%+v, %v", r, err)
	}
	if text, err := json.Marshal(r.Workload); err != nil || string(text) != `{"valid?":"unknown","error-types":["unseen"]}` {
		t.Errorf("workload %s, %v", text, err)
	}
	for _, wrong := range []string{`{}`, `{"valid?":7}`, `{"valid?":true,"workload":{"valid?":"perhaps"}}`} {
		if _, err := decode("bank", json.RawMessage(wrong)); err == nil || !strings.Contains(err.Error(), "bank run") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
