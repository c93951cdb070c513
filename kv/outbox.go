package kv

import (
	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"eddy/actor/node"
)

// raftType is the type of the messages between replicas.
const raftType = "raft"

// raftBody is what one replica tells another at a time: messages of the Raft
// library, in the order in which it made them.
type raftBody struct {
	Messages [][]byte `json:"m,omitempty"`
	// Outside says that the node which is told is no member: see outsiders.
	Outside bool `json:"outside,omitempty"`
}

// outbox holds what is to be said to peers until the next time to say it.
type outbox struct {
	node     *node.Node
	bytesMax int // of one message; a single one of the library may exceed it
	peers    [][][]byte
	waiting  bool
}

func newOutbox(n *node.Node, bytesMax int) outbox {
	return outbox{node: n, bytesMax: bytesMax, peers: make([][][]byte, len(n.IDs()))}
}

// add puts a message to its receiver's others.
func (o *outbox) add(m *pb.Message) {
	i := placeOf(m.GetTo())
	if i < 0 || i >= len(o.peers) {
		return // a member that this cluster has no node for
	}
	encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		panic("kv: a message of the library cannot be encoded: " + err.Error())
	}
	o.peers[i] = append(o.peers[i], encoded)
	o.waiting = true
}

// send says all of it, in as few messages as the bound allows.
func (o *outbox) send() {
	if !o.waiting {
		return
	}
	o.waiting = false
	for i, messages := range o.peers {
		for len(messages) > 0 {
			count, bytes := 0, 0
			for count < len(messages) && (count == 0 || bytes+len(messages[count]) <= o.bytesMax) {
				bytes += len(messages[count])
				count++
			}
			o.node.Send(o.node.IDs()[i], raftType, raftBody{Messages: messages[:count]})
			messages = messages[count:]
		}
		o.peers[i] = nil
	}
}
