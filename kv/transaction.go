package kv

import (
	"errors"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

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

// transact takes in a transaction for a client.
func (r *replica) transact(c *actor.Context[message], txn wire.Raw, from string, asks bool, id int64, answer func(result)) {
	reads, err := r.config.machine.Check(txn)
	switch cmd := (command{Op: opTxn, To: txn}); {
	case err != nil:
		answer(refused(err))
	case r.outsiders.self:
		answer(refused(notAMember(r.node.ID())))
	case reads && r.config.Bug == StaleLocalRead:
		answer(r.store.perform(&cmd))
	case reads && r.config.Read == ReadLog:
		r.requests.add(&pending{command: r.signed(cmd), answer: answer, deadline: r.deadline(c)})
	case reads && len(r.reads.queue) >= requestsMax:
		answer(failed(maelstrom.TemporarilyUnavailable, "too many requests wait"))
	case reads:
		r.reads.queue = append(r.reads.queue, reading{txn: txn, answer: answer, deadline: r.deadline(c)})
	default:
		r.requests.add(&pending{command: r.signed(by(cmd, from, asks, id)), answer: answer, deadline: r.deadline(c)})
	}
}

// refused is the result of what is not executed.
func refused(err error) result {
	var e *node.Error
	if errors.As(err, &e) {
		return failed(e.Code, e.Text)
	}
	return failed(maelstrom.MalformedRequest, err.Error())
}

// by notes who asks for a command, if anybody waits for the answer.
func by(cmd command, client string, asks bool, id int64) command {
	if asks {
		cmd.Client, cmd.ID = client, id
	}
	return cmd
}
