// Package nodetest is a cluster of simulated nodes on a network that a test
// scripts. A test of a service starts nodes, sends them requests as clients do, decides
// what becomes of each message, and looks at replies and counts. Everything
// happens in one goroutine and in virtual time, fixed by a seed.
//
//	c := nodetest.New(t, 1, gossip.Broadcast(gossip.Config{}), 3)
//	c.Cut = func(src, dest string) bool { return dest == "n2" }
//	reply := c.Call("n0", `"type":"broadcast","message":7`)
//
// It judges nothing and has no workload: that is the test bench's work. It is for
// tests that know which message they want to lose.
package nodetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// HopUsual is the time that a message between nodes or to a store takes unless
// [Cluster.Latency] says otherwise. Clients have no latency, as under Maelstrom.
const HopUsual = 10 * time.Millisecond

// callMax bounds the virtual time that [Cluster.Call] waits.
const callMax = 6 * time.Second

// Cluster is simulated nodes and what lies between them. The fields may be changed
// between two steps of the world.
type Cluster struct {
	World   *actor.World
	Service node.Service
	IDs     []string
	Nodes   map[string]*node.Simulated
	// Options gives the options of an incarnation of a node, such as its disk; nil for none.
	Options func(id string) node.Options

	// Latency is how long a message takes; nil for [HopUsual].
	Latency func() time.Duration
	// Cut says that a message from src to dest is lost; nil for a whole network. It is asked when
	// the message is sent.
	Cut func(src, dest string) bool
	// Route gives the delay of each copy that arrives: none loses the message, two deliver it twice.
	// Nil for the message, or a nil Route, leaves that to Cut and Latency.
	Route func(m *Message) []time.Duration
	// OnMessage sees every message that a node or a store sends, before its fate is decided; nil for
	// nothing.
	OnMessage func(m *Message)
	// Stores are key-value services by name, such as "lin-kv". Each shows the present to all.
	Stores map[string]Store

	// Sent counts messages between nodes and with stores, lost ones included.
	Sent int

	t         testing.TB
	lastID    int64
	replies   map[int64]*Message
	onReplies map[int64]func(*Message)
}

// Store is what a key-value service holds: JSON by key.
type Store map[string]string

// Message is one line of the protocol.
type Message struct {
	Src, Dest string
	Body      map[string]json.RawMessage
	Data      []byte // the line
}

// Type is the body's type.
func (m *Message) Type() string { return m.Text("type") }

// Text is a field of the body, a string without its quotes; empty where there is no
// such field.
func (m *Message) Text(field string) string {
	raw := m.Body[field]
	var s string
	if json.Unmarshal(raw, &s) == nil {
		return s
	}
	return string(raw)
}

// Int is an integer field of the body, 0 where there is none.
func (m *Message) Int(field string) int64 {
	var n int64
	_ = json.Unmarshal(m.Body[field], &n)
	return n
}

// Decode reads the body into a struct.
func (m *Message) Decode(body any) error {
	return json.Unmarshal(m.Data, &struct {
		Body any `json:"body"`
	}{body})
}

// New starts nodes n0, n1, ... of one service, which know each other.
func New(t testing.TB, seed uint64, service node.Service, size int) *Cluster {
	t.Helper()
	c := Empty(t, seed, service)
	for i := range size {
		c.IDs = append(c.IDs, fmt.Sprint("n", i))
	}
	c.StartAll()
	return c
}

// Empty is a cluster without nodes, for a test that sets fields before the first
// node starts: IDs, then [Cluster.StartAll].
func Empty(t testing.TB, seed uint64, service node.Service) *Cluster {
	return &Cluster{
		t: t, World: actor.NewWorld(seed), Service: service, Nodes: map[string]*node.Simulated{},
		Stores: map[string]Store{}, replies: map[int64]*Message{}, onReplies: map[int64]func(*Message){},
	}
}

// StartAll starts a node for each of IDs.
func (c *Cluster) StartAll() {
	for _, id := range c.IDs {
		c.Start(id)
	}
}

// Start begins an incarnation of a node and sends it init.
func (c *Cluster) Start(id string) {
	var options node.Options
	if c.Options != nil {
		options = c.Options(id)
	}
	c.Nodes[id] = node.Simulate(c.World, id, c.Service, func(l node.Line) { c.carry(l.Data) }, options)
	ids, _ := json.Marshal(c.IDs)
	c.Nodes[id].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":0,"node_id":%q,"node_ids":%s}}`, id, id, ids))
}

// Kill ends a node as SIGKILL does. Messages to it are lost until it starts again.
func (c *Cluster) Kill(id string) {
	c.Nodes[id].Kill()
	delete(c.Nodes, id)
}

// Restart kills a node and starts its next incarnation at once.
func (c *Cluster) Restart(id string) {
	c.Kill(id)
	c.Start(id)
}

// Others are the nodes that live, but one.
func (c *Cluster) Others(id string) []string {
	return slices.DeleteFunc(slices.Clone(c.IDs), func(o string) bool { return o == id || c.Nodes[o] == nil })
}

// Isolate cuts a node off from every other, both ways. Cut is nil again in a whole network.
func (c *Cluster) Isolate(id string) {
	c.Cut = func(src, dest string) bool { return src == id || dest == id }
}

// Run runs the world for a time.
func (c *Cluster) Run(d time.Duration) { c.World.Run(d) }

