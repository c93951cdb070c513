package serial

import (
	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
	"eddy/kv"
)

// Service is the service of Maelstrom's workload txn-list-append.
func Service(config Config) node.Service {
	if err := config.Check(); err != nil {
		return func(*node.Node) error { return err }
	}
	config = config.filled()
	if config.Strategy == Raft {
		if config.Bug == StaleRead {
			config.Raft.Bug = kv.StaleLocalRead
		}
		config.Raft.Owner = "txn-list-append"
		return kv.Transactions(config.Raft, machine{config.Bug})
	}
	return func(n *node.Node) error {
		n.AnswerWithin(config.Raft.ClientTimeout)
		to := actor.Spawn(n, "transactor", func(c *actor.Context[message]) actor.Actor[message] {
			return newTransactor(c, n.For(c), config)
		}, actor.Capacity(mailboxCapacity))
		node.Handle(n, "txn", to, func(m txnRequest) message { return m })
		return nil
	}
}

// mailboxCapacity is room for a burst of every client's requests.
const mailboxCapacity = 1024

type txnBody struct {
	Txn wire.Raw `json:"txn" wire:"required"`
}

type completedBody struct {
	Txn wire.Raw `json:"txn"`
}

type txnRequest = node.Request[txnBody, completedBody]
