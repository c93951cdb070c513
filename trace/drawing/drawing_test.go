package drawing

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"eddy/testbench/nemesis"
	"eddy/trace"
	"eddy/trace/picture"
)

// The records' clock is 7 s ahead of the run's. A client gives n1 a value, which sends it to n2 and n3; what goes to n3 is lost in a partition.
const (
	logN1 = `{"time":7000000000,"event":"receive","node":"n1","actor":"stdin","type":"init","id":"c0/1","src":"c0","clock":1,"body":{"type":"init","msg_id":1}}
{"time":8000000000,"event":"receive","node":"n1","actor":"stdin","type":"broadcast","id":"c5/1","src":"c5","clock":1,"body":{"type":"broadcast","message":42,"msg_id":1}}
{"time":8000000000,"event":"receive","node":"n1","actor":"gossip","type":"broadcast","id":"c5/1","depth":1,"clock":2}
{"time":8000000000,"event":"state","node":"n1","actor":"gossip","cause":"c5/1","clock":2,"about":"learned","value":"42"}
{"time":8000000000,"event":"receive","node":"n1","actor":"gossip/link/n2","type":"offer","id":"n1:1","cause":"c5/1","from":"gossip","depth":1,"clock":4}
{"time":8000000000,"event":"send","node":"n1","actor":"stdout","type":"gossip","id":"n1/1","cause":"n1:1","from":"gossip/link/n2","dest":"n2","clock":5,"body":{"type":"gossip","values":[42],"eddy":"n1/1@5"}}
{"time":8000000000,"event":"send","node":"n1","actor":"stdout","type":"gossip","id":"n1/2","cause":"c5/1","from":"gossip","dest":"n3","clock":6,"body":{"type":"gossip","values":[42],"eddy":"n1/2@6"}}
`
	logN2 = `{"time":8100000000,"event":"receive","node":"n2","actor":"stdin","type":"gossip","id":"n1/1","src":"n1","clock":7,"body":{"type":"gossip","values":[42],"eddy":"n1/1@5"}}
`
	journal = `{"time":0,"type":"send","id":0,"src":"c0","dest":"n1","body":{"type":"init","msg_id":1}}
{"time":0,"type":"recv","id":0,"src":"c0","dest":"n1"}
{"time":1000000000,"type":"send","id":1,"src":"c5","dest":"n1","body":{"type":"broadcast","message":42,"msg_id":1}}
{"time":1000000000,"type":"recv","id":1,"src":"c5","dest":"n1"}
{"time":1000000000,"type":"send","id":2,"src":"n1","dest":"n2","body":{"type":"gossip","values":[42],"eddy":"n1/1@5"}}
{"time":1000000000,"type":"send","id":3,"src":"n1","dest":"n3","body":{"type":"gossip","values":[42],"eddy":"n1/2@6"}}
{"time":1000000000,"type":"lost","id":3,"src":"n1","dest":"n3","why":"partition"}
{"time":1100000000,"type":"recv","id":2,"src":"n1","dest":"n2"}
`
	ops = `{"index":0,"time":500000000,"type":"info","process":"nemesis","f":"start-partition","value":"one"}
{"index":1,"time":500000000,"type":"info","process":"nemesis","f":"start-partition","value":["isolated",{"n1":["n3"],"n2":["n3"],"n3":["n1","n2"]}]}
{"index":2,"time":600000000,"type":"info","process":"nemesis","f":"pause","value":"one"}
{"index":3,"time":600000000,"type":"info","process":"nemesis","f":"pause","value":{"n2":"paused"}}
{"index":4,"time":700000000,"type":"info","process":"nemesis","f":"resume","value":"all"}
{"index":5,"time":700000000,"type":"info","process":"nemesis","f":"resume","value":{"n2":"resumed"}}
`
)

// drawn is the picture of a run with these files, as the page holds it.
func drawn(t *testing.T, files map[string]string, part Span) map[string]any {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run, err := trace.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	page, err := Draw(run, part)
	if err != nil {
		t.Fatal(err)
	}
	var html bytes.Buffer
	if err := page.Write(&html); err != nil {
		t.Fatal(err)
	}
	_, data, _ := strings.Cut(html.String(), `<script id="data" type="text/plain">`)
	data, _, _ = strings.Cut(data, "<")
	unzipped, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(data)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(unzipped)
	if err != nil {
		t.Fatal(err)
	}
	var packed map[string]any
	if err := json.Unmarshal(text, &packed); err != nil {
		t.Fatal(err)
	}
	return packed
}

