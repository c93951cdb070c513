package node

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// Request is a message that came in: its fields as a Q, and the right to answer
// with an R. It may be kept and answered later, from any actor, once.
type Request[Q, R any] struct {
	From string // the node or client that sent it
	Body Q
	origin
}

// origin is what an answer needs to know of its request.
type origin struct {
	node    *Node
	from    string
	typ     string // of the answer
	id      int64
	asks    bool // somebody waits
	arrived time.Duration
	source  *actor.Source // where an answer comes from; nil without a trace
}

// Asks reports whether the sender waits for an answer. Answering one who does
// not is no mistake: nothing is sent.
func (r Request[Q, R]) Asks() bool { return r.asks }

// Reply answers with the fields of body, in a message of the request's type
// with _ok behind it.
func (r Request[Q, R]) Reply(body R) { r.answer(r.typ, body) }

// ReplyWith answers with fields that are encoded already.
func (r Request[Q, R]) ReplyWith(fields wire.Appender) { r.answer(r.typ, fields) }

// Fail answers with an error: an [*Error] keeps its code, a full or an ended
// actor is temporarily unavailable (11), what timed out is a timeout (0), and any
// other cause, a panic above all, is a crash (13).
func (r Request[Q, R]) Fail(cause error) { r.fail(errorFor(cause)) }

// MessageType is the type of the message that asked, for a trace.
func (r Request[Q, R]) MessageType() string { return strings.TrimSuffix(r.typ, "_ok") }

// Refuse makes a request that its actor will never handle answer for itself:
// see [actor.Refusable]. After a panic that came behind the answer it is a second
// one, which clients and peers drop.
func (r Request[Q, R]) Refuse(cause error) { r.Fail(cause) }

func (o *origin) fail(err *Error) { o.answer("error", errorBody(err)) }

// answer sends an answer, unless nobody waits for it or a client has stopped to.
func (o *origin) answer(typ string, fields any) {
	if !o.asks {
		return
	}
	if isClient(o.from) && o.node.Elapsed()-o.arrived > o.node.answerWithin {
		o.node.log.Warn("answer withheld: the client has given up", zap.String("dest", clip(o.from)), zap.Int64("in_reply_to", o.id))
		return
	}
	o.node.write(wire.Header{Src: o.node.id, Dest: o.from, Type: typ, InReplyTo: o.id, HasInReplyTo: true}, fields, o.source)
}

// asks reports whether somebody waits for an answer to m: it has a msg_id, and a
// sender to send it to.
func asks(m wire.Message) bool { return m.HasMsgID && m.Src != "" }

// None is a body without fields, such as the answer of a broadcast.
type None struct{}

// route is where messages of one type go.
type route func(m wire.Message, arrived time.Duration) error

// Handle routes messages of type typ: their fields are decoded into a Q, made a
// message by wrap and sent to the actor behind to; the answer's type is typ
// with _ok behind it. A message whose fields do not fit is answered with error
// 12 and never reaches the actor. Messages of one sender arrive in the order
// they were read.
//
// M must be [actor.Refusable], as a Request and whatever embeds one is: it is how
// a request is answered that its actor panics over or never comes to. (Where M
// is an interface, what wrap puts into it must be.)
//
// Only a [Service] calls Handle, once for each type. Anything else is a mistake in
// the program, and panics.
func Handle[Q, R, M any](n *Node, typ string, to actor.Ref[M], wrap func(Request[Q, R]) M) {
	shape, err := wire.ShapeOf[Q]()
	if err != nil {
		panic(fmt.Sprintf("node: route %s: %v", typ, err))
	}
	_, taken := n.routes[typ]
	message := reflect.TypeFor[M]()
	switch {
	case taken || typ == "init":
		panic("node: route " + typ + ": there is one already")
	case to.IsZero():
		panic("node: route " + typ + ": leads to no actor")
	case message.Kind() != reflect.Interface && !message.Implements(reflect.TypeFor[actor.Refusable]()):
		panic(fmt.Sprintf("node: route %s: %v has no method Refuse, so that a panic would leave its sender without an answer", typ, message))
	}
	answer := typ + "_ok"
	_, nothing := any(*new(Q)).(None) // to decode: that the line is JSON has been checked
	n.routes[typ] = func(m wire.Message, arrived time.Duration) error {
		r := Request[Q, R]{From: m.Src, origin: origin{
			node: n, from: m.Src, typ: answer, id: m.MsgID, asks: asks(m), arrived: arrived,
		}}
		if !nothing {
			if err := shape.Unmarshal(m.Body, &r.Body); err != nil {
				return Errorf(maelstrom.MalformedRequest, "%s: %v", typ, err)
			}
		}
		r.source = n.tracer.source()
		to.SendFrom(wrap(r), r.source) // to an actor that has ended, the request answers for itself
		return nil
	}
}
