package testbench

import (
	"encoding/json"
	"fmt"

	"eddy/workload"
)

// life is whether a node is there, as far as it is the nemesis's doing.
type life int

const (
	alive  life = iota
	dead        // killed
	rising      // started anew, and has not answered init yet
)

const kindNoInit = "init"

// kill ends a node that is alive. From now on messages to it are lost, those on their way too.
func (c *Conductor) kill(id string) json.RawMessage {
	n := c.byID[id]
	if n.life == dead {
		return nil
	}
	n.life, n.ready, n.paused = dead, false, false
	c.network.Down(id)
	n.port.(Mortal).Kill()
	return wasKilled
}

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
	for _, n := range c.nodes {
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
	n.port.(Mortal).Start(func(err error) {
		if c.phase == phaseOver {
			return
		}
		if err != nil {
			c.fail(err)
			return
		}
		n.life, n.exited, n.deaf = rising, false, false
		cl := c.openClient()
		c.network.Admit(n.id, cl.id)
		body := func(msgID int64) []byte { return workload.InitRequest(n.id, c.options.Nodes(), msgID) }
		cl.ask(n.id, body, InitTimeout, func(r workload.Reply, answered bool) {
			cl.close()
			if err := c.checkSetup("init", n, r, answered, workload.InitReply, InitTimeout.String()); err != nil {
				n.life = dead
				c.find(n, finding{kind: kindNoInit, expected: "an answer to init in every life of a node",
					what: fmt.Sprintf("was killed and started again, and then: %v", err)})
				done(wasMute)
				return
			}
			n.life, n.ready, n.unanswered = alive, true, unanswered{}
			n.numbered = numbered{}
			c.network.Up(n.id)
			done(wasStarted)
		})
	})
}
