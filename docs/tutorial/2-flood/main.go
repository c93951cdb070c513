// Command 2-flood is the second step of the tutorial: what is new goes to all neighbours at once.
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
	node       *node.Node
	neighbours []string
	known      []int64
	seen       map[int64]bool
}

func (s *store) Receive(_ *actor.Context[message], m message) {
	switch m := m.(type) {
	case topology:
		s.neighbours = m.Body.Topology[s.node.ID()]
		m.Reply(node.None{})
	case broadcast: // of a client or of a neighbour, which waits for no reply
		s.learn(m.Body.Message, m.From)
		m.Reply(node.None{})
	case read:
		m.Reply(values{s.known})
	}
}

// learn hands a value that is new to all neighbours but the one that it came from.
func (s *store) learn(v int64, from string) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	s.known = append(s.known, v)
	for _, neighbour := range s.neighbours {
		if neighbour != from {
			s.node.Send(neighbour, "broadcast", value{v})
		}
	}
}

// serve builds the node: its actor, and which messages go to it.
func serve(n *node.Node) error {
	to := actor.Spawn(n, "store", func(c *actor.Context[message]) actor.Actor[message] {
		return &store{node: n.For(c), seen: map[int64]bool{}}
	})
	node.Handle(n, "topology", to, func(r topology) message { return r })
	node.Handle(n, "broadcast", to, func(r broadcast) message { return r })
	node.Handle(n, "read", to, func(r read) message { return r })
	return nil
}

func main() {
	cli.Main(service.Service{Workload: workload.New(), Short: "Floods", Flags: service.Fixed(serve)})
}
