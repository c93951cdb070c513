package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// noted is a record as a reader of the log sees it.
type noted struct {
	Time   int64           `json:"time"`
	Event  string          `json:"event"`
	Node   string          `json:"node"`
	Actor  string          `json:"actor"`
	Type   string          `json:"type"`
	ID     string          `json:"id"`
	Cause  string          `json:"cause"`
	From   string          `json:"from"`
	Src    string          `json:"src"`
	Dest   string          `json:"dest"`
	Clock  uint64          `json:"clock"`
	Depth  int             `json:"depth"`
	Waited int64           `json:"waited_ns"`
	Took   int64           `json:"took_ns"`
	Body   json.RawMessage `json:"body"`
	Text   string          `json:"text"`
	Count  int             `json:"count"`
}

// recordsOf reads records strictly: a field that the table in docs/traces.md has not is
// a fault.
func recordsOf(t *testing.T, log []byte) []noted {
	t.Helper()
	var all []noted
	for line := range bytes.Lines(log) {
		var r noted
		in := json.NewDecoder(bytes.NewReader(line))
		in.DisallowUnknownFields()
		if err := in.Decode(&r); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		all = append(all, r)
	}
	return all
}

// where are the records of an actor's event.
func where(all []noted, event, path string) []noted {
	return slices.DeleteFunc(slices.Clone(all), func(r noted) bool { return r.Event != event || r.Actor != path })
}

// gathered takes records from any goroutine.
type gathered chan []byte

func (g gathered) options(mode node.TraceMode, sample int) node.TraceOptions {
	return node.TraceOptions{Mode: mode, Sample: sample, To: func(lines []byte) { g <- lines }}
}

func (g gathered) all() []byte {
	var all []byte
	for len(g) > 0 {
		all = append(all, <-g...)
	}
	return all
}

// telling passes numbers on from node to node.
func telling(n *node.Node) error {
	to := actor.Spawn(n, "teller", func(c *actor.Context[numberRequest]) actor.Actor[numberRequest] {
		n := n.For(c)
		return actor.Func[numberRequest](func(c *actor.Context[numberRequest], r numberRequest) {
			r.Reply(r.Body)
			if r.Body.N > 0 {
				n.Send(n.IDs()[1], "number", numberBody{r.Body.N - 1})
			}
		})
	})
	node.Handle(n, "number", to, func(r numberRequest) numberRequest { return r })
	return nil
}

func TestEveryRecordOfALiveNodeLeadsToARequest(t *testing.T) {
	for _, mode := range []node.TraceMode{node.TraceMessages, node.TraceFull} {
		t.Run(string(mode), func(t *testing.T) {
			var in strings.Builder
			in.WriteString(initLine + "\n")
			const requests = 3000
			for i := range requests {
				fmt.Fprintln(&in, request(2+i, "number", `,"n":1`))
			}
			log := make(gathered, 1<<20)
			got := run(t, telling, node.Options{Trace: log.options(mode, 1)}, in.String())
			if got.err != nil {
				t.Fatal(got.err)
			}
			all := recordsOf(t, log.all())
			read, sent := where(all, "receive", "stdin"), where(all, "send", "stdout")
			if len(read) != requests+1 || len(sent) != 2*requests+1 {
				t.Fatalf("%d lines read and %d written have records", len(read), len(sent))
			}
			known := map[string]noted{}
			for _, r := range read {
				known[r.ID] = r
			}
			answers := map[string]bool{}
			for _, s := range sent {
				cause, traced := known[s.Cause]
				switch {
				case s.Dest == "c1":
					answers[s.Cause] = true
					fallthrough
				case mode == node.TraceFull:
					if !traced || cause.Clock >= s.Clock {
						t.Fatalf("%+v has the cause %+v", s, cause)
					}
				}
			}
			if len(answers) != requests {
				t.Errorf("answers to %d requests", len(answers))
			}
			if handled := where(all, "receive", "teller"); mode == node.TraceFull && len(handled) != requests || mode == node.TraceMessages && len(handled) > 0 {
				t.Errorf("the actor has %d records", len(handled))
			}
		})
	}
}

func TestTracedNodeSaysTheSameToClientsAndMarksWhatItSaysToNodes(t *testing.T) {
	input := initLine + "\n" + request(2, "number", `,"n":1`) + "\n" + request(3, "number", `,"n":0`) + "\n"
	plain := run(t, telling, node.Options{}, input)
	log := make(gathered, 1000)
	marked := run(t, telling, node.Options{Trace: log.options(node.TraceFull, 1)}, input)
	if len(plain.out) != len(marked.out) || len(plain.out) != 4 {
		t.Fatalf("%d lines without a trace, %d with one", len(plain.out), len(marked.out))
	}
	for i, m := range marked.out {
		p := plain.out[i]
		if m.Dest == "n2" {
			if mark := m.text("eddy"); !strings.HasPrefix(mark, `"n1.`) || !strings.Contains(mark, "/3@") {
				t.Errorf("the line to n2 is marked %s", mark)
			}
			delete(m.Body, "eddy")
		}
		if m.String() != p.String() {
			t.Errorf("%v became %v", p, m)
		}
	}
}

// overTwo has two simulated nodes, traced in full, tell each other numbers.
func overTwo(seed uint64, sample int) (logs map[string][]byte, w *actor.World, nodes map[string]*node.Simulated) {
	w = actor.NewWorld(seed)
	nodes, logs = map[string]*node.Simulated{}, map[string][]byte{}
	for _, name := range []string{"n1", "n2"} {
		start(w, nodes, logs, name, sample)
	}
	return logs, w, nodes
}

