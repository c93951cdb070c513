package kafka

import (
	"fmt"

	"eddy/actor"
	"eddy/actor/node"
)

// Service is the service of Maelstrom's workload kafka.
func Service(config Config) node.Service {
	return func(n *node.Node) error {
		config, err := config.filled()
		if err != nil {
			return err
		}
		if config.Strategy == Local && len(n.IDs()) > 1 {
			return fmt.Errorf("--strategy local: there are %d nodes, and their logs would differ; it serves one", len(n.IDs()))
		}
		j, saved, err := openSaved(n, config)
		if err != nil {
			return err
		}
		options := []actor.Option{actor.Capacity(config.Mailbox)}
		if j != nil {
			options = append(options, actor.Restarts(0, 0))
		}
		to := actor.Spawn(n, "kafka", func(c *actor.Context[message]) actor.Actor[message] {
			return newBroker(c, n.For(c), config, j, saved)
		}, options...)
		node.Handle(n, "send", to, func(r sendRequest) message { return r })
		node.Handle(n, "poll", to, func(r offsetsRequest) message { return pollRequest{r} })
		node.Handle(n, "commit_offsets", to, func(r offsetsRequest) message { return commitRequest{r} })
		node.Handle(n, "list_committed_offsets", to, func(r listRequest) message { return r })
		node.Handle(n, peerType, to, func(r peerRequest) message { return r })
		return nil
	}
}
