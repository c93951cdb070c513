package history

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestOperationIsOneLineOfJSON(t *testing.T) {
	cases := []struct {
		op   Op
		line string
	}{
		{
			Op{Index: 3, Time: 1500 * time.Nanosecond, Type: Invoke, Process: 2, F: "read"},
			`{"index":3,"time":1500,"type":"invoke","process":2,"f":"read","value":null}`,
		},
		{
			Op{Index: 4, Time: time.Second, Type: OK, Process: 2, F: "read", Value: json.RawMessage(`[1,"1"]`), Final: true},
			`{"index":4,"time":1000000000,"type":"ok","process":2,"f":"read","value":[1,"1"],"final?":true}`,
		},
		{
			Op{Index: 5, Type: Info, Process: Nemesis, F: "start-partition", Value: json.RawMessage(`"majority"`)},
			`{"index":5,"time":0,"type":"info","process":"nemesis","f":"start-partition","value":"majority"}`,
		},
		{
			Op{Index: 6, Type: Fail, Process: 0, F: "a\"b", Error: json.RawMessage(`["crash","why"]`)},
			`{"index":6,"time":0,"type":"fail","process":0,"f":"a\"b","value":null,"error":["crash","why"]}`,
		},
	}
	for _, c := range cases {
		line, err := json.Marshal(c.op)
		if err != nil || string(line) != c.line {
			t.Errorf("Marshal(%+v) = %s, %v; want %s", c.op, line, err, c.line)
		}
		var back Op
		if err := json.Unmarshal([]byte(c.line), &back); err != nil || !reflect.DeepEqual(back, c.op) {
			t.Errorf("Unmarshal(%s) = %+v, %v; want %+v", c.line, back, err, c.op)
		}
	}
}

func TestWriterAndReaderAgree(t *testing.T) {
	var want History
	for i := range 100 {
		want = append(want, Op{Index: i, Time: time.Duration(i), Type: Type(i%4) + Invoke, Process: i%3 - 1, F: "read",
			Value: json.RawMessage(`[` + strings.Repeat(`123456,`, i*100) + `0]`), Final: i%2 == 0})
	}
	var file bytes.Buffer
	w := NewWriter(&file)
	for _, op := range want {
		if err := w.Write(op); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	got, err := Read(&file, "history.jsonl")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("read back %d operations, %v; want %d alike", len(got), err, len(want))
	}
}