func start(w *actor.World, nodes map[string]*node.Simulated, logs map[string][]byte, name string, sample int) {
	nodes[name] = node.Simulate(w, name, telling, func(l node.Line) {
		if to := nodes[l.Dest]; to != nil {
			w.At(w.Elapsed()+10*time.Millisecond, func() { to.Feed(l.Data) })
		}
	}, node.Options{Trace: node.TraceOptions{Mode: node.TraceFull, Sample: sample, To: func(lines []byte) { logs[name] = append(logs[name], lines...) }}})
	nodes[name].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":1,"node_id":%q,"node_ids":["n1","n2"]}}`, name, name))
}

func TestMarksLeadFromNodeToNode(t *testing.T) {
	logs, w, nodes := overTwo(1, 1)
	nodes["n1"].Feed([]byte(request(2, "number", `,"n":1`)))
	w.Run(time.Second)
	one, two := recordsOf(t, logs["n1"]), recordsOf(t, logs["n2"])
	var told noted
	for _, s := range where(one, "send", "stdout") {
		if s.Dest == "n2" {
			told = s
		}
	}
	if told.Cause != "c1/2" || told.From != "teller" || told.ID != "n1/3" {
		t.Fatalf("n1 told n2 in %+v", told)
	}
	heard, handled := where(two, "receive", "stdin"), where(two, "receive", "teller")
	if len(heard) != 2 || heard[1].ID != told.ID || heard[1].Src != "n1" || heard[1].Clock <= told.Clock || heard[1].Time-told.Time != int64(10*time.Millisecond) {
		t.Fatalf("n2 read %+v", heard)
	}
	if len(handled) != 1 || handled[0].ID != told.ID || handled[0].Type != "number" || handled[0].Clock <= heard[1].Clock {
		t.Errorf("n2 handled %+v", handled)
	}
}

func TestSampledTraceHasTheSameChainsOnEveryNode(t *testing.T) {
	logs, w, nodes := overTwo(1, 5)
	for i := range 20 {
		nodes["n1"].Feed([]byte(request(2+i, "number", `,"n":1`)))
	}
	w.Run(time.Second)
	one, two := recordsOf(t, logs["n1"]), recordsOf(t, logs["n2"])
	sent := map[string]bool{}
	for _, s := range where(one, "send", "stdout") {
		if s.Dest == "n2" {
			sent[s.ID] = true
		}
	}
	if len(sent) != 4 {
		t.Errorf("%d of 20 chains are traced, of one in 5", len(sent))
	}
	for _, r := range where(two, "receive", "teller") {
		if !sent[r.ID] {
			t.Errorf("%s was handled with a trace, and sent without", r.ID)
		}
		delete(sent, r.ID)
	}
	if len(sent) > 0 {
		t.Errorf("sent with a trace, and handled without: %v", sent)
	}
}

func TestKilledNodeRecordsNothingAndItsNextLifeHasOtherIDs(t *testing.T) {
	logs, w, nodes := overTwo(1, 1)
	nodes["n1"].Feed([]byte(request(2, "number", `,"n":1`)))
	w.Run(time.Second)
	nodes["n1"].Kill()
	before := len(logs["n1"])
	w.Run(time.Second)
	if len(logs["n1"]) != before {
		t.Errorf("a killed node recorded %s", logs["n1"][before:])
	}
	start(w, nodes, logs, "n1", 1)
	nodes["n1"].Feed([]byte(request(3, "number", `,"n":1`)))
	w.Run(time.Second)
	seen := map[string]bool{}
	for _, s := range where(recordsOf(t, logs["n1"]), "send", "stdout") {
		if seen[s.ID] {
			t.Errorf("%s is the id of two messages", s.ID)
		}
		seen[s.ID] = true
	}
	if !seen["n1/3"] || !seen["n1.1/3"] {
		t.Errorf("the ids are %v", seen)
	}
}

func TestBodiesAreCutAtTheirBound(t *testing.T) {
	log := make(gathered, 1000)
	o := log.options(node.TraceMessages, 1)
	o.BodyMax = 60
	long := strings.Repeat("ä", 200)
	got := run(t, parrot, node.Options{Trace: o}, initLine+"\n"+echo(2, `"`+long+`"`)+"\n"+echo(3, `"ö"`)+"\n")
	if got.err != nil {
		t.Fatal(got.err)
	}
	for _, r := range recordsOf(t, log.all()) {
		if r.Type != "echo" && r.Type != "echo_ok" {
			continue
		}
		var text string
		switch cut := json.Unmarshal(r.Body, &text) == nil; {
		case strings.HasSuffix(r.ID, "/2") && r.Type == "echo" && (!cut || len(text) > 63 || !strings.HasPrefix(text, `{"type":"echo"`)):
			t.Errorf("a long body is %s", r.Body)
		case strings.HasSuffix(r.ID, "/3") && r.Type == "echo" && cut:
			t.Errorf("a short body is %s", r.Body)
		}
	}
}

func TestUntracedNodeRecordsNothing(t *testing.T) {
	for _, mode := range []node.TraceMode{"", node.TraceOff} {
		log := make(gathered, 1000)
		run(t, parrot, node.Options{Trace: log.options(mode, 1)}, initLine+"\n"+echo(2, `1`)+"\n")
		if all := log.all(); len(all) > 0 {
			t.Errorf("--trace %q recorded %s", mode, all)
		}
	}
}
