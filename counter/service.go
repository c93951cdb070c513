package counter

import (
	"math/big"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
)

// What clients say: Maelstrom's doc/workloads.md, g-counter and pn-counter.

type addBody struct {
	Delta int64 `json:"delta" wire:"required"`
}

type readAnswer struct {
	Value int64 `json:"value"`
}

type (
	addRequest  = node.Request[addBody, node.None]
	readRequest = node.Request[node.None, readAnswer]
)

// message is anything that the actor of a counter handles.
type message any

// GCounter is the service of Maelstrom's workload g-counter.
func GCounter(config Config) node.Service { return service(config, false) }

// PNCounter is the service of Maelstrom's workload pn-counter.
func PNCounter(config Config) node.Service { return service(config, true) }

func service(config Config, signed bool) node.Service {
	return func(n *node.Node) error {
		config, err := config.filled()
		if err != nil {
			return err
		}
		s, err := openSaved(n, config.Journal, config.holds(signed))
		if err != nil {
			return err
		}
		options := []actor.Option{actor.Capacity(mailbox)}
		if s.journal != nil {
			options = append(options, actor.Restarts(0, 0))
		}
		to := actor.Spawn(n, "counter", func(c *actor.Context[message]) actor.Actor[message] {
			if s.journal == nil {
				s = &saved{} // a restart begins with nothing
			}
			if config.Strategy == Store {
				return newStoreCounter(c, n.For(c), config, s)
			}
			return newCRDTCounter(c, n.For(c), config, s)
		}, options...)
		if config.Strategy == Store {
			node.Handle(n, shardType, to, func(r shardRequest) message { return r })
		} else {
			node.Handle(n, stateType, to, func(r stateRequest) message { return r })
		}
		node.Handle(n, "read", to, func(r readRequest) message { return r })
		node.Handle(n, "add", to, func(r addRequest) message {
			if !signed && r.Body.Delta < 0 {
				return negative{r}
			}
			return r
		})
		return nil
	}
}

// mailbox is the capacity of the counter's mailbox, in messages.
const mailbox = 256

// negative is an add that a g-counter refuses.
type negative struct{ addRequest }

// refuse answers it.
func (n negative) refuse() {
	n.Fail(node.Errorf(maelstrom.MalformedRequest, "delta is %d: a g-counter only grows, expected 0 or more", n.Body.Delta))
}

// admit reports whether a delta may be added to a sum; if not, the request is answered.
func admit(r addRequest, sum *big.Int) bool {
	if after := new(big.Int).Add(sum, big.NewInt(r.Body.Delta)); !fits(after) {
		r.Fail(node.Errorf(maelstrom.PreconditionFailed, "adding %d to %d takes the sum to %d, beyond 64 bits: nothing was added", r.Body.Delta, sum, after))
		return false
	}
	return true
}

// show answers a read.
func show(r readRequest, sum *big.Int) {
	if !fits(sum) {
		r.Fail(node.Errorf(maelstrom.PreconditionFailed, "the sum is %d, beyond 64 bits", sum))
		return
	}
	r.Reply(readAnswer{sum.Int64()})
}
