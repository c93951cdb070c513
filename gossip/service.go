package gossip

import (
	"fmt"

	"eddy/actor"
	"eddy/actor/node"
)

// Broadcast is the service of Maelstrom's workload broadcast.
func Broadcast(config Config) node.Service {
	return func(n *node.Node) error {
		to, err := start(n, config, "broadcast", "messages")
		if err != nil {
			return err
		}
		node.Handle(n, "broadcast", to, func(r broadcastRequest) message { return r })
		if config.Topology == "given" {
			node.Handle(n, "topology", to, func(r topologyRequest) message { return r })
		} else {
			node.Handle(n, "topology", to, func(r node.Request[node.None, node.None]) message { return topologyNotice{r} })
		}
		return nil
	}
}

// GSet is the service of Maelstrom's workload g-set. Maelstrom gives it no
// topology.
func GSet(config Config) node.Service {
	return func(n *node.Node) error {
		if err := CheckGSet(config); err != nil {
			return err
		}
		to, err := start(n, config, "g-set", "value")
		if err != nil {
			return err
		}
		node.Handle(n, "add", to, func(r addRequest) message { return r })
		return nil
	}
}

// CheckGSet reports, by the names of the flags, why config makes no sense for a
// g-set.
func CheckGSet(config Config) error {
	if config.Topology == "given" {
		return fmt.Errorf("--topology given: Maelstrom gives no topology to a g-set; choose another of %s", topologyNames)
	}
	return config.Check()
}

// start spawns the set and declares what both services have in common.
func start(n *node.Node, config Config, service, field string) (actor.Ref[message], error) {
	config, err := config.sized(len(n.IDs())).filled()
	if err != nil {
		return actor.Ref[message]{}, err
	}
	j, records, err := openSaved(n, config, service)
	if err != nil {
		return actor.Ref[message]{}, err
	}
	options := []actor.Option{actor.Capacity(config.Mailbox)}
	if j != nil {
		options = append(options, actor.Restarts(0, 0))
	}
	to := actor.Spawn(n, "gossip", func(c *actor.Context[message]) actor.Actor[message] {
		if config.Dissemination == Paced {
			return newStar(c, n.For(c), config, field, j, records)
		}
		return newStore(c, n.For(c), config, field, j, records)
	}, options...)
	node.Handle(n, "read", to, func(r readRequest) message { return r })
	if config.Dissemination == Paced {
		node.Handle(n, starType, to, func(r starRequest) message { return r })
	} else if config.Ack == AckCumulative {
		node.Handle(n, gossipType, to, func(r linkRequest) message { return r })
	} else {
		node.Handle(n, gossipType, to, func(r gossipRequest) message { return r })
	}
	return to, nil
}
