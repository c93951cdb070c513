package testbench

import (
	"fmt"
	"time"

	"eddy/testbench/network"
	"eddy/testbench/service"
)

// addServices puts the services that Maelstrom offers into the network. To it they are neither clients nor
// nodes: messages from and to them take their latency, count as messages between servers, wait for each other
// at a service as they do at a node, and suffer the same weather, as all that Maelstrom's network carries
// does. The nemesis knows only the nodes: no partition cuts a service off, and none is killed or paused.
func (c *Conductor) addServices() {
	for _, name := range service.Names() {
		s := service.New(name)
		c.network.Add(name, func(m *network.Message, _ time.Duration) { c.serve(name, s, m) })
	}
}

// serve has a service answer a message. What it does not know it does not answer: there Maelstrom's service
// ends in an error that only its log shows.
func (c *Conductor) serve(name string, s service.Service, m *network.Message) {
	reply, err := s.Handle(m.Src, m.Body, c.chance.services)
	if err != nil {
		if n := c.fleet.byID[m.Src]; n != nil {
			c.inspector.find(n, finding{kind: kindUnserved, line: m.Body, warning: true,
				what: fmt.Sprintf("sent %s something that it does not answer, %v", name, err)})
		}
		return
	}
	// Nodes stay in the network for the whole run. Only a request that a node sent in the name of a client
	// that is gone by now cannot be answered, and need not be.
	_ = c.network.Send(name, m.Src, reply)
}
