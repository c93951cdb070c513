package node

import (
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// initBody is what init brings.
type initBody struct {
	NodeID  string   `json:"node_id" wire:"required"`
	NodeIDs wire.Raw `json:"node_ids" wire:"required"`
}

// readInit takes in an init, or says what makes no sense in it.
func (in *ingress) readInit(m wire.Message) (id string, nodes *roster, err error) {
	var body initBody
	if err := wire.Unmarshal(m.Body, &body); err != nil {
		return "", nil, err
	}
	if nodes, err = in.reader.list(body.NodeIDs); err != nil {
		return "", nil, err
	}
	if body.NodeID == "" {
		return "", nil, fmt.Errorf("an id is empty, expected none to be")
	}
	if _, listed := nodes.place[body.NodeID]; !listed {
		return "", nil, fmt.Errorf("node_ids does not hold the node_id %q, expected it to", clip(body.NodeID))
	}
	return body.NodeID, nodes, nil
}

// initialise tells the node who it is, builds its service and lets in what
// waited. A second init that says the same is answered again; one that makes no
// sense, or says something else, is refused and changes nothing.
func (in *ingress) initialise(m wire.Message) error {
	id, nodes, err := in.readInit(m)
	switch {
	case err != nil:
		in.refuseInit(m, err)
	case !in.ready:
		return in.begin(m, id, nodes)
	case id == in.node.id && slices.Equal(nodes.ids, in.node.nodes.ids):
		in.node.log.Warn("init came again, saying the same")
		in.acknowledge(m)
	default:
		in.refuseInit(m, fmt.Errorf("this node is %s of %d already", in.node.id, len(in.node.nodes.ids)))
	}
	return nil
}

func (in *ingress) refuseInit(m wire.Message, err error) {
	in.node.log.Error("init refused", zap.String("src", clip(m.Src)), because(err))
	in.refuse(m, Errorf(maelstrom.MalformedRequest, "init: %v", err))
}

// begin is the first init. What the service cannot do, it says to the sender of
// the init, and it ends the node.
func (in *ingress) begin(m wire.Message, id string, nodes *roster) error {
	in.node.id, in.node.nodes = id, nodes
	if in.node.tracer != nil {
		in.node.tracer.name(in.node)
		in.node.tracer.arrives(&m, in.node.Elapsed())
	}
	in.node.rpc = spawnRPC(in.node)
	in.node.initReply = in.initReply(m)
	if err := serve(in.service, in.node); err != nil {
		err = fmt.Errorf("node %s cannot serve: %w", id, err)
		in.node.log.Error("the service does not start", because(err), stackOf(err))
		in.refuse(m, errorFor(err))
		return err
	}
	in.ready = true
	if !in.node.initHeld {
		in.acknowledge(m)
	}
	for _, w := range in.waiting.messages {
		in.dispatch(w.message, w.arrived)
	}
	in.waiting = queue{}
	return nil
}

// serve builds the service. A panic in it ends the node, in the open.
func serve(service Service, n *Node) (err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &actor.PanicError{Path: "service", Value: value, Stack: debug.Stack()}
		}
	}()
	return service(n)
}

func (in *ingress) acknowledge(m wire.Message) {
	in.initReply(m).answer("init_ok", nil)
}

func (in *ingress) initReply(m wire.Message) *origin {
	return &origin{node: in.node, from: m.Src, id: m.MsgID, asks: asks(m), arrived: in.node.Elapsed(), source: in.node.tracer.source()}
}

// queue is what was read before init, in order.
type queue struct {
	messages []waiting
	bytes    int // of their bodies
	refused  bool
}

// waiting is a message and when it was read: its client's patience runs from there.
type waiting struct {
	message wire.Message
	arrived time.Duration
}

// Bounds of what waits for init.
const (
	waitingMax      = 4096           // messages
	waitingBytesMax = LineMaxDefault // of bodies
)

// wait keeps a message until init, refusing those for which there is no room.
func (in *ingress) wait(m wire.Message) {
	q := &in.waiting
	if len(q.messages) < waitingMax && (q.bytes == 0 || q.bytes+len(m.Body) <= waitingBytesMax) {
		q.messages = append(q.messages, waiting{m, in.node.Elapsed()})
		q.bytes += len(m.Body)
		return
	}
	if !q.refused {
		q.refused = true
		in.node.log.Warn("messages refused: too many wait for init", zap.Int("waiting", len(q.messages)), zap.Int("bytes", q.bytes))
	}
	in.refuse(m, Errorf(maelstrom.TemporarilyUnavailable, "init has not come yet, and %d messages wait for it", len(q.messages)))
}