// hops writes a picture's arrows, one a line: message, from, to, how it ended.
func hops(p map[string]any) string {
	column := func(of, name string) []any { return p[of].(map[string]any)[name].([]any) }
	text := func(i any) string {
		if i.(float64) < 0 {
			return ""
		}
		return p["strings"].([]any)[int(i.(float64))].(string)
	}
	var lanes []string
	for _, n := range p["nodes"].([]any) {
		node := n.(map[string]any)
		for _, actor := range node["actors"].([]any) {
			lanes = append(lanes, strings.TrimSuffix(node["name"].(string)+" "+actor.(string), " "))
		}
	}
	var lines strings.Builder
	for i, m := range column("hops", "message") {
		end := "got"
		if column("hops", "got")[i].(float64) < 0 {
			end = text(column("hops", "why")[i])
		}
		cause := ""
		if c := column("messages", "cause")[int(m.(float64))].(float64); c >= 0 {
			cause = " for " + text(column("messages", "id")[int(c)])
		}
		from, to := lanes[int(column("hops", "from")[i].(float64))], lanes[int(column("hops", "to")[i].(float64))]
		lines.WriteString(text(column("messages", "id")[int(m.(float64))]) + cause + ": " + from + " to " + to + ", " + end + "\n")
	}
	return lines.String()
}

func TestArrowsFollowTheJournalAndTheRecords(t *testing.T) {
	p := drawn(t, map[string]string{"node-logs/n1.log": logN1, "node-logs/n2.log": logN2, "messages.jsonl": journal, "history.jsonl": ops}, Span{})
	want := `c0/1: clients c0 to n1 stdin, got
c5/1: clients c5 to n1 stdin, got
c5/1: n1 stdin to n1 gossip, got
n1:1 for c5/1: n1 gossip to n1 gossip/link/n2, got
n1/1 for n1:1: n1 gossip/link/n2 to n1 stdout, got
n1/2 for c5/1: n1 gossip to n1 stdout, got
n1/1 for n1:1: n1 stdout to n2 stdin, got
n1/2 for c5/1: n1 stdout to n3 stdin, lost: partition
`
	if got := hops(p); got != want {
		t.Errorf("the arrows are\n%s\nnot\n%s", got, want)
	}
	shades, _ := json.Marshal(p["shades"])
	const wantShades = `[{"from":600000,"kind":"pause","label":"paused","nodes":[2],"to":700000},` +
		`{"from":500000,"kind":"partition","label":"partition: cut off n3","nodes":[],"to":1100000}]`
	if string(shades) != wantShades {
		t.Errorf("the shades are %s", shades)
	}
}

func TestWithoutAJournalTheRecordsTellWhatWasNeverRead(t *testing.T) {
	p := drawn(t, map[string]string{"node-logs/n1.log": logN1, "node-logs/n2.log": logN2}, Span{})
	got := hops(p)
	for _, want := range []string{
		"c5/1: clients c5 to n1 stdin, got\n", "n1/1 for n1:1: n1 stdout to n2 stdin, got\n",
		"n1/2 for c5/1: n1 stdout to n3 stdin, never read\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not among the arrows\n%s", want, got)
		}
	}
}

func TestAPartOfARunIsDrawnAlone(t *testing.T) {
	p := drawn(t, map[string]string{"node-logs/n1.log": logN1, "node-logs/n2.log": logN2, "messages.jsonl": journal}, Span{From: 1050 * time.Millisecond})
	if got := hops(p); got != "" {
		t.Errorf("after 1.05 s there are the arrows\n%s", got)
	}
}

func TestEveryFaultHasAColourOnThePage(t *testing.T) {
	var html strings.Builder
	if err := new(picture.Page).Write(&html); err != nil {
		t.Fatal(err)
	}
	for _, name := range nemesis.Known() {
		if n := strings.Count(html.String(), "--"+name+":"); n != 2 {
			t.Errorf("%s has %d colours, not one for light and one for dark: add it to trace/picture/page/src/theme.css and theme.ts", name, n)
		}
	}
}
