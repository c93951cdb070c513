package node_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// soloist is a simulated node with nobody around it: what it says is kept.
type soloist struct {
	*node.Simulated
	world *actor.World
	said  []said
	at    []time.Duration // when it was said
}

// begin starts a node that waits for its init.
func begin(w *actor.World, name string, service node.Service, o node.Options) *soloist {
	s := &soloist{world: w}
	s.Simulated = node.Simulate(w, name, service, func(l node.Line) {
		var m said
		if err := json.Unmarshal(l.Data, &m); err != nil || m.Dest != l.Dest || !bytes.HasSuffix(l.Data, []byte("\n")) {
			panic(fmt.Sprintf("%q for %q is no line (%v)", l.Data, l.Dest, err))
		}
		s.said = append(s.said, m)
		s.at = append(s.at, w.Elapsed())
	}, o)
	return s
}

// alone is a node n1 of n1, n2 and n3 that has had its init.
func alone(seed uint64, service node.Service, o node.Options) (*actor.World, *soloist) {
	w := actor.NewWorld(seed)
	n := begin(w, "n1", service, o)
	n.Feed([]byte(initLine))
	return w, n
}

// cluster is a small network in a World: nodes, clients that only listen, and
// the services of doubles_test.go, each line on its way for as long as latency
// says.
type cluster struct {
	world    *actor.World
	nodes    map[string]*node.Simulated
	services map[string]double
	latency  func() time.Duration
	journal  bytes.Buffer // every line, when it was sent
	heard    []said       // by clients
	onLine   func(said)   // told of every line
}

// double is a test double of a service: it answers a request's body.
type double func(src string, body map[string]json.RawMessage) map[string]any

func newCluster(seed uint64) *cluster {
	c := &cluster{world: actor.NewWorld(seed), nodes: map[string]*node.Simulated{}, services: map[string]double{}}
	c.latency = func() time.Duration { return time.Duration(c.world.Rand().Int64N(int64(50 * time.Millisecond))) }
	return c
}

// start starts nodes that know each other.
func (c *cluster) start(service node.Service, names ...string) {
	ids, _ := json.Marshal(names)
	for _, name := range names {
		c.nodes[name] = node.Simulate(c.world, name, service, c.carry, node.Options{})
		c.nodes[name].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","msg_id":1,"node_id":%q,"node_ids":%s}}`, name, name, ids))
	}
}

// carry takes a line to where it goes.
func (c *cluster) carry(l node.Line) {
	var m said
	if err := json.Unmarshal(l.Data, &m); err != nil {
		panic(err)
	}
	fmt.Fprintf(&c.journal, "%d %s", c.world.Elapsed(), l.Data)
	if c.onLine != nil {
		c.onLine(m)
	}
	switch {
	case c.nodes[l.Dest] != nil:
		c.later(func() { c.nodes[l.Dest].Feed(l.Data) })
	case c.services[l.Dest] != nil:
		c.later(func() { c.serve(m) })
	default:
		c.heard = append(c.heard, m)
	}
}

func (c *cluster) later(f func()) { c.world.At(c.world.Elapsed()+c.latency(), f) }

// serve has a service answer, a latency later.
func (c *cluster) serve(m said) {
	body := c.services[m.Dest](m.Src, m.Body)
	body["in_reply_to"] = m.Body["msg_id"]
	line, err := json.Marshal(map[string]any{"src": m.Dest, "dest": m.Src, "body": body})
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(&c.journal, "%d %s\n", c.world.Elapsed(), line)
	c.later(func() { c.nodes[m.Src].Feed(line) })
}

// client sends a request to a node, at once as Maelstrom's clients do.
func (c *cluster) client(name, dest string, id int, typ, fields string) {
	c.nodes[dest].Feed(fmt.Appendf(nil, `{"src":%q,"dest":%q,"body":{"type":%q,"msg_id":%d%s}}`, name, dest, typ, id, fields))
}
