package trace

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// untraced is a run of which there is only the network's journal. Lines are "ms kind id src dest body-or-why".
func untraced(t *testing.T, lines ...string) *Run {
	t.Helper()
	var text strings.Builder
	for _, line := range lines {
		f := strings.SplitN(line, " ", 6)
		fmt.Fprintf(&text, `{"time":%s000000,"type":%q,"id":%s,"src":%q,"dest":%q`, f[0], f[1], f[2], f[3], f[4])
		switch {
		case f[1] == "send":
			fmt.Fprintf(&text, `,"body":%s`, f[5])
		case f[1] == "lost":
			fmt.Fprintf(&text, `,"why":%q`, f[5])
		}
		text.WriteString("}\n")
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, messagesFile), []byte(text.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, madeFile), []byte(`{"values":["message"]}`), 0o644); err != nil {
		t.Fatal(err)
	}
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// gossiped is a value that n1 is given, sends n2 within an object's keys, and n3 in vain.
func gossiped(t *testing.T) *Run {
	return untraced(t,
		`1 send 0 c1 n1 {"type":"init","msg_id":1,"node_id":"n1"}`, `1 recv 0 c1 n1`,
		`1 send 1 c2 n2 {"type":"init","msg_id":1,"node_id":"n2"}`, `1 recv 1 c2 n2`,
		`1 send 2 c3 n3 {"type":"init","msg_id":1,"node_id":"n3"}`, `1 recv 2 c3 n3`,
		`2 send 3 n3 c3 {"type":"init_ok","in_reply_to":1}`, `2 recv 3 n3 c3`,
		`5 send 4 c4 n1 {"type":"broadcast","message":77,"msg_id":9}`, `5 recv 4 c4 n1`,
		`5 send 5 n1 c4 {"type":"broadcast_ok","in_reply_to":9}`, `5 recv 5 n1 c4`,
		`6 send 6 n1 n2 {"type":"sync","state":{"77":{"at":3}}}`, `6 send 7 n1 n3 {"type":"sync","state":{"77":{"at":3}}}`,
		`30 lost 7 n1 n3 partition`, `31 recv 6 n1 n2`, `32 send 8 n2 n1 {"type":"ack"}`, `33 recv 8 n2 n1`,
		`90 send 9 n1 n2 {"type":"heartbeat"}`, `91 recv 9 n1 n2`,
	)
}

func TestUntracedRunIsSummarisedFromItsMessages(t *testing.T) {
	s, err := Summarise(gossiped(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(s.Nodes) != 3 || s.Messages != 4 || s.Missed != 1 || s.Cause == nil || s.Cause.Kind != NeverAgain || s.Cause.Src != "n1" || s.Cause.Dest != "n3" {
		t.Errorf("%d nodes, %d messages, %d missed, cause %+v", len(s.Nodes), s.Messages, s.Missed, s.Cause)
	}
	var text strings.Builder
	if err := s.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"The nodes recorded nothing", "value 77 never reached n3: link n1 -> n3 sent it in n1:7 at 0.006 s, lost in a partition, and never again"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q in\n%s", want, text.String())
		}
	}
}

func TestMessagesOfAnUntracedRunHaveCauses(t *testing.T) {
	r := gossiped(t)
	causes := make(map[string]string)
	if err := r.Merged(func(e *Event) error {
		if e.Kind == Send {
			causes[string(e.ID)] = string(e.Cause)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"n3:3": "c3/1", "n1:5": "c4/9", "n1:6": "c4/9", "n1:7": "c4/9", "n2:8": "n1:6", "n1:9": ""}
	for id, cause := range want {
		if got, known := causes[id]; got != cause || !known {
			t.Errorf("%s was caused by %q, want %q", id, got, cause)
		}
	}
	story, err := Follow(r, "c4/9")
	if err != nil || len(story.Steps) != 9 {
		t.Errorf("%d steps, %v", len(story.Steps), err)
	}
}

func TestFilterAndRawRecordsOfAnUntracedRun(t *testing.T) {
	var text strings.Builder
	if err := List(&text, gossiped(t), Filter{Node: "n2", Event: Receive}, 0, true); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(text.String()), "\n")
	if len(lines) != 3 || lines[1] != `{"time":31000000,"event":"receive","node":"n2","actor":"stdin","type":"sync","id":"n1:6","src":"n1","clock":5,"body":{"type":"sync","state":{"77":{"at":3}}}}` {
		t.Errorf("%d lines: %q", len(lines), lines)
	}
}

func TestUntracedRunsPartAtTheFirstMessageThatDiffers(t *testing.T) {
	a := gossiped(t)
	same, err := Diff(a, gossiped(t))
	if err != nil || !same.Same || same.Records == 0 {
		t.Errorf("of the same run: %+v, %v", same, err)
	}
	b := untraced(t, `1 send 0 c1 n1 {"type":"init","msg_id":1,"node_id":"n1"}`, `1 recv 0 c1 n1`,
		`1 send 1 c2 n2 {"type":"init","msg_id":1,"node_id":"n2"}`, `2 recv 1 c2 n2`)
	apart, err := Diff(a, b)
	if err != nil || apart.Same || apart.Node != "n2" || apart.Records != 1 || len(apart.A) != stepsAfter || len(apart.B) != 1 {
		t.Errorf("%+v, %v", apart, err)
	}
}

func TestValueThatChangedItsTypeIsToldAsThat(t *testing.T) {
	r := untraced(t,
		`1 send 0 c1 n1 {"type":"broadcast","message":7,"msg_id":1}`, `1 recv 0 c1 n1`,
		`2 send 1 n1 n2 {"type":"gossip","all":["7"]}`, `3 recv 1 n1 n2`,
		`4 send 2 c2 n2 {"type":"read","msg_id":1}`, `4 recv 2 c2 n2`, `5 send 3 n2 c2 {"type":"read_ok","messages":["7"],"in_reply_to":1}`,
	)
	d, err := Collect(r, "7")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Explain(r, d, "n2")
	if err != nil || c.Kind != Altered || c.Text != `n1:1 brought it to n2 at 0.003 s as "7", which is a string, where the client gave a number` {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestNodeThatTheRunDoesNotHaveIsNamed(t *testing.T) {
	var text strings.Builder
	if err := List(&text, gossiped(t), Filter{Node: "n9,n2", Event: Drop}, 0, false); err != nil {
		t.Fatal(err)
	}
	if want := "No record passes. The run has no node n9; it has n1, n2, n3.\n"; text.String() != want {
		t.Errorf("%q", text.String())
	}
}
