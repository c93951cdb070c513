package node

import (
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// Retry says how a request is sent again while no answer has come. The zero
// Retry sends once. Only what may be carried out twice should be retried, or
// what its receiver recognises by the msg_id, which all tries share.
type Retry struct {
	First  time.Duration // before the second try; 0: never
	Factor float64       // each wait is the last times this; below 1 counts as 2
	Max    time.Duration // no wait is longer; 0: no bound
	Jitter float64       // each wait is varied by up to this fraction of it, both ways
}

// DefaultRetry suits a peer some 100 ms away.
var DefaultRetry = Retry{First: 500 * time.Millisecond, Factor: 2, Max: 4 * time.Second, Jitter: 0.2}

// Call is a request to another node or to a service.
type Call struct {
	Dest   string
	Type   string
	Fields any           // the body's own fields, as for [wire.AppendMessage]
	Within time.Duration // until it has failed
	Retry  Retry

	before  []outgoing // sent first, each after the answer to the one before
	refusal *Error     // why it is not even tried
}

// outgoing is one message of a call.
type outgoing struct {
	typ    string
	fields any
}

// RPC makes a call and has the answer's fields, decoded into an A, arrive as
// the message that wrap makes of them. An error answer arrives as an [*Error],
// whatever its code, 0 included; no answer in time as [actor.ErrTimeout]. Late
// answers are dropped and counted.
func RPC[M, A any](c *actor.Context[M], n *Node, call Call, wrap func(actor.Answer[A]) M) {
	// The table keeps the deadline; the asker's own is a little later, for a
	// table that restarts.
	actor.Ask(c, n.rpc, call.Within+time.Second,
		func(r actor.Reply[wire.Raw]) rpcMessage { return rpcMessage{call: &call, answer: r} },
		func(raw actor.Answer[wire.Raw]) M {
			answer := actor.Answer[A]{Err: raw.Err}
			if answer.Err == nil {
				answer.Err = wire.Unmarshal(raw.Value, &answer.Value)
			}
			return wrap(answer)
		})
}

// rpcMessage is what the request table takes: a call to make, an answer that
// came in, or one of its own timers.
type rpcMessage struct {
	call   *Call
	answer actor.Reply[wire.Raw]

	reply wire.Message

	timer  rpcTimer
	number int64
}

type rpcTimer uint8

const (
	rpcRetry rpcTimer = iota + 1
	rpcDeadline
)

// requestTable is the actor that knows which requests of this node are
// unanswered: the only owner of msg_ids and of their deadlines.
type requestTable struct {
	node   *Node
	last   int64 // msg_id given out
	open   map[int64]*exchange
	late   int
	lateAt int // next count at which to log
}

// exchange is one call under way.
type exchange struct {
	call     Call
	answer   actor.Reply[wire.Raw]
	steps    []outgoing    // still to send, the current one first
	wait     time.Duration // before the try to come
	failsAt  time.Duration
	retry    actor.Timer
	deadline actor.Timer
}

const rpcCapacity = 1024

func spawnRPC(n *Node) actor.Ref[rpcMessage] {
	return actor.Spawn(n, "rpc", func(c *actor.Context[rpcMessage]) actor.Actor[rpcMessage] {
		// An answer to an earlier incarnation's request must not fit one of this.
		first := int64(c.Restarts()) << 40
		return &requestTable{node: n, last: first, open: make(map[int64]*exchange), lateAt: 1}
	}, actor.Capacity(rpcCapacity))
}

func (t *requestTable) Receive(c *actor.Context[rpcMessage], m rpcMessage) {
	switch {
	case m.call != nil:
		t.begin(c, m)
	case m.timer == rpcRetry:
		if x := t.open[m.number]; x != nil {
			t.send(c, m.number, x)
		}
	case m.timer == rpcDeadline:
		if x := t.open[m.number]; x != nil {
			t.end(m.number, x).answer.Fail(actor.ErrTimeout)
		}
	default:
		t.arrive(c, &m.reply)
	}
}

func (t *requestTable) begin(c *actor.Context[rpcMessage], m rpcMessage) {
	if m.call.refusal != nil {
		m.answer.Fail(m.call.refusal)
		return
	}
	x := &exchange{call: *m.call, answer: m.answer}
	x.steps = append(append(x.steps, x.call.before...), outgoing{x.call.Type, x.call.Fields})
	x.failsAt = c.Elapsed() + x.call.Within
	number := t.enter(x)
	x.deadline = c.After(x.call.Within, rpcMessage{timer: rpcDeadline, number: number})
	t.send(c, number, x)
}

// enter puts x into the table under a new msg_id.
func (t *requestTable) enter(x *exchange) int64 {
	t.last++
	t.open[t.last] = x
	return t.last
}

// send sends the current step, and again later if the call says so.
func (t *requestTable) send(c *actor.Context[rpcMessage], number int64, x *exchange) {
	step := x.steps[0]
	t.node.write(wire.Header{Src: t.node.id, Dest: x.call.Dest, Type: step.typ, MsgID: number, HasMsgID: true}, step.fields)
	if wait := x.nextWait(); wait > 0 {
		vary := 1 + x.call.Retry.Jitter*(2*c.Rand().Float64()-1)
		x.retry = c.After(time.Duration(float64(wait)*vary), rpcMessage{timer: rpcRetry, number: number})
	}
}

// nextWait is the time until the next try, before jitter; 0 for none.
func (x *exchange) nextWait() time.Duration {
	r := x.call.Retry
	switch {
	case r.First <= 0:
		return 0
	case x.wait == 0:
		x.wait = r.First
	case r.Factor < 1:
		x.wait *= 2
	default:
		x.wait = time.Duration(float64(x.wait) * r.Factor)
	}
	if r.Max > 0 {
		x.wait = min(x.wait, r.Max)
	}
	return x.wait
}

// end takes a request out of the table.
func (t *requestTable) end(number int64, x *exchange) *exchange {
	delete(t.open, number)
	x.retry.Cancel()
	x.deadline.Cancel()
	return x
}

func (t *requestTable) arrive(c *actor.Context[rpcMessage], m *wire.Message) {
	x := t.open[m.InReplyTo]
	if x == nil || x.call.Dest != m.Src {
		t.countLate(m)
		return
	}
	if m.Type == "error" {
		t.end(m.InReplyTo, x).answer.Fail(errorOf(m.Body))
		return
	}
	if len(x.steps) == 1 {
		t.end(m.InReplyTo, x).answer.Send(m.Body)
		return
	}
	t.advance(c, t.end(m.InReplyTo, x))
}

// advance carries a call on to its next step, under a new msg_id.
func (t *requestTable) advance(c *actor.Context[rpcMessage], x *exchange) {
	x.steps, x.wait = x.steps[1:], 0
	number := t.enter(x)
	x.deadline = c.After(x.failsAt-c.Elapsed(), rpcMessage{timer: rpcDeadline, number: number})
	t.send(c, number, x)
}

// countLate counts an answer that nobody waits for any more, and logs at the
// 1st, 2nd, 4th ...
func (t *requestTable) countLate(m *wire.Message) {
	if t.late++; t.late == t.lateAt {
		t.lateAt *= 2
		t.node.log.Info("late answer dropped", zap.String("src", m.Src), zap.String("type", m.Type),
			zap.Int64("in_reply_to", m.InReplyTo), zap.Int("count", t.late))
	}
}

// errorOf reads an error answer. One that makes no sense is a crash: nobody
// knows what became of the request.
func errorOf(body wire.Raw) *Error {
	var fields struct {
		Code *int   `json:"code"`
		Text string `json:"text"`
	}
	if err := wire.Unmarshal(body, &fields); err != nil {
		return Errorf(maelstrom.Crash, "an error answer that makes no sense: %v", err)
	}
	if fields.Code == nil {
		return Errorf(maelstrom.Crash, "an error answer without a code: %s", fields.Text)
	}
	return Errorf(*fields.Code, "%s", fields.Text)
}
