// Command 5-batch is the fifth step of the tutorial: a neighbour is sent all that it lacks, now and then, in one message.
package main

import (
	"slices"
	"time"

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
	batch     = node.Request[items, node.None]
	tick      struct{}

	// answered is what became of a batch of so many values.
	answered struct {
		neighbour string
		count     int
		err       error
	}
)

type links struct {
	Topology map[string][]string `json:"topology" wire:"required"`
}

type value struct {
	Message int64 `json:"message" wire:"required"`
}

type items struct {
	Items []int64 `json:"items" wire:"required"`
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
	missing    map[string][]int64 // by neighbour: what it has not acknowledged
	asked      map[string]bool    // neighbours that have not answered their last batch yet
}

func (s *store) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case topology:
		s.neighbours = m.Body.Topology[s.node.ID()]
		m.Reply(node.None{})
	case broadcast:
		s.learn(m.Body.Message, m.From)
		m.Reply(node.None{})
	case batch:
		for _, v := range m.Body.Items {
			s.learn(v, m.From)
		}
		m.Reply(node.None{})
	case tick:
		for _, neighbour := range s.neighbours {
			s.send(c, neighbour)
		}
	case answered:
		s.asked[m.neighbour] = false
		if m.err == nil {
			s.missing[m.neighbour] = s.missing[m.neighbour][m.count:]
		}
	case read:
		m.Reply(values{s.known})
	}
}

// learn notes a value that is new, and that all neighbours lack it but the one that it came from.
func (s *store) learn(v int64, from string) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	s.known = append(s.known, v)
	for _, neighbour := range s.neighbours {
		if neighbour != from {
			s.missing[neighbour] = append(s.missing[neighbour], v)
		}
	}
}

// send asks a neighbour to take all that it lacks, unless it has not answered the last time yet.
func (s *store) send(c *actor.Context[message], neighbour string) {
	lacks := slices.Clone(s.missing[neighbour])
	if len(lacks) == 0 || s.asked[neighbour] {
		return
	}
	s.asked[neighbour] = true
	call := node.Call{Dest: neighbour, Type: "batch", Fields: items{lacks}, Within: 500 * time.Millisecond}
	node.RPC(c, s.node, call, func(a actor.Answer[node.None]) message { return answered{neighbour, len(lacks), a.Err} })
}

// serve builds the node: its actor, a ticker, and which messages go to the actor.
func serve(interval time.Duration) node.Service {
	return func(n *node.Node) error {
		to := actor.Spawn(n, "store", func(*actor.Context[message]) actor.Actor[message] {
			return &store{node: n, seen: map[int64]bool{}, missing: map[string][]int64{}, asked: map[string]bool{}}
		})
		actor.SpawnTicker[message](n, "ticker", interval, tick{}, to)
		node.Handle(n, "topology", to, func(r topology) message { return r })
		node.Handle(n, "broadcast", to, func(r broadcast) message { return r })
		node.Handle(n, "batch", to, func(r batch) message { return r })
		node.Handle(n, "read", to, func(r read) message { return r })
		return nil
	}
}

// flags declares --interval, which comes after -- on the command line.
func flags(set *pflag.FlagSet) service.Build {
	interval := set.Duration("interval", 100*time.Millisecond, "between two batches to a neighbour")
	return func() (node.Service, error) { return serve(*interval), nil }
}

func main() {
	cli.Main(service.Service{Workload: workload.New(), Short: "Floods in batches", Flags: flags})
}
