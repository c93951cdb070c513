package node_test

import (
	"fmt"
	"os"
	"strings"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// A service is a function that spawns actors and routes messages to them. Here
// Run is given its input and output; as a program it has neither, and reads and
// writes the standard ones.
func ExampleRun() {
	type body struct {
		Echo wire.Raw `json:"echo" wire:"required"` // any JSON
	}
	type request = node.Request[body, body]

	service := func(n *node.Node) error {
		to := actor.Spawn(n, "echo", func(*actor.Context[request]) actor.Actor[request] {
			return actor.Func[request](func(_ *actor.Context[request], r request) { r.Reply(r.Body) })
		})
		node.Handle(n, "echo", to, func(r request) request { return r })
		return nil
	}

	err := node.Run(service, node.Options{Out: os.Stdout, In: strings.NewReader(`
{"src":"c0","dest":"n1","body":{"type":"init","msg_id":1,"node_id":"n1","node_ids":["n1"]}}
{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":{"any":"JSON"}}}
`[1:])})
	fmt.Println(err)
	// Output:
	// {"src":"n1","dest":"c0","body":{"type":"init_ok","in_reply_to":1}}
	// {"src":"n1","dest":"c1","body":{"type":"echo_ok","in_reply_to":1,"echo":{"any":"JSON"}}}
	// <nil>
}

// Two nodes in one World: n1 pings n2 once a second, over a network of 100 ms.
func ExampleSimulate() {
	type (
		pingRequest = node.Request[node.None, node.None]
		tick        struct{}
		pong        struct{ err error }
	)
	service := func(n *node.Node) error {
		to := actor.Spawn(n, "ping", func(c *actor.Context[any]) actor.Actor[any] {
			c.After(time.Second, tick{})
			return actor.Func[any](func(c *actor.Context[any], m any) {
				switch m := m.(type) {
				case pingRequest:
					m.Reply(node.None{})
				case tick:
					c.After(time.Second, tick{})
					if n.ID() == "n1" {
						node.RPC(c, n, node.Call{Dest: "n2", Type: "ping"}, func(a actor.Answer[node.None]) any { return pong{a.Err} })
					}
				case pong:
					fmt.Println(c.Elapsed(), "answered:", m.err == nil)
				}
			})
		})
		node.Handle(n, "ping", to, func(r pingRequest) any { return r })
		return nil
	}

	w := actor.NewWorld(1)
	nodes := map[string]*node.Simulated{}
	for _, name := range []string{"n1", "n2"} {
		nodes[name] = node.Simulate(w, name, service, func(l node.Line) {
			if to := nodes[l.Dest]; to != nil {
				w.At(w.Elapsed()+100*time.Millisecond, func() { to.Feed(l.Data) })
			}
		}, node.Options{})
		nodes[name].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","node_id":%q,"node_ids":["n1","n2"]}}`, name, name))
	}
	w.Run(2500 * time.Millisecond)
	nodes["n2"].Kill()
	w.Run(2 * time.Second)
	// Output:
	// 1.2s answered: true
	// 2.2s answered: true
	// 4s answered: false
}
