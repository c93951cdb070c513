// Package echo answers every echo request with its own payload: the smallest
// service, and the measure of what a node costs.
//
// It keeps no state, so nothing is lost in any fault.
package echo

import (
	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

type body struct {
	Echo wire.Raw `json:"echo" wire:"required"`
}

type request = node.Request[body, body]

// Service is the echo service (Maelstrom's workload echo).
func Service(n *node.Node) error {
	to := actor.Spawn(n, "echo", func(*actor.Context[request]) actor.Actor[request] {
		return actor.Func[request](func(_ *actor.Context[request], r request) { r.Reply(r.Body) })
	}, actor.Capacity(256))
	node.Handle(n, "echo", to, func(r request) request { return r })
	return nil
}
