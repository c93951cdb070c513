package node

import (
	"time"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// Call is a request to another node or to a service.
type Call struct {
	Dest   string
	Type   string
	Fields any           // the body's own fields, as for [wire.AppendMessage]
	Within time.Duration // until it has failed; default WithinDefault
	Retry  Retry
}

// WithinDefault is how long a call may take that does not say.
const WithinDefault = time.Second

// Retry says how a request is sent again while no answer has come. The zero
// Retry sends once. Only what may be carried out twice should be retried, or
// what its receiver recognises by the msg_id, which all tries share.
type Retry struct {
	First  time.Duration // before the second try; 0: never
	Factor float64       // each wait is the last times this; below 1 counts as 2
	Max    time.Duration // no wait is longer; 0: no bound
	Jitter float64       // each wait is varied by up to this fraction of it, both ways; at most 1
}

// DefaultRetry suits a peer some 100 ms away.
var DefaultRetry = Retry{First: 500 * time.Millisecond, Factor: 2, Max: 4 * time.Second, Jitter: 0.2}

// RPC makes a call and has the answer's fields, decoded into an A, arrive as
// the message that wrap makes of them. An error answer arrives as an [*Error],
// whatever its code, 0 included; no answer in time as [actor.ErrTimeout], also
// when the input has ended, so that none can come; fields that are no A as a
// [*wire.FieldError]. Late answers, and answers from another than was asked, are
// dropped and counted.
//
// The fields are encoded here and now, once for all tries. What cannot be
// encoded, or has no destination, is a mistake in the program, and panics.
func RPC[M, A any](c *actor.Context[M], n *Node, call Call, wrap func(actor.Answer[A]) M) {
	request(c, n, newExchange(call, newStep(call.Type, call.Fields)), wrap)
}

// request hands an exchange to the request table. The table keeps the deadline;
// the asker's own is a little later, for a table that restarts.
func request[M, A any](c *actor.Context[M], n *Node, x *exchange, wrap func(actor.Answer[A]) M) {
	actor.Ask(c, n.rpc, x.within+graceOfTable,
		func(r actor.Reply[wire.Raw]) rpcMessage {
			x.answer = r
			return rpcMessage{kind: rpcCall, call: x}
		},
		func(raw actor.Answer[wire.Raw]) M {
			answer := actor.Answer[A]{Err: raw.Err}
			if answer.Err == nil {
				answer.Err = wire.Unmarshal(raw.Value, &answer.Value)
			}
			return wrap(answer)
		})
}

const graceOfTable = time.Second

// exchange is one call under way: made by the asker, then the table's own.
type exchange struct {
	dest   string
	steps  []step // still to be answered, the current one first
	within time.Duration
	retry  Retry
	answer actor.Reply[wire.Raw]

	wait     time.Duration // before the last try, without jitter; 0 before the first
	failsAt  time.Duration
	again    actor.Timer
	deadline actor.Timer
}

// step is one message of a call. Each is sent after the answer to the one
// before; the last one's answer is the call's.
type step struct {
	typ    string
	fields wire.Encoded
}

func newExchange(call Call, steps ...step) *exchange {
	if call.Dest == "" {
		panic("node: a call to nobody")
	}
	x := &exchange{dest: call.Dest, within: call.Within, retry: call.Retry, steps: steps}
	if x.within <= 0 {
		x.within = WithinDefault
	}
	return x
}

func newStep(typ string, fields any) step {
	encoded, err := wire.Encode(fields)
	if err != nil {
		panic("node: call of type " + typ + ": " + err.Error())
	}
	return step{typ, encoded}
}

// nextWait is the time until the next try, before jitter; 0 for none.
func (x *exchange) nextWait() time.Duration {
	bound := x.within // a longer wait is one for ever
	if x.retry.Max > 0 {
		bound = min(bound, x.retry.Max)
	}
	switch {
	case x.retry.First <= 0:
		return 0
	case x.wait == 0:
		x.wait = min(x.retry.First, bound)
	default:
		factor := x.retry.Factor
		if !(factor >= 1) {
			factor = 2
		}
		x.wait = time.Duration(min(float64(x.wait)*factor, float64(bound)))
	}
	return x.wait
}

// jittered varies a wait; draw is from 0 to 1.
func (x *exchange) jittered(wait time.Duration, draw float64) time.Duration {
	return time.Duration(float64(wait) * (1 + min(max(x.retry.Jitter, 0), 1)*(2*draw-1)))
}
