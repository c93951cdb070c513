package txn

import (
	"strconv"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// txnBody is what clients ask: Maelstrom's doc/workloads.md, txn-rw-register.
type txnBody struct {
	Txn []wire.Raw `json:"txn" wire:"required"`
}

type (
	txnRequest       = node.Request[txnBody, node.None]
	replicateRequest = node.Request[replicateBody, node.None]
)

// replicateBody is what nodes say to each other, all in one type of message.
//
// Entries, the groups of writes that a link sends, are numbered from 1; First is
// the number of the first one here. State is the whole state of the sender, and
// stands for the entry with the number First. Ack says up to which number the
// other side's entries have come without a gap. Lives tell a sender's memory from
// the one it lost, epochs the numberings of one life.
type replicateBody struct {
	Entries  []groupBody `json:"entries"`
	State    []groupBody `json:"state"`
	Life     int64       `json:"life"`
	Epoch    int64       `json:"epoch"`
	First    int64       `json:"first"`
	AckLife  int64       `json:"ack_life"`
	AckEpoch int64       `json:"ack_epoch"`
	Ack      int64       `json:"ack"`
	Gap      int64       `json:"gap"`  // 1: something behind Ack has come, so what follows Ack was lost or is late
	Back     int64       `json:"back"` // 1: the state is given back to one that lost its memory
}

type groupBody struct {
	Time   int64      `json:"t"`
	Index  int64      `json:"i"`
	Node   *int       `json:"n"`
	Life   int64      `json:"l"`
	Writes []wire.Raw `json:"w"`
}

const replicateType = "replicate"

// count is how many numbers the entries of a message take.
func (b *replicateBody) count() int64 {
	if b.State != nil {
		return 1
	}
	return int64(len(b.Entries))
}

// outgoing is a replicateBody on its way out. Fields that are 0 are left out.
type outgoing struct {
	entries  []entry
	state    []byte // a list, already encoded; nil for none
	life     int64
	epoch    int64
	first    int64
	ackLife  int64
	ackEpoch int64
	ack      int64
	gap      int64
	back     int64
}

// entry is a group as it travels, encoded once for all peers.
type entry []byte

// AppendFields writes the body's fields.
func (o outgoing) AppendFields(dst []byte) []byte {
	start := len(dst)
	name := func(name string) {
		if len(dst) > start {
			dst = append(dst, ',')
		}
		dst = append(append(append(dst, '"'), name...), `":`...)
	}
	for _, field := range [...]struct {
		name  string
		value int64
	}{
		{"life", o.life}, {"epoch", o.epoch}, {"first", o.first},
		{"ack_life", o.ackLife}, {"ack_epoch", o.ackEpoch}, {"ack", o.ack}, {"gap", o.gap}, {"back", o.back},
	} {
		if field.value != 0 {
			name(field.name)
			dst = strconv.AppendInt(dst, field.value, 10)
		}
	}
	if o.state != nil {
		name("state")
		dst = append(dst, o.state...)
	}
	if len(o.entries) > 0 {
		name("entries")
		dst = append(dst, '[')
		for i, e := range o.entries {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, e...)
		}
		dst = append(dst, ']')
	}
	return dst
}

// answered is the answer to a client, already encoded.
type answered []byte

// AppendFields writes the body's fields.
func (a answered) AppendFields(dst []byte) []byte { return append(append(dst, `"txn":`...), a...) }