func TestWriterKeepsAValueWithLineBreaksOnOneLine(t *testing.T) {
	var file bytes.Buffer
	w := NewWriter(&file)
	if err := w.Write(Op{Type: OK, F: "read", Value: json.RawMessage("[1,\n 2]")}); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(Op{Type: OK, F: "read", Value: json.RawMessage("[1,\n")}); err == nil {
		t.Error("a broken value was written")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	if want := `{"index":0,"time":0,"type":"ok","process":0,"f":"read","value":[1,2]}` + "\n"; file.String() != want {
		t.Errorf("wrote %q, want %q", file.String(), want)
	}
}

func TestWriterReportsAFullDisk(t *testing.T) {
	w := NewWriter(failingWriter{})
	err := w.Write(Op{Type: OK, F: "read", Value: json.RawMessage(`"` + strings.Repeat("x", 1<<17) + `"`)})
	if !errors.Is(err, errFull) {
		t.Errorf("Write: %v, want the disk's own error", err)
	}
	w = NewWriter(failingWriter{})
	if err := w.Write(Op{Type: OK, F: "read"}); err != nil {
		t.Fatal(err)
	}
	if err := w.Flush(); !errors.Is(err, errFull) {
		t.Errorf("Flush: %v, want the disk's own error", err)
	}
}

var errFull = errors.New("no space left")

type failingWriter struct{}

func (failingWriter) Write([]byte) (int, error) { return 0, errFull }

func TestReaderStopsAtTheEnd(t *testing.T) {
	r := NewReader(strings.NewReader(line0+"\n\n"), "h")
	if op, err := r.Next(); err != nil || op.F != "read" {
		t.Fatalf("Next = %+v, %v", op, err)
	}
	if _, err := r.Next(); err != io.EOF {
		t.Fatalf("Next = %v, want io.EOF", err)
	}
}

const line0 = `{"index":0,"time":5,"type":"invoke","process":0,"f":"read","value":null}`

func TestHistoryWithoutTimesKeepsItsOrder(t *testing.T) {
	path := filepath.Join(t.TempDir(), "vector.edn")
	text := "[{:index 0, :process 0, :type :invoke, :f :read, :value [0 nil]}\n {:index 1, :process 0, :type :ok, :f :read, :value [0 nil]}]\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	h, assumed, err := ReadFileAssuming(path)
	if err != nil || len(h) != 2 || h[0].Time >= h[1].Time || h[1].Index != 1 {
		t.Errorf("read %+v, %v", h, err)
	}
	if len(assumed) != 1 || !strings.Contains(assumed[0], "no times") {
		t.Errorf("assumed: %q", assumed)
	}
}

func TestWrongInputIsNamed(t *testing.T) {
	cases := []struct{ name, text, want string }{
		{"cut last line", line0 + "\n" + line0[:40], `h.jsonl, line 2: the line is cut short, it ends in ,"time":5,"type":"invoke","pro : expected one whole operation`},
		{"not JSON", line0 + "\n{\"index\":oops}\n" + line0, `line 2: the line is not JSON (invalid character 'o'`},
		{"no type", `{"index":0,"time":5,"process":0,"f":"read"}`, `line 1: the operation has no type: expected invoke, ok, fail or info; is this a history?`},
		{"wrong type", strings.Replace(line0, "invoke", "begin", 1), `line 1: type is "begin": expected invoke, ok, fail or info`},
		{"no f", strings.Replace(line0, `"f"`, `"g"`, 1), `line 1: the operation has no f`},
		{"f of another kind", strings.Replace(line0, `"read"`, `7`, 1), `line 1: json: cannot unmarshal number`},
		{"time once", line0 + "\n" + strings.Replace(line0, `"time"`, `"when"`, 1), `line 2: some operations have a time and some have none`},
		{"vector of EDN", "[{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n {:index 1, :time 6, :type :begun, :process 0,\n :f :read}\n {:index 2}]", `line 2: type is "begun"`},
		{"time with a point", strings.Replace(line0, `:5,`, `:5.5,`, 1), `line 1: time is 5.5: expected a whole number`},
		{"process once", line0 + "\n" + strings.Replace(strings.Replace(line0, `"process"`, `"who"`, 1), `"index":0`, `"index":1`, 1), `line 2: some operations have a process and some have none`},
		{"no process and several open", "[{:type :invoke, :f :add, :value 1} {:type :invoke, :f :add, :value 1} {:type :ok, :f :add, :value 1}]", `h.jsonl: operation 2 completes add, and 2 are open that it may be the end of: expected each operation to name its process`},
		{"no process and none open", "{:type :invoke, :f :add, :value 1}\n{:type :ok, :f :read, :value 1}", `operation 1 completes read, and none is open`},
		{"f of no transaction", `{"type":"ok","process":0,"value":[["r",1,2],["x",1,2]]}`, `line 1: the operation has no f`},
		{"EDN form of several lines", "{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n{:index 1, :type :ok,\n :process 0,\n :f 1.x}", `h.jsonl, line 2: the operation that begins here is wrong in line 4: 1.x is no number`},
		{"EDN form never closed", "[{:index 0\n :f :read\n", `h.jsonl, line 1: the operation that begins here is wrong in line 3: the text ends early: expected '}'`},
		{"array of JSON", "[{\"type\":\"invoke\",\"f\":\"read\"},\n {\"type\":\"ok\",\n  \"f\":oops}]", `h.jsonl, line 2: the operation that begins here is not JSON`},
		{"array of JSON never closed", "[{\"type\":\"invoke\",\"f\":\"read\"},\n", `h.jsonl, line 2: the text ends early: expected ']'`},
		{"array of another kind", "[{\"type\":\"invoke\",\"f\":\"read\"},\n 7]", `h.jsonl, line 2: 7 is no operation`},
		{"printed lines", "0\t:invoke\t:read\tnil\n0\t:ok\t:read\n\n1 reads", `h.jsonl, line 4: "1 reads" is no operation: expected process, :type, :f and value`},
		{"printed value", "0\t:invoke\t:read\t[1", `h.jsonl, line 1: the value [1: the text ends early`},
		{"Jepsen's binary form", "JEPSEN\x00\x01", `h.jsonl: this is Jepsen's own binary form of a test: expected the history.edn or history.txt`},
		{"wrong process", strings.Replace(line0, `"process":0`, `"process":"n1"`, 1), `line 1: process is "n1": expected a client's number from 0 up, or nemesis`},
		{"index twice", line0 + "\n" + line0, `line 2: index 0 comes after index 0: expected indices to rise`},
		{"index once", line0 + "\n" + strings.Replace(line0, `"index":0,`, ``, 1), `line 2: some operations have an index and some have none`},
		{"another file", "hello\nworld", `h.jsonl: the file starts with "hello": expected operations`},
		{"EDN cut", "{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}\n{:index 1, :ti", `line 2: the text ends early: expected a value for the key ti`},
		{"EDN string cut", `{:index 0, :f "rea`, `line 1: a string is never closed`},
		{"EDN not a map", "#{1}\n7", `line 1: [1] is no operation: expected a map`},
		{"EDN number", "\n{:index 0x, :time 0}", `line 2: 0x is no number`},
		{"EDN closing", "{:index 0]", `line 1: a ']' closes nothing`},
		{"EDN results", "{:workload {:valid? true}}", `line 1: the operation has no type`},
		{"gzip cut", "\x1f\x8b\x08", `unzip: unexpected EOF`},
	}
	for _, c := range cases {
		_, err := Read(strings.NewReader(c.text), "h.jsonl")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v; want one that says %q", c.name, err, c.want)
		}
	}
	if _, err := ReadFile("testdata/none.jsonl"); err == nil || !strings.HasPrefix(err.Error(), "read history: open testdata/none.jsonl") {
		t.Errorf("ReadFile: %v", err)
	}
}

