package kv

import (
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// Log is a node's replica of a log of transactions, for the actors of the same node. It is for services
// that are more than a store; those whose clients send transactions are made by [Transactions].
type Log struct{ replica actor.Ref[message] }

// Replicate starts the node's replica of a log on which m executes transactions. A service calls it once. The error
// is one of the configuration, or of what the disk holds.
func Replicate(n *node.Node, config Config, m Machine) (Log, error) {
	config.machine = m
	to, err := replicate(n, config)
	return Log{to}, err
}

// Transaction is what is to be executed, and for whom. A client's requests are executed at most once each, however often
// they get into the log: ID tells them apart. Without a Client there is no such promise.
type Transaction struct {
	Client string
	ID     int64
	Body   wire.Raw // what [Machine.Execute] is given
}

// Execute has a transaction executed, after all that were answered before it was asked for, and brings what the machine
// made of it back as a message. An error that is [node.Definite] says that it was not and will not be executed.
// After any other error, [actor.ErrTimeout] among them, it may have been.
func Execute[M any](c *actor.Context[M], l Log, t Transaction, within time.Duration, then func(wire.Raw, error) M) {
	actor.Ask(c, l.replica, within, func(reply actor.Reply[wire.Raw]) message { return execution{t, reply} },
		func(a actor.Answer[wire.Raw]) M { return then(a.Value, a.Err) })
}

// execution is a transaction of an actor of this node.
type execution struct {
	of    Transaction
	reply actor.Reply[wire.Raw]
}

func (e execution) answer(r result) {
	if r.err {
		e.reply.Fail(node.Errorf(r.Code, "%s", r.Text))
		return
	}
	e.reply.Send(r.Value)
}