func (c *Cluster) carry(line []byte) {
	m := &Message{Data: slices.Clone(line)}
	if err := json.Unmarshal(line, m); err != nil {
		c.t.Fatalf("a node wrote %s: %v", line, err)
	}
	if strings.HasPrefix(m.Dest, "c") {
		c.reply(m)
		return
	}
	c.send(m)
}

func (c *Cluster) reply(m *Message) {
	if _, replies := m.Body["in_reply_to"]; !replies {
		c.t.Errorf("a client was sent %s, which replies to nothing", m.Data)
		return
	}
	id := m.Int("in_reply_to")
	if id == 0 {
		return // init_ok
	}
	c.replies[id] = m
	if then := c.onReplies[id]; then != nil {
		then(m)
	}
}

// send carries a message between nodes, or with a store.
func (c *Cluster) send(m *Message) {
	c.Sent++
	if c.OnMessage != nil {
		c.OnMessage(m)
	}
	for _, delay := range c.delays(m) {
		c.World.At(c.World.Elapsed()+delay, func() { c.arrive(m) })
	}
}

func (c *Cluster) delays(m *Message) []time.Duration {
	if c.Route != nil {
		if delays := c.Route(m); delays != nil {
			return delays
		}
	}
	if c.Cut != nil && c.Cut(m.Src, m.Dest) {
		return nil
	}
	if c.Latency != nil {
		return []time.Duration{c.Latency()}
	}
	return []time.Duration{HopUsual}
}

func (c *Cluster) arrive(m *Message) {
	if store, known := c.Stores[m.Dest]; known {
		c.serve(store, m)
	} else if to := c.Nodes[m.Dest]; to != nil {
		to.Feed(m.Data)
	} else if !slices.Contains(c.IDs, m.Dest) {
		c.t.Errorf("%s sent a message to %s, which does not exist: %s", m.Src, m.Dest, m.Data)
	}
}

// serve is a store: it executes a request and sends the reply.
func (c *Cluster) serve(store Store, m *Message) {
	key := m.Text("key")
	held, there := store[key]
	body := `"type":"error","code":22,"text":"another value"`
	switch typ := m.Type(); {
	case typ == "write":
		store[key] = string(m.Body["value"])
		body = `"type":"write_ok"`
	case typ == "read" && there:
		body = `"type":"read_ok","value":` + held
	case typ == "cas" && (there && held == string(m.Body["from"]) || !there && m.Text("create_if_not_exists") == "true"):
		store[key] = string(m.Body["to"])
		body = `"type":"cas_ok"`
	case !there:
		body = `"type":"error","code":20,"text":"no such key"`
	}
	line := fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{%s,"in_reply_to":%d}}`, m.Dest, m.Src, body, m.Int("msg_id"))
	answer := &Message{Data: line}
	if err := json.Unmarshal(line, answer); err != nil {
		c.t.Fatalf("%s: %v", line, err)
	}
	c.send(answer)
}

// Ask sends a client's request, whose body holds fields such as `"type":"read"`,
// and gives its number.
func (c *Cluster) Ask(id, fields string) int64 {
	c.lastID++
	c.AskAs("c1", id, c.lastID, fields)
	return c.lastID
}

// AskAs is Ask with a client and a message id of the test's choice. A killed node
// hears nothing.
func (c *Cluster) AskAs(client, id string, msgID int64, fields string) {
	if n := c.Nodes[id]; n != nil {
		n.Feed(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{%s,"msg_id":%d}}`, client, id, fields, msgID))
	}
}

// AskThen is Ask for a client that goes on when it has its reply.
func (c *Cluster) AskThen(id, fields string, then func(*Message)) int64 {
	c.onReplies[c.lastID+1] = then
	return c.Ask(id, fields)
}

// Reply is the reply to a request by its number; nil if there is none yet.
func (c *Cluster) Reply(number int64) *Message { return c.replies[number] }

// Replies counts the requests that have a reply.
func (c *Cluster) Replies() int { return len(c.replies) }

// Call asks and runs the world until the reply comes, for at most six seconds. It
// is nil if none came.
func (c *Cluster) Call(id, fields string) *Message {
	number := c.Ask(id, fields)
	until := c.World.Elapsed() + callMax
	over := false
	c.World.At(until, func() { over = true })
	c.World.RunWhile(func() bool { return c.replies[number] == nil && !over })
	return c.replies[number]
}

// Must is Call for a request that succeeds: anything but a reply of type ..._ok
// ends the test.
func (c *Cluster) Must(id, fields string) *Message {
	c.t.Helper()
	m := c.Call(id, fields)
	switch {
	case m == nil:
		c.t.Fatalf("%s did not reply to %s within %v", id, fields, callMax)
	case !strings.HasSuffix(m.Type(), "_ok"):
		c.t.Fatalf("%s replied to %s with %s", id, fields, m.Data)
	}
	return m
}

// Healthy fails the test if a node has ended by itself or an actor of one had to
// be restarted.
func (c *Cluster) Healthy() {
	c.t.Helper()
	for _, id := range c.IDs {
		n := c.Nodes[id]
		if n == nil {
			continue
		}
		if err := n.Err(); err != nil {
			c.t.Errorf("%s: %v", id, err)
		}
		for _, s := range n.Stats() {
			if s.Restarts > 0 {
				c.t.Errorf("%s: %s was restarted %d times", id, s.Path, s.Restarts)
			}
		}
	}
}
