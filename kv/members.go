package kv

import (
	"encoding/json"
	"fmt"
	"slices"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
)

// memberBody asks for a node to be added to the members, or removed: messages of
// type add_member and remove_member, answered with add_member_ok and remove_member_ok
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
	place int
	add   bool
}

// changeOf makes the entry of the log. The command in its context says who waits
// for it.
func (r *replica) changeOf(m *member, by command) *pb.ConfChangeV2 {
	held := idsAt(slices.Concat(r.conf.GetVoters(), r.conf.GetLearners()), m.place)
	if len(held) == 0 {
		id, known := r.known[m.place]
		if !known {
			id = raftID(m.place, 0)
		}
		held = []uint64{id}
	}
	change := membership(pb.ConfChangeAddNode, held[0], nil)
	if !m.add {
		change = membership(pb.ConfChangeRemoveNode, held[0], held[1:])
	}
	change.Context = encode(by)
	return change
}

// changeMembers takes in a request for such a change.
func (r *replica) changeMembers(c *actor.Context[message], m memberRequest) {
	place, known := r.node.Place(m.Body.Node)
	if !known {
		m.Fail(node.Errorf(maelstrom.MalformedRequest, "node %q is unknown: expected one of the %d that init named", m.Body.Node, len(r.node.IDs())))
		return
	}
	if _, heard := r.known[place]; m.add && r.founding != nil && !heard {
		m.Fail(node.Errorf(maelstrom.TemporarilyUnavailable, "%s has not been heard of since this node started", m.Body.Node))
		return
	}
	r.requests.add(&pending{
		command: r.signed(command{}), member: &member{place: place, add: m.add},
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
	wasVoter := r.votes()
	r.conf = proto.CloneOf(r.raft.ApplyConfChange(change))
	r.joined = true
	r.noteMembers(wasVoter)
	var by command
	if context := change.AsV2().GetContext(); json.Unmarshal(context, &by) == nil && by.Origin == r.self && by.Life == r.life {
		r.requests.applied(by.Serial, result{})
	}
}
