package diagnosis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// kafkaRun is a run of one poll, which its client follows with a commit, in the files of a directory and as an outcome.
func kafkaRun(t *testing.T, w checker.Witness, problems ...checker.Problem) (dir string, out *testbench.Outcome) {
	t.Helper()
	dir = t.TempDir()
	messages := `{"time":1000000,"type":"send","id":1,"src":"c3","dest":"n0","body":{"type":"poll","offsets":{"8":7},"msg_id":94}}
{"time":1100000,"type":"recv","id":1,"src":"c3","dest":"n0"}
{"time":2000000,"type":"send","id":2,"src":"n0","dest":"c3","body":{"type":"poll_ok","msgs":{"8":[[9,10],[8,9]]},"in_reply_to":94}}
{"time":2100000,"type":"send","id":3,"src":"c3","dest":"n0","body":{"type":"commit_offsets","offsets":{"8":9},"msg_id":95}}
{"time":3000000,"type":"send","id":4,"src":"n0","dest":"c3","body":{"type":"commit_offsets_ok","in_reply_to":95}}
`
	if err := os.WriteFile(filepath.Join(dir, testbench.MessagesFile), []byte(messages), 0o644); err != nil {
		t.Fatal(err)
	}
	out = &testbench.Outcome{History: history.History{
		{Index: 0, Time: time.Millisecond, Type: history.Invoke, F: "poll"},
		{Index: 1, Time: 3 * time.Millisecond, Type: history.OK, F: "poll", Value: json.RawMessage(`{"8":[[9,10],[8,9]]}`)},
	}}
	out.Meta.NodeOf = func(int) string { return "n0" }
	out.Results.Witnesses, out.Results.Problems = []checker.Witness{w}, problems
	return dir, out
}

func pollWitness() checker.Witness {
	return checker.Witness{Kind: "int-nonmonotonic-poll", Value: json.RawMessage(`[10,9]`), Note: "key 8: one poll shows 10, then 9",
		Events: []checker.Event{{Index: 1, Time: 3 * time.Millisecond}}}
}

func TestAWrongPollIsShownByThePollAndNotByTheCommitThatFollowsIt(t *testing.T) {
	dir, out := kafkaRun(t, pollWitness())
	follow := Of(dir, out)
	want := `key 8: one poll shows 10, then 9. n0 was asked {"type":"poll","offsets":{"8":7},"msg_id":94} at 0.001 s and replied {"type":"poll_ok","msgs":{"8":[[9,10],[8,9]]},"in_reply_to":94} at 0.002 s.`
	if out.Meta.Cause != want || follow != "c3/94" {
		t.Errorf("follow %q: %s", follow, out.Meta.Cause)
	}
}

func TestAnAlteredReplyComesBeforeWhatFollowedFromIt(t *testing.T) {
	altered := checker.Problem{Node: "n0", Kind: testbench.KindAlteredReply, Text: "replied with another.", First: time.Millisecond}
	dir, out := kafkaRun(t, pollWitness(), altered)
	Of(dir, out)
	if !strings.HasPrefix(out.Meta.Cause, "n0 replied with another. So key 8:") {
		t.Errorf("%s", out.Meta.Cause)
	}
	altered.First = time.Second
	dir, out = kafkaRun(t, pollWitness(), altered)
	Of(dir, out)
	if !strings.HasPrefix(out.Meta.Cause, "key 8:") {
		t.Errorf("an altered reply that came later is blamed: %s", out.Meta.Cause)
	}
}

