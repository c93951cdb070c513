package serial

import (
	"fmt"
	"testing"
	"time"

	"eddy/actor/node/nodetest"
)

// cluster is some nodes with lin-kv and lww-kv, which hold one copy each.
type cluster struct {
	*nodetest.Cluster
	t    *testing.T
	sent map[string]int // requests to a store, by type
	last int64          // the number of the last request
}

func newCluster(t *testing.T, config Config, nodes int) *cluster {
	t.Helper()
	c := &cluster{nodetest.New(t, 1, Service(config), nodes), t, map[string]int{}, 0}
	c.Stores["lin-kv"], c.Stores["lww-kv"] = nodetest.Store{}, nodetest.Store{}
	c.OnMessage = func(m *nodetest.Message) {
		if c.Stores[m.Dest] != nil {
			c.sent[m.Type()]++
		}
	}
	c.Run(time.Second) // raft elects a leader
	return c
}

// lose has messages to and from stores lost, by their type.
func (c *cluster) lose(lost func(typ string) bool) {
	c.Route = func(m *nodetest.Message) []time.Duration {
		if (c.Stores[m.Dest] != nil || c.Stores[m.Src] != nil) && lost(m.Type()) {
			return []time.Duration{}
		}
		return nil
	}
}

// loseNothing heals the way to the stores.
func (c *cluster) loseNothing() { c.Route = nil }

// send has a node execute a transaction, and does not wait.
func (c *cluster) send(id, txn string) int64 {
	c.last = c.Ask(id, `"type":"txn","txn":`+txn)
	return c.last
}

// call sends a transaction and gives the body of its reply.
func (c *cluster) call(id, txn string) string {
	c.t.Helper()
	m := c.Call(id, `"type":"txn","txn":`+txn)
	if m == nil {
		c.t.Fatalf("%s does not reply to %s", id, txn)
	}
	c.last = m.Int("in_reply_to")
	return string(m.Data)
}

// expect calls, and compares the completed transaction.
func (c *cluster) expect(id, txn, want string) {
	c.t.Helper()
	got := c.call(id, txn)
	if full := fmt.Sprintf(`{"src":%q,"dest":"c1","body":{"type":"txn_ok","in_reply_to":%d,"txn":%s}}`+"\n", id, c.last, want); got != full {
		c.t.Errorf("%s replied to %s with %s, want %s", id, txn, got, full)
	}
}