func TestOperationsBeforeACutAreKept(t *testing.T) {
	h, err := Read(strings.NewReader(line0+"\n{"), "h")
	if err == nil || len(h) != 1 {
		t.Errorf("%d operations, %v; want the one before the cut and an error", len(h), err)
	}
}

func TestFormatIsKnownByContent(t *testing.T) {
	edn := `{:index 0, :time 5, :type :invoke, :process 0, :f :read, :value nil}`
	for name, text := range map[string]string{
		"JSON lines": line0, "JSON with space": " \n{ " + line0[1:], "EDN": edn, "EDN with space": "\n{ " + edn[1:],
		"EDN record": "#jepsen.history.Op" + edn, "EDN vector": "[" + edn + "]", "EDN after a comment": "; a run\n" + edn,
	} {
		h, err := Read(strings.NewReader(text), "history")
		if err != nil || len(h) != 1 || string(h[0].AppendJSON(nil)) != line0 {
			t.Errorf("%s: %+v, %v", name, h, err)
		}
	}
	if h, err := Read(strings.NewReader(""), "history"); err != nil || len(h) != 0 {
		t.Errorf("nothing: %v, %v; want a history without operations", h, err)
	}
}

// lines are the operations of a history, each as history.jsonl has it.
func lines(h History) string {
	var all []byte
	for _, op := range h {
		all = append(op.AppendJSON(all), '\n')
	}
	return string(all)
}

func TestOneHistoryInManyForms(t *testing.T) {
	const ms = "000000"
	whole := `{"index":0,"time":0,"type":"invoke","process":3,"f":"write","value":[1,2]}
{"index":1,"time":1` + ms + `,"type":"info","process":"nemesis","f":"start","value":null}
{"index":2,"time":2` + ms + `,"type":"info","process":3,"f":"write","value":[1,2],"error":"timed-out"}
`
	bare := strings.NewReplacer("\"process\":3", "\"process\":0").Replace(whole)
	for name, c := range map[string]struct{ text, want string }{
		"history.txt":    {"3\t:invoke\t:write\t[1 2]\n:nemesis\t:info\t:start\tnil\n3\t:info\t:write\t[1 2]\t:timed-out\n", whole},
		"log":            {"INFO  jepsen.core - Go\nINFO  jepsen.util - 3\t:invoke\t:write\t[1 2]\nINFO  jepsen.util - :nemesis :info\t:start\tnil\nWARN  x\nINFO  jepsen.util - 3\t:info\t:write\t:timed-out", whole},
		"log with times": {"2026-11-30 10:00:00,123{GMT}\tINFO\t[worker 3] jepsen.util: 3\t:invoke\t:write\t[1 2]\n2026-11-30 10:00:00,124{GMT}\tINFO\t[nemesis] jepsen.util: :nemesis\t:info\t:start\tnil\n2026-11-30 10:00:00,125{GMT}\tINFO\t[worker 3] jepsen.util: 3\t:info\t:write\t:timed-out", whole},
		"array":          {`[{"type":"invoke","process":3,"f":"write","value":[1,2]}, {"type":"info","process":"nemesis","f":"start"},{"type":"info","process":3,"f":"write","value":[1,2],"error":"timed-out"}]`, whole},
		"indented":       {"{\n  \"type\": \"invoke\",\n  \"process\": 3, \"f\": \"write\", \"value\": [1,2]\n}\n{\"type\":\"info\",\"process\":\"nemesis\",\"f\":\"start\"}\n{\"type\":\"info\",\"process\":3,\"f\":\"write\",\"value\":[1,2],\"error\":\"timed-out\"}", whole},
		"no processes":   {"[{:type :invoke, :f :write, :value [1 2]}\n{:type :info, :process :nemesis, :f :start}\n{:type :info, :f :write, :value [1 2], :error :timed-out}]", bare},
	} {
		h, err := Read(strings.NewReader(c.text), "history")
		if err != nil || lines(h) != c.want {
			t.Errorf("%s: %v\n%s", name, err, lines(h))
		}
	}
}

