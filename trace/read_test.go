package trace_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/trace"
)

// runOf makes the directory of a run of logs, by node, and a journal.
func runOf(t *testing.T, logs map[string]string, journal string) *trace.Run {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "node-logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for node, text := range logs {
		write("node-logs/"+node+".log", text)
	}
	if journal != "" {
		write("messages.jsonl", journal)
	}
	r, err := trace.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

const someRecords = `{"time":1000000100,"event":"receive","node":"n1","actor":"stdin","type":"init","id":"c0/1","src":"c0","clock":1,"body":{"type":"init","msg_id":1}}
{"time":1000000200,"event":"receive","node":"n1","actor":"gossip/link/n2","type":"gossip.offer","id":"n1:2","cause":"c0/1","from":"gossip","depth":3,"waited_ns":50,"took_ns":20,"clock":7,"text":"it \"says\""}
`

func TestRecordsAreReadFieldByField(t *testing.T) {
	r := runOf(t, map[string]string{"n1": someRecords}, "")
	var seen []trace.Event
	tally, err := r.Events(func(e *trace.Event) error {
		seen = append(seen, *e)
		return nil
	})
	if err != nil || len(seen) != 2 || tally.Records != 2 || tally.Foreign+tally.LogLines != 0 || tally.Cut != 0 {
		t.Fatalf("%d events, %+v, %v", len(seen), tally, err)
	}
	e := seen[1]
	if e.Kind != trace.Receive || e.Node != "n1" || e.Actor != "gossip/link/n2" || e.Type != "gossip.offer" || e.From != "gossip" ||
		e.Depth != 3 || e.Waited != 50 || e.Took != 20 || e.Clock != 7 || e.At != 100 {
		t.Errorf("read as %+v", e)
	}
}

func TestLogsAreTakenAsTheyAre(t *testing.T) {
	r := runOf(t, map[string]string{
		"n1": someRecords + "a line of somebody's print\n" + `{"level":"warn","time":3,"event":"rejected","actor":"gossip"}` + "\n{\"no\":\"record\"}\n" +
			`{"time":1000000300,"event":"receive","node":"n1","actor":"gos`,
		"n2": "",
		"n3": "\n\n",
	}, "")
	tally, err := r.Events(func(*trace.Event) error { return nil })
	if err != nil || tally.Records != 2 || tally.LogLines != 1 || tally.Foreign != 2 || tally.Cut != 1 || strings.Join(tally.Silent, " ") != "n2 n3" {
		t.Errorf("%+v, %v", tally, err)
	}
}

func TestEveryPrefixOfALogIsRead(t *testing.T) {
	for cut := range len(someRecords) {
		r := runOf(t, map[string]string{"n1": someRecords[:cut], "n2": someRecords}, "")
		tally, err := r.Events(func(e *trace.Event) error {
			if e.Kind != trace.Receive {
				t.Errorf("cut at %d: %+v", cut, e)
			}
			return nil
		})
		whole := strings.Count(someRecords[:cut], "\n")
		if err != nil || tally.Records < int64(2+whole) || tally.Records > int64(3+whole) {
			t.Errorf("cut at %d: %+v, %v", cut, tally, err)
		}
	}
}

func TestTimesCountFromTheBeginningOfTheRunWhereTheNetworkTellsIt(t *testing.T) {
	r := runOf(t, map[string]string{"n1": someRecords}, `{"time":40,"type":"send","id":0,"src":"c0","dest":"n1","body":{"type":"init","msg_id":1}}
{"time":60,"type":"recv","id":0,"src":"c0","dest":"n1"}
{"time":70,"type":"lost","id":1,"src":"n1","dest":"n2","why":"partition"}
`)
	if r.Began() != 1000000040 {
		t.Errorf("began at %d", r.Began())
	}
	var kinds []trace.MessageKind
	err := r.EachMessage(func(m *trace.Message) error {
		kinds = append(kinds, m.Kind)
		if m.Kind == trace.MessageLost && (m.Why != "partition" || m.At != 70*time.Nanosecond || m.ID != 1 || m.Dest != "n2") {
			t.Errorf("read as %+v", m)
		}
		return nil
	})
	if err != nil || len(kinds) != 3 {
		t.Errorf("%v, %v", kinds, err)
	}
}

func TestBothEndsNameAMessageAlike(t *testing.T) {
	for _, c := range []struct {
		src, dest, body string
		event           trace.Event
		want            string
	}{
		{"n1", "n2", `{"type":"gossip","values":[1],"eddy":"n1/17@93"}`, trace.Event{Actor: trace.Stdout, Node: "n1", Dest: "n2", ID: []byte("n1/17"), Body: []byte(`{"type":"gossip","values":[1]}`)}, "n1/17"},
		{"c5", "n1", `{"type":"read","msg_id":12}`, trace.Event{Actor: trace.Stdin, Node: "n1", Src: "c5", ID: []byte("c5/12")}, "c5/12"},
		{"n1", "c5", `{"type":"read_ok","in_reply_to":12}`, trace.Event{Actor: trace.Stdout, Node: "n1", Dest: "c5", ID: []byte("n1/3"), Body: []byte(`{"type":"read_ok","in_reply_to":12}`)}, "n1>c5-12"},
		{"n1", "c5", `{"type":"read_ok","in_reply_to":12,"messages":[1,2]}`, trace.Event{Actor: trace.Stdout, Node: "n1", Dest: "c5", ID: []byte("n1/3"), Body: []byte(`"{\"type\":\"read_ok\",\"in_reply_to\":12,\"mess"`)}, "n1>c5-12"},
		{"n1", "lin-kv", `{"type":"read","msg_id":40,"key":"a"}`, trace.Event{Actor: trace.Stdout, Node: "n1", Dest: "lin-kv", ID: []byte("n1/4"), Body: []byte(`{"type":"read","msg_id":40,"key":"a"}`)}, "n1>lin-kv/40"},
		{"lin-kv", "n1", `{"type":"read_ok","in_reply_to":40,"value":1}`, trace.Event{Actor: trace.Stdin, Node: "n1", Src: "lin-kv", ID: []byte("lin-kv/n1-40")}, "lin-kv/n1-40"},
	} {
		m := trace.Message{Src: c.src, Dest: c.dest, Body: []byte(c.body)}
		if m.Name() != c.want || c.event.Name() != c.want {
			t.Errorf("%s: named %q by the network and %q by the node, expected %q", c.body, m.Name(), c.event.Name(), c.want)
		}
	}
}
