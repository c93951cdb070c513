package kv

import (
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// Machine executes transactions on the replicated store, each at once. It keeps
// nothing of its own, and what it does depends on its arguments alone, since
// every replica has it do the same.
type Machine interface {
	// Check reports whether a transaction only reads. The error is one for the client, of a transaction that cannot
	// be executed; Execute is given none of those.
	Check(txn wire.Raw) (reads bool, err error)
	// Execute carries a transaction out on what the keys hold, by their canonical form, and gives the transaction as it
	// is answered. One that only reads changes nothing.
	Execute(values map[string]wire.Raw, txn wire.Raw) wire.Raw
}

// Transactions is a service of messages of type txn, which bring and are answered
// with a field txn: what the machine makes of it, strictly serializable. Requests
// are forwarded, applied once and answered as those of lin-kv are, and
// transactions that only read come to what they see in the way of Config.Read.
// Config.ClientTimeout is 5 s if it is 0: Maelstrom's, for workloads of
// transactions.
func Transactions(config Config, m Machine) node.Service {
	if config.ClientTimeout == 0 {
		config.ClientTimeout = txnTimeout
	}
	config.machine = m
	return serve(config, func(n *node.Node, to actor.Ref[message]) {
		node.Handle(n, "txn", to, func(m txnRequest) message { return m })
	})
}

const txnTimeout = 5 * time.Second

type txnBody struct {
	ID  int64    `json:"msg_id"`
	Txn wire.Raw `json:"txn" wire:"required"`
}

type completedBody struct {
	Txn wire.Raw `json:"txn"`
}

type txnRequest = node.Request[txnBody, completedBody]

func completed(r txnRequest) func(result) {
	return func(res result) {
		if res.err {
			r.Fail(node.Errorf(res.Code, "%s", res.Text))
			return
		}
		r.Reply(completedBody{res.Value})
	}
}

// transact takes in a transaction.
func (r *replica) transact(c *actor.Context[message], m txnRequest) {
	reads, err := r.config.machine.Check(m.Body.Txn)
	switch cmd := (command{Op: opTxn, To: m.Body.Txn}); {
	case err != nil:
		m.Fail(err)
	case reads && r.config.Bug == StaleLocalRead:
		completed(m)(r.store.perform(&cmd))
	case reads && r.config.Read == ReadLog:
		r.requests.add(&pending{command: r.signed(cmd), answer: completed(m), deadline: r.deadline(c)})
	case reads && len(r.reads.queue) >= requestsMax:
		m.Fail(actor.ErrFull)
	case reads:
		r.reads.queue = append(r.reads.queue, reading{txn: m.Body.Txn, answer: completed(m), deadline: r.deadline(c)})
	default:
		r.requests.add(&pending{command: r.signed(by(cmd, m.From, m.Asks(), m.Body.ID)), answer: completed(m), deadline: r.deadline(c)})
	}
}

// by notes who asks for a command, if anybody waits for the answer.
func by(cmd command, client string, asks bool, id int64) command {
	if asks {
		cmd.Client, cmd.ID = client, id
	}
	return cmd
}
