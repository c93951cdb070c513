package testbench

import (
	"fmt"

	"eddy/testbench/network"
	"eddy/workload"
)

// setupAtOnce is how many nodes are asked before those that were get to hear it. All of that takes no time; but
// what every node is told names every node, so that in a large cluster it would fill the memory if it were on its
// way to all of them at once.
const setupAtOnce = 256

// askAll asks every node, by its index, at this moment.
func (c *Conductor) askAll(ask func(i int)) {
	c.unready = len(c.nodes)
	next := 0
	var some func()
	some = func() {
		for last := min(next+setupAtOnce, len(c.nodes)); next < last; next++ {
			ask(next)
		}
		if next < len(c.nodes) {
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
		n, cl := c.nodes[i], c.openClient()
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
	for range c.nodes {
		clients = append(clients, c.openClient())
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
		n, cl := c.nodes[i], clients[i]
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
	case !answered && n.deaf:
		return fmt.Errorf("did not answer %s in a way that can be understood: %s", request, c.findings.last(n.id))
	case !answered && n.unfinished > 0:
		return fmt.Errorf("did not answer %s within %s: %s", request, limit, n.unfinishedText())
	case !answered && !n.printed:
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
