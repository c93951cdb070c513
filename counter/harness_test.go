package counter

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

const ms = time.Millisecond

// line is a message of the protocol.
type line struct {
	Src, Dest string
	Body      map[string]json.RawMessage
}

func (l line) typ() string { return l.text("type") }

// text is a field of the body: strings without their quotes.
func (l line) text(field string) string { return strings.Trim(string(l.Body[field]), `"`) }

// lab is a cluster in virtual time with a store that always shows the present. Every line takes 10 ms; route may
// have it come otherwise.
type lab struct {
	t       *testing.T
	world   *actor.World
	service node.Service
	ids     []string
	nodes   map[string]*node.Simulated
	store   map[string]string // by key, as JSON
	answers map[int]line      // of clients, by the number of the request
	asked   int
	servers int                                   // lines between nodes, or of the store
	route   func(l line) (delays []time.Duration) // nil for the usual
}

func newLab(t *testing.T, service node.Service, ids ...string) *lab {
	l := &lab{
		t: t, world: actor.NewWorld(1), service: service, ids: ids,
		nodes: map[string]*node.Simulated{}, store: map[string]string{}, answers: map[int]line{},
	}
	for _, id := range ids {
		l.start(id)
	}
	return l
}

// start begins a life of a node.
func (l *lab) start(id string) {
	ids, _ := json.Marshal(l.ids)
	l.nodes[id] = node.Simulate(l.world, id, l.service, l.carry, node.Options{})
	l.nodes[id].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":0,"node_id":%q,"node_ids":%s}}`, id, id, ids))
}

func (l *lab) carry(out node.Line) {
	var m line
	if err := json.Unmarshal(out.Data, &m); err != nil {
		l.t.Fatal(err)
	}
	if m.Dest[0] == 'c' {
		var n int
		fmt.Sscan(m.text("in_reply_to"), &n)
		l.answers[n] = m
		return
	}
	l.send(m)
}

// send carries a line between servers, once for each delay.
func (l *lab) send(m line) {
	l.servers++
	delays := []time.Duration{10 * ms}
	if l.route != nil {
		if other := l.route(m); other != nil {
			delays = other
		}
	}
	for _, d := range delays {
		l.world.At(l.world.Elapsed()+d, func() {
			if m.Dest == "seq-kv" {
				l.serve(m)
				return
			}
			data, _ := json.Marshal(map[string]any{"src": m.Src, "dest": m.Dest, "body": m.Body})
			l.nodes[m.Dest].Feed(data)
		})
	}
}

// serve is the store.
func (l *lab) serve(m line) {
	key, body := m.text("key"), map[string]json.RawMessage{"in_reply_to": m.Body["msg_id"]}
	set := func(field string, value string) { body[field] = json.RawMessage(value) }
	now, there := l.store[key]
	switch typ := m.typ(); {
	case typ == "write":
		l.store[key] = string(m.Body["value"])
		set("type", `"write_ok"`)
	case typ == "read" && there:
		set("type", `"read_ok"`)
		set("value", now)
	case typ == "cas" && (now == string(m.Body["from"]) || !there && m.text("create_if_not_exists") == "true"):
		l.store[key] = string(m.Body["to"])
		set("type", `"cas_ok"`)
	case !there:
		set("type", `"error"`)
		set("code", "20")
	default:
		set("type", `"error"`)
		set("code", "22")
	}
	l.send(line{Src: "seq-kv", Dest: m.Src, Body: body})
}

// ask sends a client's request and gives its number.
func (l *lab) ask(node, typ, fields string) int {
	l.asked++
	l.nodes[node].Feed(fmt.Appendf(nil, `{"src":"c1","dest":%q,"body":{"type":%q,"msg_id":%d%s}}`, node, typ, l.asked, fields))
	return l.asked
}

func (l *lab) add(node string, delta any) int {
	return l.ask(node, "add", fmt.Sprintf(`,"delta":%v`, delta))
}

func (l *lab) run(d time.Duration) { l.world.Run(d) }

// answer shows how a request was answered: an add's type, a read's value, an error's code.
func (l *lab) answer(n int) string {
	m, ok := l.answers[n]
	switch {
	case !ok:
		return "nothing"
	case m.typ() == "error":
		return "error " + m.text("code")
	case m.typ() == "read_ok":
		return m.text("value")
	}
	return m.typ()
}

// expect waits a while and holds requests to their answers.
func (l *lab) expect(want string, numbers ...int) {
	l.t.Helper()
	l.run(3 * time.Second)
	for _, n := range numbers {
		if got := l.answer(n); got != want {
			l.t.Errorf("request %d was answered with %s, want %s", n, got, want)
		}
	}
}

// reads holds every node to a sum.
func (l *lab) reads(want string) {
	l.t.Helper()
	var all []int
	for _, id := range l.ids {
		all = append(all, l.ask(id, "read", ""))
	}
	l.expect(want, all...)
}

// every strategy, by the flags that it has.
var strategies = map[string]Config{
	"crdt":           {},
	"crdt mesh":      {Topology: Mesh},
	"through store":  {Strategy: Store},
	"through owners": {Strategy: Store, Read: FromOwners},
	"behind store":   {Strategy: Store, Write: Behind},
	"behind owners":  {Strategy: Store, Write: Behind, Read: FromOwners},
}

// inEach runs a claim for every strategy, on three nodes.
func inEach(t *testing.T, claim func(l *lab)) {
	for name, config := range strategies {
		t.Run(name, func(t *testing.T) { claim(newLab(t, PNCounter(config), "n0", "n1", "n2")) })
	}
}
