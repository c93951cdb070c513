package serial

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// cluster is some nodes in one World, with links of 10 ms between them and to the
// stores, which hold one copy each.
type cluster struct {
	t       *testing.T
	world   *actor.World
	config  Config
	ids     []string
	nodes   map[string]*node.Simulated
	stores  map[string]map[string]wire.Raw // by the store's name, by key
	answers []string                       // to clients, in order
	sent    map[string]int                 // messages to a store and answers, by type
	asked   int

	// lose tells what gets lost: requests to stores by their type, answers with _ok behind it.
	lose func(typ string) bool
	// spread tells whether lww-kv shows a chunk already; nil: always.
	spread func() bool
}

const linkLatency = 10 * time.Millisecond

func newCluster(t *testing.T, config Config, nodes int) *cluster {
	t.Helper()
	c := &cluster{
		t: t, world: actor.NewWorld(1), config: config, nodes: map[string]*node.Simulated{}, sent: map[string]int{},
		stores: map[string]map[string]wire.Raw{"lin-kv": {}, "lww-kv": {}}, lose: func(string) bool { return false },
	}
	for i := range nodes {
		c.ids = append(c.ids, fmt.Sprint("n", i))
	}
	for _, id := range c.ids {
		c.start(id)
	}
	c.world.Run(time.Second) // raft elects a leader
	c.answers = nil
	return c
}

func (c *cluster) start(id string) {
	n := node.Simulate(c.world, id, Service(c.config), func(l node.Line) { c.carry(id, l.Data) }, node.Options{})
	c.nodes[id] = n
	ids, err := json.Marshal(c.ids)
	if err != nil {
		c.t.Fatal(err)
	}
	n.Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":1,"node_id":%q,"node_ids":%s}}`, id, id, ids))
}

// carry takes a line of a node to its destination.
func (c *cluster) carry(src string, line []byte) {
	var m struct {
		Dest string
		Body json.RawMessage
	}
	if err := json.Unmarshal(line, &m); err != nil {
		c.t.Fatalf("%s wrote %s: %v", src, line, err)
	}
	switch {
	case strings.HasPrefix(m.Dest, "c"):
		c.answers = append(c.answers, string(m.Body))
	case c.nodes[m.Dest] != nil:
		c.world.At(c.world.Elapsed()+linkLatency, func() { c.nodes[m.Dest].Feed(line) })
	default:
		c.world.At(c.world.Elapsed()+linkLatency, func() { c.serve(src, m.Dest, m.Body) })
	}
}

// serve is the stores.
func (c *cluster) serve(src, store string, body []byte) {
	var r struct {
		Type   string
		MsgID  int `json:"msg_id"`
		Key    string
		Value  wire.Raw
		From   wire.Raw
		To     wire.Raw
		Create bool `json:"create_if_not_exists"`
	}
	if err := json.Unmarshal(body, &r); err != nil {
		c.t.Fatalf("%s wrote %s: %v", src, body, err)
	}
	c.sent[r.Type]++
	if c.lose(r.Type) {
		return
	}
	held, there := c.stores[store][r.Key]
	if store == "lww-kv" && r.Type == "read" && c.spread != nil && !c.spread() {
		there = false
	}
	answer := fmt.Sprintf(`"type":"%s_ok"`, r.Type)
	switch {
	case r.Type == "write":
		c.stores[store][r.Key] = r.Value
	case r.Type == "read" && there:
		answer += `,"value":` + string(held)
	case r.Type == "cas" && (there && string(held) == string(r.From) || !there && r.Create):
		c.stores[store][r.Key] = r.To
	case there:
		answer = `"type":"error","code":22,"text":"another value"`
	default:
		answer = `"type":"error","code":20,"text":"no such key"`
	}
	if c.lose(r.Type + "_ok") {
		return
	}
	reply := fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{%s,"in_reply_to":%d}}`, store, src, answer, r.MsgID)
	c.world.At(c.world.Elapsed()+linkLatency, func() { c.nodes[src].Feed(reply) })
}

// send has a node execute a transaction, and does not wait.
func (c *cluster) send(id, txn string) {
	c.asked++
	c.nodes[id].Feed(fmt.Appendf(nil, `{"src":"c1","dest":%q,"body":{"type":"txn","msg_id":%d,"txn":%s}}`, id, c.asked, txn))
}

// ask sends a transaction and gives its answer.
func (c *cluster) ask(id, txn string) string {
	c.t.Helper()
	c.answers = nil
	c.send(id, txn)
	for range 600 {
		if c.world.Run(10 * time.Millisecond); len(c.answers) > 0 {
			return c.answers[0]
		}
	}
	c.t.Fatalf("%s does not answer %s", id, txn)
	return ""
}

// expect asks, and compares the completed transaction.
func (c *cluster) expect(id, txn, want string) {
	c.t.Helper()
	if got, full := c.ask(id, txn), c.completed(want); got != full {
		c.t.Errorf("%s answered %s with %s, want %s", id, txn, got, full)
	}
}

func (c *cluster) completed(txn string) string {
	return fmt.Sprintf(`{"type":"txn_ok","in_reply_to":%d,"txn":%s}`, c.asked, txn)
}

// healthy fails the test if an actor of a node had to be restarted.
func (c *cluster) healthy() {
	c.t.Helper()
	for _, id := range c.ids {
		if err := c.nodes[id].Err(); err != nil {
			c.t.Errorf("%s: %v", id, err)
		}
		if stats := c.nodes[id].Stats(); slices.ContainsFunc(stats, func(s actor.Stats) bool { return s.Restarts > 0 }) {
			c.t.Errorf("%s: an actor was restarted: %+v", id, stats)
		}
	}
}
