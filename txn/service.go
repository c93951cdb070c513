package txn

import (
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node"
)

// Service is the service of Maelstrom's workload txn-rw-register.
func Service(config Config) node.Service {
	return func(n *node.Node) error {
		config, err := config.filled()
		if err != nil {
			return err
		}
		if config.Strategy == Local && len(n.IDs()) > 1 {
			n.Log().Warn("--strategy local on several nodes: they will never agree", zap.Int("nodes", len(n.IDs())))
		}
		j, records, err := openSaved(n, config)
		if err != nil {
			return err
		}
		options := []actor.Option{actor.Capacity(config.Mailbox)}
		if j != nil {
			options = append(options, actor.Restarts(0, 0))
		}
		to := actor.Spawn(n, "txn", func(c *actor.Context[message]) actor.Actor[message] {
			return newStore(c, n.For(c), config, j, records)
		}, options...)
		node.Handle(n, "txn", to, func(r txnRequest) message { return r })
		node.Handle(n, replicateType, to, func(r replicateRequest) message { return r })
		return nil
	}
}
