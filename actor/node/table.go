package node

import (
	"fmt"
	"maps"
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// rpcMessage is what the request table takes.
type rpcMessage struct {
	kind   rpcKind
	number int64     // the msg_id concerned, but for rpcCall and rpcInputEnd
	call   *exchange // of rpcCall
	answer *rpcReply // of rpcAnswer
}

type rpcKind uint8

const (
	rpcCall     rpcKind = iota // a call to make
	rpcAnswer                  // an answer came in
	rpcRetry                   // a timer: send again
	rpcDeadline                // a timer: the call has failed
	rpcInputEnd                // no answer can come any more
)

// rpcReply is an answer that came in.
type rpcReply struct {
	from, typ string
	body      wire.Raw
}

// requestTable is the actor that knows which requests of this node are
// unanswered: the only owner of msg_ids and of their deadlines.
type requestTable struct {
	node       *Node
	last       *int64 // msg_id given out
	open       map[int64]*exchange
	inputEnded bool
	late       int
	lateAt     int // next count at which to log
}

const rpcCapacity = 1024

// spawnRPC spawns the table. An answer to a request of an earlier life must not fit one
// of this: so the msg_ids go on over a restart of the actor, and begin at the
// time, in microseconds, lest those of a node that was killed come again. (The
// clock may be wrong, also by so much that it stands before the first.)
func spawnRPC(n *Node) actor.Ref[rpcMessage] {
	var last int64
	return actor.Spawn(n, "rpc", func(c *actor.Context[rpcMessage]) actor.Actor[rpcMessage] {
		if c.Restarts() == 0 {
			last = c.Now().Sub(firstMsgIDAt).Abs().Microseconds()
		}
		return &requestTable{node: n, last: &last, open: make(map[int64]*exchange), lateAt: 1}
	}, actor.Capacity(rpcCapacity))
}

// firstMsgIDAt is when msg_ids would begin at 1: where a World begins. They stay
// below 2^53, which every JSON reader keeps, for centuries.
var firstMsgIDAt = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

func (t *requestTable) Receive(c *actor.Context[rpcMessage], m rpcMessage) {
	switch m.kind {
	case rpcCall:
		t.begin(c, m.call)
	case rpcAnswer:
		t.arrive(c, m.number, m.answer)
	case rpcRetry:
		c.Trace(actor.EventRetry, actor.Fact{About: actor.FactSent, Peer: t.open[m.number].dest, Last: m.number})
		t.send(c, m.number, t.open[m.number])
	case rpcDeadline:
		c.Trace(actor.EventTimeout, actor.Fact{About: "silent", Peer: t.open[m.number].dest, Last: m.number})
		t.end(m.number).answer.Fail(actor.ErrTimeout)
	case rpcInputEnd:
		t.inputEnded = true
		for _, number := range slices.Sorted(maps.Keys(t.open)) {
			t.end(number).answer.Fail(errInputEnded)
		}
	}
}

// errInputEnded: whether the request was carried out is not known.
var errInputEnded = fmt.Errorf("the input has ended: %w", actor.ErrTimeout)

func (t *requestTable) begin(c *actor.Context[rpcMessage], x *exchange) {
	x.failsAt = c.Elapsed() + x.within
	number := t.enter(c, x)
	if t.inputEnded {
		t.end(number).answer.Fail(errInputEnded)
	}
}

// enter puts x into the table under a new msg_id and sends its current step.
func (t *requestTable) enter(c *actor.Context[rpcMessage], x *exchange) int64 {
	*t.last++
	number := *t.last
	t.open[number] = x
	x.deadline = c.After(x.failsAt-c.Elapsed(), rpcMessage{kind: rpcDeadline, number: number})
	t.send(c, number, x)
	return number
}

// send sends the current step, and again later if the call says so.
func (t *requestTable) send(c *actor.Context[rpcMessage], number int64, x *exchange) {
	from := c.Source()
	t.node.write(wire.Header{Src: t.node.id, Dest: x.dest, Type: x.steps[0].typ, MsgID: number, HasMsgID: true}, x.steps[0].fields, &from)
	if wait := x.nextWait(); wait > 0 {
		x.again = c.After(x.jittered(wait, c.Rand().Float64()), rpcMessage{kind: rpcRetry, number: number})
	}
}

// end takes an open request out of the table, its timers with it.
func (t *requestTable) end(number int64) *exchange {
	x := t.open[number]
	delete(t.open, number)
	x.again.Cancel()
	x.deadline.Cancel()
	return x
}

func (t *requestTable) arrive(c *actor.Context[rpcMessage], number int64, r *rpcReply) {
	x := t.open[number]
	if x == nil || x.dest != r.from {
		t.countLate(number, r)
		return
	}
	t.end(number)
	switch {
	case r.typ == "error":
		x.answer.Fail(errorOf(r.body))
	case len(x.steps) == 1:
		x.answer.Send(r.body)
	default:
		x.steps, x.wait = x.steps[1:], 0
		t.enter(c, x)
	}
}

// countLate counts an answer that nobody waits for, or not from there, and logs
// at the 1st, 2nd, 4th ...
func (t *requestTable) countLate(number int64, r *rpcReply) {
	if t.late++; t.late == t.lateAt {
		t.lateAt *= 2
		t.node.log.Info("answer dropped: late, or from another than was asked", zap.String("src", clip(r.from)),
			zap.String("type", clip(r.typ)), zap.Int64("in_reply_to", number), zap.Int("count", t.late))
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
