package testbench

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
	"eddy/workload/builtin"
	"eddy/workload/set"
)

// virtualClock is a clock whose time jumps to the next callback.
type virtualClock struct {
	now   time.Duration
	calls int
	due   virtualCalls
}

type virtualCall struct {
	at    time.Duration
	order int
	run   func()
}

func (c *virtualClock) Now() time.Duration { return c.now }

func (c *virtualClock) At(t time.Duration, f func()) {
	c.calls++
	heap.Push(&c.due, virtualCall{max(t, c.now), c.calls, f})
}

func (c *virtualClock) run(over *bool) {
	for !*over && len(c.due) > 0 {
		next := heap.Pop(&c.due).(virtualCall)
		c.now = next.at
		next.run()
	}
}

type virtualCalls []virtualCall

func (v virtualCalls) Len() int { return len(v) }
func (v virtualCalls) Less(i, j int) bool {
	return v[i].at < v[j].at || v[i].at == v[j].at && v[i].order < v[j].order
}
func (v virtualCalls) Swap(i, j int) { v[i], v[j] = v[j], v[i] }
func (v *virtualCalls) Push(x any)   { *v = append(*v, x.(virtualCall)) }
func (v *virtualCalls) Pop() any {
	last := (*v)[len(*v)-1]
	*v = (*v)[:len(*v)-1]
	return last
}

// transcript keeps what a recorder hears as lines.
type transcript struct{ lines []string }

func (r *transcript) Op(op history.Op) { r.lines = append(r.lines, string(op.AppendJSON(nil))) }
func (r *transcript) Sent(at time.Duration, m *network.Message) {
	r.note(at, "send", m, string(m.Body))
}
func (r *transcript) Received(at time.Duration, m *network.Message) { r.note(at, "recv", m, "") }
func (r *transcript) Lost(at time.Duration, m *network.Message, why string) {
	r.note(at, "lost", m, why)
}
func (r *transcript) note(at time.Duration, what string, m *network.Message, more string) {
	r.lines = append(r.lines, fmt.Sprintf("%d %s %d %s>%s %s", at, what, m.ID, m.Src, m.Dest, more))
}

// body is what fake nodes read of a message.
type body struct {
	Type      string              `json:"type"`
	MsgID     int                 `json:"msg_id,omitempty"`
	InReplyTo int                 `json:"in_reply_to,omitempty"`
	NodeID    string              `json:"node_id,omitempty"`
	NodeIDs   []string            `json:"node_ids,omitempty"`
	Topology  map[string][]string `json:"topology,omitempty"`
	Message   json.RawMessage     `json:"message,omitempty"`
	Element   json.RawMessage     `json:"element,omitempty"`
}

// fakeNode is a node inside the test: a flood, unless on answers in its place.
type fakeNode struct {
	run        *Conductor
	id         string
	neighbours []string
	seen       []string
	on         func(n *fakeNode, src string, b body) (handled bool)

	dead, paused bool
	ahead        time.Duration
	disk         string   // what is wrong with it
	waiting      [][]byte // lines that came during a pause
	lives        int      // starts after a kill
	queued       int      // lines that had to wait
	met          int      // lines that came while it was dead
}

func (n *fakeNode) Deliver(line []byte, _ time.Duration) {
	switch {
	case n.dead:
		n.met++
		return
	case n.paused:
		n.queued++
		n.waiting = append(n.waiting, line)
		return
	}
	var m struct {
		Src  string
		Body body
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	if n.on != nil && n.on(n, m.Src, m.Body) {
		return
	}
	n.handle(m.Src, m.Body)
}

func (n *fakeNode) handle(src string, b body) {
	switch b.Type {
	case "init":
		n.id = b.NodeID
		n.reply(src, b, `"type":"init_ok"`)
	case "topology":
		n.neighbours = b.Topology[n.id]
		n.reply(src, b, `"type":"topology_ok"`)
	case "broadcast":
		n.take(src, b.Message)
		n.reply(src, b, `"type":"broadcast_ok"`)
	case "flood":
		n.take(src, b.Message)
	case "read":
		n.reply(src, b, `"type":"read_ok","messages":[`+strings.Join(n.seen, ",")+`]`)
	case "echo":
		n.reply(src, b, `"type":"echo_ok","echo":"Please echo"`)
	}
}

func (n *fakeNode) take(from string, value json.RawMessage) {
	if slices.Contains(n.seen, string(value)) {
		return
	}
	n.seen = append(n.seen, string(value))
	for _, peer := range n.neighbours {
		if peer != from {
			n.send(peer, fmt.Sprintf(`"type":"flood","message":%s`, value))
		}
	}
}

func (n *fakeNode) reply(to string, b body, fields string) {
	n.send(to, fmt.Sprintf(`%s,"in_reply_to":%d`, fields, b.MsgID))
}

func (n *fakeNode) send(dest, fields string) {
	n.run.FromNode(n.id, fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{%s}}`, n.id, dest, fields))
}

// simulation is a run in virtual time with fake nodes.
type simulation struct {
	Run
	transcript []string
	nodes      []*fakeNode
}

// simulate makes a run; on, if not nil, answers in place of the nodes.
func simulate(t *testing.T, o Options, on func(n *fakeNode, src string, b body) bool) simulation {
	t.Helper()
	return simulateWith(t, o, on, func(*Conductor, *virtualClock) {})
}

func simulateWith(t *testing.T, o Options, on func(n *fakeNode, src string, b body) bool, prepare func(*Conductor, *virtualClock)) simulation {
	t.Helper()
	clock, recorder, over := &virtualClock{}, &transcript{}, false
	var s simulation
	var ports []Node
	for range o.Nodes() {
		s.nodes = append(s.nodes, &fakeNode{on: on})
		ports = append(ports, s.nodes[len(s.nodes)-1])
	}
	c, err := New(o, Environment{
		Clock: clock, Rand: rand.New(rand.NewPCG(o.Seed, 0)), Nodes: ports, Recorder: recorder,
		Ended: func() { over = true },
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range s.nodes {
		n.run, n.id = c, o.Nodes()[i]
	}
	prepare(c, clock)
	c.Start()
	clock.run(&over)
	if !over {
		t.Fatal("the run has nothing left to do and is not over")
	}
	s.Run, s.transcript = c.Run(), recorder.lines
	return s
}

func (s simulation) judge(t *testing.T, o Options) Outcome {
	t.Helper()
	out := Judge(o, s.Run, report.Meta{})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	return out
}

func floodOptions() Options {
	o := Defaults(builtin.Workloads())
	o.NodeCount = 25
	o.Rate = 100
	o.TimeLimit = 10 * time.Second
	o.LatencyMs = 100
	o.Topology = "tree4"
	return o
}

func setFull(t *testing.T, out Outcome) *set.Results {
	t.Helper()
	set, ok := out.Results.Workload.(*set.Results)
	if !ok {
		t.Fatalf("results of a broadcast are %T", out.Results.Workload)
	}
	return set
}
