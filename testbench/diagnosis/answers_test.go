package diagnosis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
)

// outcomeOf is an invalid run of one node, n0, of which there is a history and a journal of messages, each line "ms kind id
// src dest body".
func outcomeOf(t *testing.T, r checker.Results, h history.History, messages ...string) *testbench.Outcome {
	t.Helper()
	var text strings.Builder
	for _, line := range messages {
		f := strings.SplitN(line, " ", 6)
		text.WriteString(`{"time":` + f[0] + `000000,"type":"` + f[1] + `","id":` + f[2] + `,"src":"` + f[3] + `","dest":"` + f[4] + `"`)
		if len(f) == 6 {
			text.WriteString(`,"body":` + f[5])
		}
		text.WriteString("}\n")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, testbench.MessagesFile), []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	r.Valid = checker.Invalid
	return &testbench.Outcome{Results: r, History: h, Meta: report.Meta{Dir: dir, NodeOf: func(int) string { return "n0" }}}
}

func echoed(reply string) (history.History, []string) {
	h := history.History{
		{Index: 0, Type: history.Invoke, F: "echo", Value: json.RawMessage(`"a"`), Time: time.Millisecond},
		{Index: 1, Type: history.Info, F: "echo", Value: json.RawMessage(`"a"`), Time: 9 * time.Millisecond, Error: json.RawMessage(`"net-timeout"`)},
	}
	return h, []string{`1 send 0 c2 n0 {"type":"echo","echo":"a","msg_id":1}`, `1 recv 0 c2 n0`, `2 send 1 n0 c2 ` + reply, `3 recv 1 n0 c2`}
}

func TestWrongAnswerIsToldWithRequestAndReply(t *testing.T) {
	h, messages := echoed(`{"type":"echo_ok","echo":"b","in_reply_to":1}`)
	invoked := checker.EventOf(h[0])
	r := checker.Results{Witnesses: []checker.Witness{{Kind: checker.WrongEcho, Value: json.RawMessage(`"a"`), Got: json.RawMessage(`"b"`), Invoked: invoked}}}
	out := outcomeOf(t, r, h, messages...)
	follow := Of(out.Meta.Dir, out)
	want := `"a", sent at 0.001 s, was answered with "b". n0 was asked {"type":"echo","echo":"a","msg_id":1} at 0.001 s and replied {"type":"echo_ok","echo":"b","in_reply_to":1} at 0.002 s.`
	if out.Meta.Cause != want || follow != "c2/1" {
		t.Errorf("follow %q, cause\n%s\nwant\n%s", follow, out.Meta.Cause, want)
	}
}

func TestReplyWithAnIDThatIsNoIntegerIsTheCause(t *testing.T) {
	for _, id := range []string{`"1"`, `1.0`} {
		h, messages := echoed(`{"type":"echo_ok","in_reply_to":` + id + `}`)
		r := checker.Results{Stats: checker.CheckStats(h, nil)}
		out := outcomeOf(t, r, h, messages...)
		Of(out.Meta.Dir, out)
		if !strings.HasSuffix(out.Meta.Cause, "at 0.002 s, which answers nothing: in_reply_to is not the integer 1.") {
			t.Errorf("in_reply_to %s: %s", id, out.Meta.Cause)
		}
	}
	h, messages := echoed(`{"type":"echo_ok","in_reply_to":12}`)
	out := outcomeOf(t, checker.Results{Stats: checker.CheckStats(h, nil)}, h, messages...)
	if Of(out.Meta.Dir, out); !strings.HasSuffix(out.Meta.Cause, " and did not reply.") {
		t.Errorf("a reply to another request: %s", out.Meta.Cause)
	}
}

func TestNodeThatEndedIsTheCauseWithWhatItWrote(t *testing.T) {
	out := outcomeOf(t, checker.Results{Problems: []checker.Problem{{Node: "n0", Kind: "exit", Text: "exited (at 1.000 s).", Stderr: []string{"Traceback", "  File x", "KeyError: 'a'"}}}}, nil)
	Of(out.Meta.Dir, out)
	if out.Meta.Cause != "n0 exited (at 1.000 s). It wrote: KeyError: 'a'." {
		t.Error(out.Meta.Cause)
	}
}

func TestLineThatTellsWhyANodeEnded(t *testing.T) {
	for _, c := range []struct {
		stderr []string
		want   string
	}{
		{nil, ""},
		{[]string{"panic: index out of range", "goroutine 1 [running]:"}, "panic: index out of range"},
		{[]string{"thread 'main' panicked at src/main.rs:4:5:", "no room", "note: run with"}, "thread 'main' panicked at src/main.rs:4:5: no room"},
		{[]string{"x.js:3", "TypeError: a is not a function", "    at x", ""}, "TypeError: a is not a function"},
		{[]string{"loading", "no such flag"}, "no such flag"},
	} {
		if got := tellingLine(c.stderr); got != c.want {
			t.Errorf("%q: %q, want %q", c.stderr, got, c.want)
		}
	}
}
