package node

import (
	"time"

	"go.uber.org/zap"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// Line is one line of output on its way: whom it is for, and its bytes with the
// line feed.
type Line struct {
	Dest string
	Data []byte

	departure *departure // nil without a trace
}

// Service builds a node's actors and declares its routes, once the node knows
// who it is. It runs before any other message is looked at. An error refuses
// the init and ends the node.
type Service func(n *Node) error

// Node is one Maelstrom node: a system of actors and what leads to and from
// them. Services spawn their actors on it, as on a system.
//
// The table of routes belongs to whoever feeds the node its lines and is filled
// by the Service; the rest never changes, so any actor may use it.
type Node struct {
	*actor.System
	id     string
	nodes  *roster // of the cluster; none before init
	log    *zap.Logger
	disk   Disk
	output actor.Ref[Line]
	rpc    actor.Ref[rpcMessage]
	routes map[string]route
	tracer *tracer             // nil without a trace
	source func() actor.Source // of an actor's own: see For

	answerWithin time.Duration
	initReply    *origin // while the service is built
	initHeld     bool
}

// ID is the node's own id, such as n1.
func (n *Node) ID() string { return n.id }

// IDs are the ids of all nodes, this one included, in the same order on each.
// It must not be changed.
func (n *Node) IDs() []string { return n.nodes.ids }

// Place is where an id stands in IDs; ok is false for one that is not a node's.
func (n *Node) Place(id string) (place int, ok bool) {
	place, ok = n.nodes.place[id]
	return place, ok
}

// Disk is what the node was given to keep what must outlive it; nil if nothing.
func (n *Node) Disk() Disk { return n.disk }

// HoldInit has the node reply to init when the function it returns is called, and
// not when the service is built: for a service that is of no use before its nodes
// have met. Call it in the [Service]. Whoever holds the function calls it once, well
// within the 10 s that a node has for its reply.
func (n *Node) HoldInit() (reply func()) {
	o := n.initReply
	n.initHeld = true
	return func() {
		o.arrived = n.Elapsed() // init has more time than a client's request
		o.answer("init_ok", nil)
	}
}

// Log is the node's log.
func (n *Node) Log() *zap.Logger { return n.log }

// AnswerWithin sets after what time since its arrival a client's request is
// answered no more: the client has given up and is closed, and Maelstrom stops
// reading a node that writes to a closed client. To be called by a Service
// whose clients do not wait the usual 5 s.
//
// A request arrives when it is read: how long it lay in the pipe before, such as
// while the process was stopped, nobody can tell.
func (n *Node) AnswerWithin(client time.Duration) { n.answerWithin = client - answerMargin }

const (
	// clientTimeout is how long Maelstrom's clients wait, but for lin-kv's.
	clientTimeout = 5 * time.Second
	// answerMargin is left for an answer's way to its client.
	answerMargin = 100 * time.Millisecond
)

// Send writes a message to another node: no reply is expected, nothing is
// retried. fields are as for [wire.AppendMessage]; what cannot be encoded, or has
// no destination, is a mistake in the program, and panics.
func (n *Node) Send(dest, typ string, fields any) actor.Delivery {
	var from *actor.Source
	if n.source != nil {
		now := n.source()
		from = &now
	}
	return n.write(wire.Header{Src: n.id, Dest: dest, Type: typ}, fields, from)
}

// For is the node as one actor has it: a trace knows that what is sent on it comes of what that actor has in hand. An
// actor's constructor calls it.
func (n *Node) For(c interface{ Source() actor.Source }) *Node {
	if n.tracer == nil {
		return n
	}
	own := *n
	own.source = c.Source
	return &own
}

// write sends a line; from is where it comes from, for a trace: nil where that is not known.
func (n *Node) write(h wire.Header, fields any, from *actor.Source) actor.Delivery {
	if h.Dest == "" {
		panic("node: a " + h.Type + " to nobody") // Maelstrom would stop reading this node
	}
	line, err := wire.AppendMessage(make([]byte, 0, lineHint), h, fields)
	if err != nil {
		panic("node: encode a " + h.Type + " to " + h.Dest + ": " + err.Error())
	}
	out := Line{Dest: h.Dest, Data: append(line, '\n')}
	if n.tracer != nil {
		out.departure = n.tracer.departs(h.Type, fields, from, n.Elapsed())
	}
	return n.output.Send(out)
}

// lineHint is room for an ordinary line.
const lineHint = 160

// isClient is Maelstrom's rule: a node is a client exactly if its id begins
// with c.
func isClient(id string) bool { return id != "" && id[0] == 'c' }