func TestCompletionFindsTheOpenOperationThatItFits(t *testing.T) {
	h, err := Read(strings.NewReader(`[{:type :invoke, :value [[:r 1 nil] [:w 2 1]]} {:type :invoke, :value [[:r 1 nil] [:w 2 2]]}
 {:type :ok, :value [[:r 1 7] [:w 2 2]]} {:type :ok, :value [[:r 1 7] [:w 2 1]]}]`), "h")
	if err != nil || h[2].Process != h[1].Process || h[3].Process != h[0].Process || h[0].Process == h[1].Process || h[0].F != "txn" {
		t.Errorf("%v\n%s", err, lines(h))
	}
}

func TestCompletionsAloneBeginAsEarlyAsTheyCan(t *testing.T) {
	h, err := Read(strings.NewReader(`[{:process 0, :type :ok, :f :add, :value 1} {:process 1, :type :ok, :f :add, :value 2} {:process 0, :type :ok, :f :add, :value 3}]`), "h")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, op := range h {
		got = append(got, op.Type.String()+" "+string(op.Value))
	}
	if want := "invoke 1, invoke 2, ok 1, invoke 3, ok 2, ok 3"; strings.Join(got, ", ") != want {
		t.Errorf("%v, want %s", got, want)
	}
	if _, err := h.Pair(); err != nil {
		t.Error(err)
	}
}

func TestIndicesAreGivenWhereAHistoryHasNone(t *testing.T) {
	text := strings.Replace(line0, `"index":0,`, ``, 1)
	h, err := Read(strings.NewReader(text+"\n"+text), "h")
	if err != nil || h[0].Index != 0 || h[1].Index != 1 {
		t.Errorf("%+v, %v", h, err)
	}
}

func TestPairingJoinsEachProcessWithItself(t *testing.T) {
	h := History{
		{Index: 0, Type: Invoke, Process: 0, F: "read"},
		{Index: 1, Type: Info, Process: Nemesis, F: "start-partition"},
		{Index: 2, Type: Invoke, Process: 1, F: "read"},
		{Index: 3, Type: OK, Process: 0, F: "read"},
		{Index: 4, Type: Invoke, Process: 0, F: "read"},
		{Index: 5, Type: Info, Process: 1, F: "read"},
	}
	p, err := h.Pair()
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3, -1, 5, 0, -1, 2} {
		got, ok := p.Of(i)
		if got != want || ok != (want >= 0) {
			t.Errorf("partner of %d is %d, %v; want %d", i, got, ok, want)
		}
	}
}

func TestImpossiblePairsAreRefused(t *testing.T) {
	twice := History{{Index: 0, Type: Invoke, F: "add"}, {Index: 1, Type: Invoke, F: "read"}}
	if _, err := twice.Pair(); err == nil || !strings.Contains(err.Error(), "operation 1: process 0 invokes read while its add of operation 0 is open") {
		t.Errorf("two invocations: %v", err)
	}
	orphan := History{{Index: 7, Type: OK, Process: 3, F: "read"}}
	if _, err := orphan.Pair(); err == nil || !strings.Contains(err.Error(), "operation 7: process 3 completes read without having invoked it") {
		t.Errorf("a completion alone: %v", err)
	}
}
