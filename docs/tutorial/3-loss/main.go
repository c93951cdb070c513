// Command 3-loss is the third step of the tutorial: each message is sent several times, in the hope that one copy arrives.
package main

import (
	"github.com/spf13/pflag"

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
	copies     int
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
		for range s.copies {
			if neighbour != from {
				s.node.Send(neighbour, "broadcast", value{v})
			}
		}
	}
}

// serve builds the node: its actor, and which messages go to it.
func serve(copies int) node.Service {
	return func(n *node.Node) error {
		to := actor.Spawn(n, "store", func(c *actor.Context[message]) actor.Actor[message] {
			return &store{node: n.For(c), copies: copies, seen: map[int64]bool{}}
		})
		node.Handle(n, "topology", to, func(r topology) message { return r })
		node.Handle(n, "broadcast", to, func(r broadcast) message { return r })
		node.Handle(n, "read", to, func(r read) message { return r })
		return nil
	}
}

// flags declares --copies, which comes after -- on the command line.
func flags(set *pflag.FlagSet) service.Build {
	copies := set.Int("copies", 1, "how often each message is sent")
	return func() (node.Service, error) { return serve(*copies), nil }
}

func main() {
	cli.Main(service.Service{Workload: workload.New(), Short: "Floods, several times over", Flags: flags})
}
