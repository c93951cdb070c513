package node

import (
	"runtime/debug"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// ingress is the way in: it splits lines and hands messages to the actors that
// the routes name. It belongs to the goroutine that feeds it, the reader of
// standard input or a World, and is an edge: it may wait for room in a mailbox.
type ingress struct {
	node     *Node
	service  Service
	reader   *Reader
	ready    bool // init was handled
	waiting  queue
	unrouted map[string]bool // types without a route that the log has named
}

// unroutedMax bounds how many unknown types are told apart in the log.
const unroutedMax = 64

func newIngress(sys *actor.System, log *zap.Logger, output actor.Ref[Line], service Service, reader *Reader, tracer *tracer) *ingress {
	return &ingress{
		service:  service,
		reader:   reader,
		unrouted: make(map[string]bool),
		node: &Node{
			System: sys, log: log, output: output, routes: make(map[string]route), tracer: tracer,
			answerWithin: clientTimeout - answerMargin,
		},
	}
}

// feed takes in one line, whose bytes must never change again. Whatever is wrong
// with it concerns this line alone; an error says that the node cannot go on.
func (in *ingress) feed(line []byte) error {
	m, err := in.reader.decoder.Decode(line)
	switch {
	case err != nil:
		in.refuseLine(m, err)
	case m.Type == "init" && !m.HasInReplyTo:
		return in.initialise(m)
	case in.ready:
		in.dispatch(m, in.node.Elapsed())
	default:
		in.wait(m)
	}
	return nil
}

// dispatch hands one message on.
func (in *ingress) dispatch(m wire.Message, arrived time.Duration) {
	if in.node.tracer != nil {
		in.node.tracer.arrives(&m, arrived)
	}
	if m.HasInReplyTo {
		answer := rpcMessage{kind: rpcAnswer, number: m.InReplyTo, answer: &rpcReply{from: m.Src, typ: m.Type, body: m.Body}}
		in.node.rpc.SendFrom(answer, in.node.tracer.source())
		return
	}
	to, known := in.node.routes[m.Type]
	if !known {
		in.refuse(m, Errorf(maelstrom.NotSupported, "this node knows no message of type %q", clip(m.Type)))
		in.logUnrouted(m)
		return
	}
	if err := follow(to, m, arrived); err != nil {
		in.node.log.Warn("request refused", zap.String("src", clip(m.Src)), zap.String("type", m.Type), because(err), stackOf(err))
		in.refuse(m, errorFor(err))
	}
}

// follow takes a message along its route. A panic there, in a type that decodes
// itself or in the function that makes the actor's message, is this message's
// error and does not end the node.
func follow(to route, m wire.Message, arrived time.Duration) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &actor.PanicError{Path: "route " + m.Type, Value: value, Stack: debug.Stack()}
		}
	}()
	return to(m, arrived)
}

// logUnrouted says once of each type that nobody handles it.
func (in *ingress) logUnrouted(m wire.Message) {
	if typ := clip(m.Type); !in.unrouted[typ] && len(in.unrouted) < unroutedMax {
		in.unrouted[typ] = true
		in.node.log.Warn("no route for this type of message", zap.String("type", typ), zap.String("src", clip(m.Src)))
	}
}

// refuseLine refuses what is no message, or one too long, to its sender if what
// could be read says who that is.
func (in *ingress) refuseLine(m wire.Message, err error) {
	in.node.log.Warn("line refused", zap.String("src", clip(m.Src)), because(err))
	in.refuse(m, Errorf(maelstrom.MalformedRequest, "%v", err))
}

// refuse answers a message with an error where there is someone to tell: not a
// sender who did not ask, and nobody who answers. Before init the node calls
// itself what the sender did.
func (in *ingress) refuse(m wire.Message, err *Error) {
	self := in.node.id
	if self == "" {
		self = m.Dest
	}
	if !asks(m) || m.HasInReplyTo || self == "" {
		return
	}
	in.node.write(wire.Header{Src: self, Dest: m.Src, Type: "error", InReplyTo: m.MsgID, HasInReplyTo: true}, errorBody(err), in.node.tracer.source())
}