func TestALostValueThatAReadShowsInAnotherFormIsToldSo(t *testing.T) {
	add := func(index int, value string) history.Op {
		return history.Op{Index: index, Type: history.Invoke, Process: 2 + index, F: "broadcast", Value: json.RawMessage(value)}
	}
	w := &checker.Witness{Kind: checker.Lost, Value: json.RawMessage(`3`), Known: &checker.Event{F: "broadcast", Time: time.Second}, LastMissed: &checker.Event{Index: 2}}
	for _, c := range []struct{ other, read, want string }{
		{`4`, `[[4],[3]]`, "value 3, acknowledged by n0 at 1.000 s, is shown by n0 as [3], which is not what was added, by a read at 2.000 s."},
		{`4`, `[4,"3"]`, `is shown by n0 as "3"`},
		{`4`, `[{"v":{"x":3}}]`, `is shown by n0 as {"v":{"x":3}}`},
		{`[3]`, `[[3]]`, ""},
		{`4`, `[4,33]`, ""},
		{`4`, `null`, ""},
	} {
		h := history.History{add(0, c.other), add(1, `3`), {Index: 2, Type: history.Invoke, Process: 1, F: "read"},
			{Index: 3, Time: 2 * time.Second, Type: history.OK, Process: 1, F: "read", Value: json.RawMessage(c.read)}}
		got := shownOtherwise(w, h, func(int) string { return "n0" })
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", c.read, got)
		}
	}
}

func TestAKindOfOperationOfWhichNoneSucceedsComesBeforeWhatFollowedFromIt(t *testing.T) {
	w := checker.Witness{Kind: "unseen", Note: "key 8: 1 message, acknowledged and never polled: 1", Events: []checker.Event{{Index: 1}}}
	dir, out := kafkaRun(t, w)
	out.History[1].Type, out.History[1].Error = history.Info, json.RawMessage(`"indeterminate: malformed reply {\"type\":1}"`)
	out.Results.Stats.Valid = checker.Invalid
	out.Results.Stats.ByF = map[string]checker.Counts{"poll": {Valid: checker.Invalid, Count: 1, InfoCount: 1}}
	Of(dir, out)
	want := `the first poll that did not succeed was sent to n0 at 0.001 s and ended at 0.003 s with an unknown outcome: indeterminate: malformed reply {"type":1}. So key 8: 1 message`
	if !strings.HasPrefix(out.Meta.Cause, want) {
		t.Errorf("%s", out.Meta.Cause)
	}
}

func TestADuplicatedIDIsShownByTheAnswersThatTheSentenceNames(t *testing.T) {
	w := checker.Witness{Kind: checker.Duplicated, Value: json.RawMessage(`7`), Events: []checker.Event{{Index: 1}, {Index: 3}, {Index: 5}}}
	out := &testbench.Outcome{}
	out.Results.Witnesses = []checker.Witness{w}
	if _, ops := inWords(out); !slices.Equal(ops, []int{1, 3}) {
		t.Errorf("%v", ops)
	}
}

func TestReadsAfterRecoveryThatFailAsAllTransactionsDidAreNotTheFirstThing(t *testing.T) {
	w := checker.Witness{Kind: checker.Unreadable, Count: 1, Known: &checker.Event{Index: 3}}
	out := &testbench.Outcome{History: history.History{
		{Index: 0, Type: history.Invoke, F: "txn"}, {Index: 1, Type: history.Fail, F: "txn", Error: json.RawMessage(`["txn-conflict","aborted"]`)},
		{Index: 2, Type: history.Invoke, F: "txn"}, {Index: 3, Type: history.Fail, F: "txn", Error: json.RawMessage(`["txn-conflict","aborted"]`)},
	}}
	out.Results.Witnesses = []checker.Witness{w}
	if text, ops := inWords(out); text != "1 read after recovery failed." || !slices.Equal(ops, []int{3}) {
		t.Errorf("%v: %s", ops, text)
	}
	out.Results.Stats.Valid = checker.Invalid
	out.Results.Stats.ByF = map[string]checker.Counts{"txn": {Valid: checker.Invalid}}
	if text, ops := inWords(out); !strings.HasPrefix(text, "the first txn that did not succeed") || !slices.Equal(ops, []int{0}) {
		t.Errorf("%v: %s", ops, text)
	}
}
