package gossip

import (
	"strconv"

	"eddy/actor/node"
	"eddy/actor/node/wire"
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

// gossipBody is what nodes say to each other, all in one type of message.
//
// Without acknowledgement there are only values. With each, ID numbers a
// message with values, and Acked is the ID of one that came. With cumulative,
// the values that a link sends are numbered from 1, and First is the number of
// the first one here; Ack says up to which number the other side's have come
// without a gap. Lives tell a sender's memory from the one it lost, epochs the
// numberings of one life.
type gossipBody struct {
	Values   []wire.Raw `json:"values"`
	ID       int64      `json:"id"`
	Acked    int64      `json:"acked"`
	Life     int64      `json:"life"`
	Epoch    int64      `json:"epoch"`
	First    int64      `json:"first"`
	AckEpoch int64      `json:"ack_epoch"`
	Ack      int64      `json:"ack"`
	Gap      int64      `json:"gap"`  // 1: there is a gap behind Ack
	Disk     int64      `json:"disk"` // the sender's, by its name: with the same one it has kept what it has acknowledged
	Back     int64      `json:"back"` // 1: what the receiver had, or may have had, before it lost its memory
}

const gossipType = "gossip"

// outgoing is a gossip body on its way out. Fields that are 0 are left out.
type outgoing struct {
	values   []entry
	id       int64
	acked    int64
	life     int64
	epoch    int64
	first    int64
	ackEpoch int64
	ack      int64
	gap      int64
	disk     int64
	back     int64
}

// Numbers are those of the message's values, for a trace.
func (o outgoing) Numbers() (first, last int64) {
	if o.first == 0 {
		return 0, 0
	}
	return o.first, o.first + int64(len(o.values)) - 1
}

// AppendFields writes the body's fields.
func (o outgoing) AppendFields(dst []byte) []byte {
	start := len(dst)
	for _, field := range [...]struct {
		name  string
		value int64
	}{
		{"id", o.id}, {"acked", o.acked}, {"life", o.life}, {"epoch", o.epoch}, {"first", o.first}, {"ack_epoch", o.ackEpoch}, {"ack", o.ack}, {"gap", o.gap}, {"disk", o.disk}, {"back", o.back},
	} {
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
