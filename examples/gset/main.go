// Command gset is a whole Maelstrom node: a set that only grows. Twice a second it
// tells one node, drawn by lot, all that it holds; so the network may lose what it
// likes, and nothing needs acknowledging. How to run it: examples/README.md.
package main

import (
	"os"
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

type message any // what the actor is sent: an add, a read, a merge or a beat
type add = node.Request[element, node.None]
type read = node.Request[node.None, set]
type merge = node.Request[set, node.None]
type beat struct{}

type element struct {
	Element int64 `json:"element" wire:"required"`
}

type set struct {
	Value []int64 `json:"value" wire:"required"`
}

func serve(n *node.Node) error {
	to := actor.Spawn(n, "set", func(c *actor.Context[message]) actor.Actor[message] {
		n := n.For(c) // a trace knows who sends
		var s set     // only this actor's goroutine touches it, so it needs no lock
		learn := func(v []int64) { s.Value = slices.Compact(slices.Sorted(slices.Values(append(s.Value, v...)))) }
		return actor.Func[message](func(c *actor.Context[message], m message) {
			switch m := m.(type) {
			case add:
				learn([]int64{m.Body.Element})
				m.Reply(node.None{})
			case read:
				m.Reply(s)
			case merge:
				learn(m.Body.Value)
			case beat:
				n.Send(n.IDs()[c.Rand().IntN(len(n.IDs()))], "merge", s)
			}
		})
	})
	node.Handle(n, "add", to, func(r add) message { return r })
	node.Handle(n, "read", to, func(r read) message { return r })
	node.Handle(n, "merge", to, func(r merge) message { return r })
	actor.SpawnTicker[message](n, "ticker", 500*time.Millisecond, beat{}, to)
	return nil
}

func main() {
	if node.Run(serve, node.Options{}) != nil {
		os.Exit(1) // the node has logged why
	}
}
