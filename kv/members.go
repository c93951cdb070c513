package kv

import (
	"encoding/json"
	"fmt"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
)

// memberBody asks for a node to be added to the members, or removed: messages of
// type add_node and remove_node, answered with add_node_ok and remove_node_ok
// once the change is in force. Adding a member, and removing a node that is
// none, changes nothing and succeeds.
type memberBody struct {
	Node string `json:"node" wire:"required"`
}

// memberRequest is memberBody from somebody.
type memberRequest struct {
	node.Request[memberBody, node.None]
	add bool
}

// member is a change of membership on its way.
type member struct {
	id  uint64
	add bool
}

// change makes the entry of the log. Who waits for it is told by the command in
// its context.
func (m *member) change(by command) *pb.ConfChangeV2 {
	kind := pb.ConfChangeRemoveNode
	if m.add {
		kind = pb.ConfChangeAddNode
	}
	return &pb.ConfChangeV2{
		Changes: []*pb.ConfChangeSingle{{Type: kind.Enum(), NodeId: proto.Uint64(m.id)}},
		Context: encode(by),
	}
}

// changeMembers takes in a request for such a change.
func (r *replica) changeMembers(c *actor.Context[message], m memberRequest) {
	place, known := r.node.Place(m.Body.Node)
	if !known {
		m.Fail(node.Errorf(maelstrom.MalformedRequest, "node %q is unknown: expected one of the %d that init named", m.Body.Node, len(r.node.IDs())))
		return
	}
	r.requests.add(&pending{
		command: r.signed(command{}), member: &member{id: uint64(place + 1), add: m.add},
		answer: done(m.Request), deadline: r.deadline(c),
	})
}

// applyMembers puts a change into force.
func (r *replica) applyMembers(e *pb.Entry) {
	var change pb.ConfChangeI
	var err error
	if e.GetType() == pb.EntryConfChange {
		v1 := &pb.ConfChange{}
		change, err = v1, proto.Unmarshal(e.GetData(), v1)
	} else {
		v2 := &pb.ConfChangeV2{}
		change, err = v2, proto.Unmarshal(e.GetData(), v2)
	}
	if err != nil {
		panic(fmt.Sprintf("kv: entry %d holds no change of membership: %v", e.GetIndex(), err))
	}
	r.conf = proto.CloneOf(r.raft.ApplyConfChange(change))
	r.joined = true
	var by command
	if context := change.AsV2().GetContext(); json.Unmarshal(context, &by) == nil && by.Origin == r.self && by.Life == r.life {
		r.requests.applied(by.Serial, result{})
	}
}
