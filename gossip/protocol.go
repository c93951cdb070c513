package gossip

import (
	"strconv"

	"eddy/actor/node"
	"eddy/actor/node/wire"
	half "eddy/internal/link"
)

// What clients say: Maelstrom's doc/workloads.md, broadcast and g-set.

type broadcastBody struct {
	Message wire.Raw `json:"message" wire:"required"`
}

type addBody struct {
	Element wire.Raw `json:"element" wire:"required"`
}

type topologyBody struct {
	Topology wire.Raw `json:"topology" wire:"required"` // of all nodes
}

type (
	linkRequest      = node.Request[half.Message, node.None]
	broadcastRequest = node.Request[broadcastBody, node.None]
	addRequest       = node.Request[addBody, node.None]
	readRequest      = node.Request[node.None, node.None]
	topologyRequest  = node.Request[topologyBody, node.None]
	gossipRequest    = node.Request[gossipBody, node.None]
)

// topologyNotice is a topology that is not used, and so not decoded: it tells
// every node about every other, and no more than that the bench is ready.
type topologyNotice struct {
	node.Request[node.None, node.None]
}

// gossipBody is what nodes send each other without acknowledgement, values only, and with each: ID numbers a message with
// values, and Acked is the ID of one that came. With cumulative it is a [half.Message] instead.
type gossipBody struct {
	Values []wire.Raw `json:"values"`
	ID     int64      `json:"id"`
	Acked  int64      `json:"acked"`
}

const gossipType = "gossip"

// outgoing is a gossip body on its way out. Fields that are 0 are left out.
type outgoing struct {
	values []entry
	id     int64
	acked  int64
}

// AppendFields writes the body's fields.
func (o outgoing) AppendFields(dst []byte) []byte {
	start := len(dst)
	for _, field := range [...]struct {
		name  string
		value int64
	}{{"id", o.id}, {"acked", o.acked}} {
		if field.value != 0 {
			dst = appendName(dst, start, field.name)
			dst = strconv.AppendInt(dst, field.value, 10)
		}
	}
	if len(o.values) == 0 {
		return dst
	}
	dst = append(appendName(dst, start, "values"), '[')
	for i, v := range o.values {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, v.raw...)
	}
	return append(dst, ']')
}

func appendName(dst []byte, start int, name string) []byte {
	if len(dst) > start {
		dst = append(dst, ',')
	}
	return append(append(append(dst, '"'), name...), `":`...)
}
