package txn

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/internal/link"
)

// cluster is some nodes in one World, with links of 10 ms between them.
type cluster struct {
	t       *testing.T
	world   *actor.World
	config  Config
	ids     []string
	nodes   map[string]*node.Simulated
	answers []string // to clients, in order
	sent    int      // messages between nodes
	states  int      // items in them of more than one transaction: the whole state
	bytes   int      // of them all
	cut     func(src, dest string) bool
	latency func() time.Duration
	asked   int
}

const linkLatency = 10 * time.Millisecond

func newCluster(t *testing.T, config Config, nodes int) *cluster {
	t.Helper()
	c := &cluster{t: t, world: actor.NewWorld(1), config: config, nodes: map[string]*node.Simulated{}, cut: func(string, string) bool { return false }, latency: func() time.Duration { return linkLatency }}
	for i := range nodes {
		c.ids = append(c.ids, fmt.Sprint("n", i))
	}
	for _, id := range c.ids {
		c.start(id)
	}
	c.run(time.Millisecond)
	c.answers = nil
	return c
}

// start begins an incarnation of a node.
func (c *cluster) start(id string) {
	n := node.Simulate(c.world, id, Service(c.config), func(l node.Line) { c.carry(id, l.Data) }, node.Options{})
	c.nodes[id] = n
	ids, err := json.Marshal(c.ids)
	if err != nil {
		c.t.Fatal(err)
	}
	n.Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":1,"node_id":%q,"node_ids":%s}}`, id, id, ids))
}

// carry takes a line to its destination.
func (c *cluster) carry(src string, line []byte) {
	var m struct {
		Dest string
		Body json.RawMessage
	}
	if err := json.Unmarshal(line, &m); err != nil {
		c.t.Fatalf("%s wrote %s: %v", src, line, err)
	}
	if strings.HasPrefix(m.Dest, "c") {
		c.answers = append(c.answers, string(m.Body))
		return
	}
	c.sent++
	c.bytes += len(line)
	var body link.Message
	if err := json.Unmarshal(m.Body, &body); err != nil {
		c.t.Fatal(err)
	}
	for _, item := range body.Items {
		if bytes.Count(item, []byte(`"t":`)) > 1 {
			c.states++
		}
	}
	if c.cut(src, m.Dest) {
		return
	}
	c.world.At(c.world.Elapsed()+c.latency(), func() { c.nodes[m.Dest].Feed(line) })
}

func (c *cluster) run(d time.Duration) { c.world.Run(d) }

// ask has a node execute a transaction and gives its answer.
func (c *cluster) ask(id, txn string) string {
	c.t.Helper()
	c.asked++
	c.answers = nil
	c.nodes[id].Feed(fmt.Appendf(nil, `{"src":"c1","dest":%q,"body":{"type":"txn","msg_id":%d,"txn":%s}}`, id, c.asked, txn))
	c.run(0)
	if len(c.answers) != 1 {
		c.t.Fatalf("%s answered %s with %v", id, txn, c.answers)
	}
	return c.answers[0]
}

// expect asks, and compares the completed transaction.
func (c *cluster) expect(id, txn, want string) {
	c.t.Helper()
	if got, full := c.ask(id, txn), fmt.Sprintf(`{"type":"txn_ok","in_reply_to":%d,"txn":%s}`, c.asked, want); got != full {
		c.t.Errorf("%s answered %s with %s, want %s", id, txn, got, full)
	}
}

// healthy fails the test if an actor of a node had to be restarted.
func (c *cluster) healthy() {
	c.t.Helper()
	for id, n := range c.nodes {
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
