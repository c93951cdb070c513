// Command 1-state is the first step of the tutorial: one node, whose values belong to an actor.
package main

import (
	"eddy/actor"
	"eddy/actor/node"
	"eddy/cli"
	"eddy/cli/service"
	workload "eddy/workload/broadcast"
)

// What the actor is sent.
type (
	message any

	topology  = node.Request[links, node.None]
	broadcast = node.Request[value, node.None]
	read      = node.Request[node.None, values]
)

type links struct {
	Topology map[string][]string `json:"topology" wire:"required"`
}

type value struct {
	Message int64 `json:"message" wire:"required"`
}

type values struct {
	Messages []int64 `json:"messages"`
}

// store is the actor. Only its goroutine touches it, so it needs no lock.
type store struct {
	known []int64
}

func (s *store) Receive(_ *actor.Context[message], m message) {
	switch m := m.(type) {
	case topology:
		m.Reply(node.None{})
	case broadcast:
		s.known = append(s.known, m.Body.Message)
		m.Reply(node.None{})
	case read:
		m.Reply(values{s.known})
	}
}

// serve builds the node: its actor, and which messages go to it.
func serve(n *node.Node) error {
	to := actor.Spawn(n, "store", func(*actor.Context[message]) actor.Actor[message] { return &store{} })
	node.Handle(n, "topology", to, func(r topology) message { return r })
	node.Handle(n, "broadcast", to, func(r broadcast) message { return r })
	node.Handle(n, "read", to, func(r read) message { return r })
	return nil
}

func main() {
	cli.Main(service.Service{Workload: workload.New(), Short: "One node", Flags: service.Fixed(serve)})
}
