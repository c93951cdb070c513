package node

import (
	"fmt"
	"slices"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// ingress is the way in: it splits lines and hands messages to the actors that
// the routes name. It belongs to the goroutine that feeds it, the reader of
// standard input or a World, and is an edge: it may wait for room in a mailbox.
type ingress struct {
	node    *Node
	service Service
	decoder wire.Decoder
	ready   bool           // init was handled
	waiting []wire.Message // read before init
	unknown map[string]int // messages of each type that has no route
}

// waitingMax bounds how many messages wait for init, and unknownMax how many
// unknown types are told apart in the log.
const (
	waitingMax = 4096
	unknownMax = 64
)

// Feed takes in one line. Whatever is wrong with it concerns this line alone.
func (in *ingress) feed(line []byte) error {
	m, err := in.decoder.Decode(line)
	if err != nil {
		in.node.log.Warn("line refused", zap.Error(err), zap.String("src", m.Src))
		if !m.HasInReplyTo {
			in.refuse(&m, Errorf(maelstrom.MalformedRequest, "%v", err))
		}
		return nil
	}
	if m.Type == "init" {
		return in.initialise(&m)
	}
	if in.ready {
		in.dispatch(&m)
		return nil
	}
	if len(in.waiting) == waitingMax {
		in.refuse(&m, Errorf(maelstrom.TemporarilyUnavailable, "init has not come yet, and %d messages wait for it", waitingMax))
		return nil
	}
	in.waiting = append(in.waiting, m)
	return nil
}

// dispatch hands one message on.
func (in *ingress) dispatch(m *wire.Message) {
	if m.HasInReplyTo {
		in.node.rpc.SendWait(rpcMessage{reply: *m})
		return
	}
	route, known := in.node.routes[m.Type]
	if !known {
		in.refuse(m, Errorf(maelstrom.NotSupported, "this node knows no message of type %q", m.Type))
		in.logUnknown(m)
		return
	}
	if err := route(in.node, m, in.node.Elapsed()); err != nil {
		in.node.log.Warn("request refused", zap.String("src", m.Src), zap.String("type", m.Type), zap.Error(err))
		in.refuse(m, errorFor(err))
	}
}

// logUnknown says once of each type that nobody handles it.
func (in *ingress) logUnknown(m *wire.Message) {
	if in.unknown[m.Type]++; in.unknown[m.Type] == 1 && len(in.unknown) <= unknownMax {
		in.node.log.Warn("no route for this type of message", zap.String("type", m.Type), zap.String("src", m.Src))
	}
	if len(in.unknown) > unknownMax {
		delete(in.unknown, m.Type)
	}
}

// refuse answers a message with an error where there is someone to tell.
func (in *ingress) refuse(m *wire.Message, err *Error) {
	if m.Src == "" || !m.HasMsgID {
		return
	}
	o := origin{node: in.node, from: m.Src, id: m.MsgID, asks: true, arrived: in.node.Elapsed()}
	if o.node.id == "" {
		o.node = &Node{System: in.node.System, id: m.Dest, log: in.node.log, output: in.node.output, answerWithin: in.node.answerWithin}
	}
	o.fail(err)
}

// initBody is what init brings.
type initBody struct {
	NodeID  string   `json:"node_id" wire:"required"`
	NodeIDs []string `json:"node_ids" wire:"required"`
}

// initialise tells the node who it is, builds its service and lets in what
// waited. A second init that says the same is answered again; another one is
// refused.
func (in *ingress) initialise(m *wire.Message) error {
	var body initBody
	if err := wire.Unmarshal(m.Body, &body); err != nil {
		in.node.log.Error("init refused", zap.Error(err))
		in.refuse(m, Errorf(maelstrom.MalformedRequest, "init: %v", err))
		return nil
	}
	if in.ready {
		in.initAgain(m, &body)
		return nil
	}
	if !slices.Contains(body.NodeIDs, body.NodeID) || body.NodeID == "" {
		in.node.log.Error("init refused: node_ids does not hold node_id", zap.String("node_id", body.NodeID))
		in.refuse(m, Errorf(maelstrom.MalformedRequest, "init: node_ids does not hold the node_id %q", body.NodeID))
		return nil
	}
	in.node.id, in.node.ids = body.NodeID, body.NodeIDs
	in.node.rpc = spawnRPC(in.node)
	if err := in.service(in.node); err != nil {
		err = fmt.Errorf("node %s cannot serve: %w", body.NodeID, err)
		in.refuse(m, errorFor(err))
		return err
	}
	in.ready = true
	in.acknowledge(m)
	for i := range in.waiting {
		in.dispatch(&in.waiting[i])
	}
	in.waiting = nil
	return nil
}

func (in *ingress) initAgain(m *wire.Message, body *initBody) {
	if body.NodeID == in.node.id && slices.Equal(body.NodeIDs, in.node.ids) {
		in.node.log.Warn("init came twice, saying the same")
		in.acknowledge(m)
		return
	}
	in.node.log.Warn("init came twice, saying something else", zap.String("node_id", body.NodeID))
	in.refuse(m, Errorf(maelstrom.MalformedRequest, "init: this node is %s of %d already", in.node.id, len(in.node.ids)))
}

func (in *ingress) acknowledge(m *wire.Message) {
	o := origin{node: in.node, from: m.Src, id: m.MsgID, asks: m.HasMsgID, arrived: in.node.Elapsed()}
	o.answer("init_ok", nil)
}

func newIngress(sys *actor.System, log *zap.Logger, output actor.Ref[Line], service Service) *ingress {
	return &ingress{
		service: service,
		unknown: make(map[string]int),
		node: &Node{
			System: sys, log: log, output: output, routes: make(map[string]route),
			answerWithin: clientTimeout - answerMargin,
		},
	}
}
