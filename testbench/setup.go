package testbench

import (
	"encoding/json"
	"fmt"

	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/workload"
)

// setupAtOnce is how many nodes are asked before those that were get to hear it. All of that takes no time; but
// what every node is told names every node, so that in a large cluster it would fill the memory if it were on its
// way to all of them at once.
const setupAtOnce = 256

// askAll asks every node, by its index, at this moment.
func (c *Conductor) askAll(ask func(i int)) {
	c.unready = len(c.fleet.nodes)
	next := 0
	var some func()
	some = func() {
		for last := min(next+setupAtOnce, len(c.fleet.nodes)); next < last; next++ {
			ask(next)
		}
		if next < len(c.fleet.nodes) {
			c.clock.At(c.clock.Now(), some)
		}
	}
	some()
}

// sendInit tells every node who it is, each through a client of its own.
func (c *Conductor) sendInit() {
	c.phase = phaseInit
	request := workload.InitRequests(c.options.Nodes())
	c.askAll(func(i int) {
		n, cl := c.fleet.nodes[i], c.clients.add()
		n.initAsker = cl.id
		body := func(msgID int64) []byte { return request(n.id, msgID) }
		cl.ask(n.id, body, InitTimeout, func(r workload.Reply, answered bool) {
			cl.close()
			if err := c.checkSetup("init", n, r, answered, workload.InitReply, InitTimeout.String()); err != nil {
				c.failNode(n, err.Error())
				return
			}
			n.ready, n.initReply = true, r.Body()
			c.nodeReady(c.sendTopology)
		})
	})
}

// nodeReady counts the nodes that are done with a step of the setup, and goes on after the last one.
func (c *Conductor) nodeReady(next func()) {
	if c.unready--; c.unready == 0 && len(c.failures) == 0 {
		next()
	}
}

// sendTopology tells every node its neighbours, where the workload has such a thing. The clients for it
// are opened in any case, so that clients have the numbers they have under Maelstrom.
func (c *Conductor) sendTopology() {
	var clients []*client
	for range c.fleet.nodes {
		clients = append(clients, c.clients.add())
	}
	if !c.workload.Topology {
		for _, cl := range clients {
			cl.close()
		}
		c.begin()
		return
	}
	c.phase = phaseTopology
	cluster, err := workload.Topology(c.options.Topology, c.options.Nodes())
	if err != nil {
		c.fail(err)
		return
	}
	var request []byte // the same to all, as all are asked by a client that asks for the first time
	body := func(msgID int64) []byte {
		if request == nil {
			request = workload.TopologyRequest(cluster, msgID)
		}
		return request
	}
	c.askAll(func(i int) {
		n, cl := c.fleet.nodes[i], clients[i]
		n.topologyAsker = cl.id
		cl.ask(n.id, body, c.options.ClientTimeout, func(r workload.Reply, answered bool) {
			cl.close()
			if err := c.checkSetup("topology", n, r, answered, workload.TopologyReply, c.options.ClientTimeout.String()); err != nil {
				c.failNode(n, err.Error())
				return
			}
			c.nodeReady(c.begin)
		})
	})
}

// checkSetup tells why the setup cannot go on after what a node has answered, or has not: what the node did, in a clause.
func (c *Conductor) checkSetup(request string, n *node, r workload.Reply, answered bool, want workload.Schema, limit string) error {
	expected := fmt.Sprintf("expected %s", want)
	switch {
	case !answered && n.output.deaf:
		return fmt.Errorf("did not answer %s in a way that can be understood: %s", request, c.inspector.findings.last(n.id))
	case !answered && n.output.unfinished > 0:
		return fmt.Errorf("did not answer %s within %s: %s", request, limit, n.output.unfinishedText())
	case !answered && !n.output.printed:
		return fmt.Errorf("did not answer %s within %s and printed nothing to stdout: %s; a program that buffers its output must flush stdout after each message", request, limit, expected)
	case !answered:
		return fmt.Errorf("did not answer %s within %s: %s, with the request's msg_id as in_reply_to and its src as dest", request, limit, expected)
	case r.Type == "error":
		return fmt.Errorf("answered %s with %w: %s", request, workload.ParseError(r), expected)
	case request == "init" && r.Type != want.Type:
		return fmt.Errorf("answered init with %s: %s", network.Abbreviate(r.Body(), 200), expected)
	case request == "init": // Maelstrom looks at no more than the type
		return nil
	}
	if _, err := want.Take(r); err != nil {
		return fmt.Errorf("answered %s with a %w", request, err)
	}
	return nil
}

const kindNoInit = "init"

// startAgain starts all nodes that are dead, at once, and is done when each has answered init or had the
// time for it.
func (c *Conductor) startAgain(done func(map[string]json.RawMessage)) {
	became := make(map[string]json.RawMessage)
	open := 1
	settle := func() {
		if open--; open == 0 {
			done(became)
		}
	}
	for _, n := range c.fleet.nodes {
		if n.life == dead {
			open++
			c.startNode(n, func(fate json.RawMessage) {
				became[n.id] = fate
				settle()
			})
		}
	}
	settle()
}

// startNode starts a dead node and tells it who it is, through a client of its own, before anybody else
// reaches it. It is not told the topology again: Maelstrom does not either. A node that does not answer
// stays unreachable.
func (c *Conductor) startNode(n *node, done func(fate json.RawMessage)) {
	n.port.(nemesis.Mortal).Start(func(err error) {
		if c.phase == phaseOver {
			return
		}
		if err != nil {
			c.fail(err)
			return
		}
		cl := c.clients.add()
		c.fleet.rose(n, cl.id)
		kills := n.kills
		body := func(msgID int64) []byte { return workload.InitRequest(n.id, c.options.Nodes(), msgID) }
		cl.ask(n.id, body, InitTimeout, func(r workload.Reply, answered bool) {
			cl.close()
			if n.kills > kills { // killed again before it could answer
				done(wasKilled)
				return
			}
			if err := c.checkSetup("init", n, r, answered, workload.InitReply, InitTimeout.String()); err != nil {
				n.life = dead
				c.fleet.changes++
				c.inspector.find(n, finding{kind: kindNoInit, expected: "an answer to init in every life of a node",
					what: fmt.Sprintf("was killed and started again, and then: %v", err)})
				done(wasMute)
				return
			}
			c.fleet.joined(n)
			done(wasStarted)
		})
	})
}
