package kafka

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

const ms = time.Millisecond

// said is one line.
type said struct {
	Src, Dest string
	Body      struct {
		Type      string
		MsgID     *int64                     `json:"msg_id"`
		InReplyTo *int64                     `json:"in_reply_to"`
		Code      int                        `json:"code"`
		Text      string                     `json:"text"`
		Offset    int64                      `json:"offset"`
		Msgs      map[string][][2]wire.Raw   `json:"msgs"`
		Offsets   map[string]int64           `json:"offsets"`
		Key       json.RawMessage            `json:"key"`
		Value     json.RawMessage            `json:"value"`
		From, To  json.RawMessage            `json:"-"`
		Raw       map[string]json.RawMessage `json:"-"`
	}
}

// network is a small one in a World: nodes, lin-kv, and clients.
type network struct {
	t       testing.TB
	world   *actor.World
	nodes   map[string]*node.Simulated
	names   []string
	service node.Service
	lost    func(src, dest string) bool // between nodes, and to and from services
	twice   func() bool
	latency func() time.Duration
	sent    int // messages between nodes and services
	values  map[string]string
	lastID  int64
	waiting map[int64]func(said)
	onLine  func(said)
}

func newNetwork(t testing.TB, seed uint64, nodes int, config Config) *network {
	n := &network{
		t: t, world: actor.NewWorld(seed), nodes: map[string]*node.Simulated{}, service: Service(config),
		values: map[string]string{}, waiting: map[int64]func(said){},
		lost: func(string, string) bool { return false }, twice: func() bool { return false },
	}
	n.latency = func() time.Duration { return time.Duration(n.world.Rand().Int64N(int64(20 * ms))) }
	for i := range nodes {
		n.names = append(n.names, fmt.Sprintf("n%d", i))
	}
	for _, name := range n.names {
		n.start(name)
	}
	n.world.Run(ms)
	return n
}

func (n *network) start(name string) {
	n.nodes[name] = node.Simulate(n.world, name, n.service, n.carry, node.Options{})
	ids, _ := json.Marshal(n.names)
	n.nodes[name].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":1,"node_id":%q,"node_ids":%s}}`, name, name, ids))
}

// restart kills a node and starts it without its memory.
func (n *network) restart(name string) {
	n.nodes[name].Kill()
	n.start(name)
}

func (n *network) carry(l node.Line) {
	var m said
	if err := json.Unmarshal(l.Data, &m); err != nil {
		n.t.Fatalf("%s: %v", l.Data, err)
	}
	if n.onLine != nil {
		n.onLine(m)
	}
	if l.Dest[0] == 'c' {
		if m.Body.InReplyTo != nil && n.waiting[*m.Body.InReplyTo] != nil {
			n.waiting[*m.Body.InReplyTo](m)
		}
		return
	}
	n.sent++
	times := 1
	if n.twice() {
		times = 2
	}
	for range times {
		if n.lost(m.Src, m.Dest) {
			continue
		}
		n.world.At(n.world.Elapsed()+n.latency(), func() {
			if l.Dest == "lin-kv" {
				n.serve(m.Src, l.Data)
			} else {
				n.nodes[l.Dest].Feed(l.Data)
			}
		})
	}
}

// serve is lin-kv: strings and integers by key.
func (n *network) serve(src string, line []byte) {
	var m struct {
		Body struct {
			Type   string          `json:"type"`
			MsgID  int64           `json:"msg_id"`
			Key    string          `json:"key"`
			From   json.RawMessage `json:"from"`
			To     json.RawMessage `json:"to"`
			Value  json.RawMessage `json:"value"`
			Create bool            `json:"create_if_not_exists"`
		} `json:"body"`
	}
	if err := json.Unmarshal(line, &m); err != nil {
		n.t.Fatal(err)
	}
	b := m.Body
	value, there := n.values[b.Key]
	answer := ""
	switch {
	case b.Type == "read" && there:
		answer = `"type":"read_ok","value":` + value
	case b.Type == "write":
		n.values[b.Key] = string(b.Value)
		answer = `"type":"write_ok"`
	case b.Type == "read", !there && !b.Create:
		answer = `"type":"error","code":20`
	case there && value != string(b.From):
		answer = `"type":"error","code":22`
	default:
		n.values[b.Key] = string(b.To)
		answer = `"type":"cas_ok"`
	}
	n.sent++
	if !n.lost("lin-kv", src) {
		n.world.At(n.world.Elapsed()+n.latency(), func() {
			n.nodes[src].Feed(fmt.Appendf(nil, `{"src":"lin-kv","dest":%q,"body":{%s,"in_reply_to":%d}}`, src, answer, b.MsgID))
		})
	}
}

// ask sends a client's request; then is told of the answer.
func (n *network) ask(to, fields string, then func(said)) {
	n.lastID++
	id := n.lastID
	n.waiting[id] = then
	n.nodes[to].Feed(fmt.Appendf(nil, `{"src":"c1","dest":%q,"body":{%s,"msg_id":%d}}`, to, fields, id))
}

// call is ask for tests that have nothing else to do meanwhile.
func (n *network) call(to, fields string) said {
	n.t.Helper()
	var got *said
	n.ask(to, fields, func(s said) { got = &s })
	for end := n.world.Elapsed() + 6*time.Second; got == nil && n.world.Elapsed() < end; {
		n.world.Run(10 * ms)
	}
	if got == nil {
		n.t.Fatalf("%s did not answer %s", to, fields)
	}
	return *got
}

func send(key, value string) string {
	return fmt.Sprintf(`"type":"send","key":%q,"msg":%s`, key, value)
}

func poll(key string, from int64) string {
	return fmt.Sprintf(`"type":"poll","offsets":{%q:%d}`, key, from)
}

func (n *network) send(to, key, value string) int64 {
	n.t.Helper()
	s := n.call(to, send(key, value))
	if s.Body.Type != "send_ok" {
		n.t.Fatalf("%s to %s: %+v", send(key, value), to, s.Body)
	}
	return s.Body.Offset
}

// entries are what a poll shows of a key, as offset:value.
func entries(s said, key string) (out []string) {
	for _, e := range s.Body.Msgs[key] {
		out = append(out, string(e[0])+":"+string(e[1]))
	}
	return out
}

// everything polls a key from the beginning until nothing more comes.
func (n *network) everything(from, key string) (out []string) {
	next := int64(0)
	for {
		s := n.call(from, poll(key, next))
		part := s.Body.Msgs[key]
		if len(part) == 0 {
			return out
		}
		out = append(out, entries(s, key)...)
		last, _ := strconv.ParseInt(string(part[len(part)-1][0]), 10, 64)
		next = last + 1
	}
}
