package kv

import (
	"slices"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"
)

// A replica's raft id says which node it is on and which incarnation of that
// node's memory it is. With a disk there is one incarnation, 0, whatever
// happens to the process. Without one each start draws a new number, so that a
// kill is what the Raft paper calls a permanent failure of that id: nobody takes
// the next incarnation for the one that gave a vote or acknowledged an entry.

const placeBits = 20 // over a million nodes; 44 bits are left for the incarnation

// raftID is the id of an incarnation of the node at a place among the nodes.
func raftID(place int, incarnation uint64) uint64 {
	return incarnation<<placeBits | uint64(place+1)
}

// placeOf is the place of a raft id's node, counted from 0.
func placeOf(id uint64) int { return int(id&(1<<placeBits-1)) - 1 }

// idsAt are those of the ids that are incarnations of the node at a place.
func idsAt(ids []uint64, place int) []uint64 {
	return slices.DeleteFunc(slices.Clone(ids), func(id uint64) bool { return placeOf(id) != place })
}

// admission is the next change of membership that replaces a killed incarnation
// by the one that runs now; nil if there is none. A new incarnation first
// becomes a learner, which does not vote. When it has caught up it becomes a
// voter, and the earlier ones of its node are removed in the same change (joint
// consensus: Ongaro and Ousterhout, section 6).
//
// wants are the incarnations that ask, by place. A node that has no incarnation
// among the members is not admitted: add_member does that.
func admission(conf *pb.ConfState, wants map[int]uint64, nodes int, caughtUp func(id uint64) bool) *pb.ConfChangeV2 {
	if len(conf.GetVotersOutgoing()) > 0 {
		return nil // one change at a time
	}
	for place := range nodes {
		voters, learners := idsAt(conf.GetVoters(), place), idsAt(conf.GetLearners(), place)
		for _, id := range learners {
			if caughtUp(id) {
				others := slices.DeleteFunc(append(voters, learners...), func(other uint64) bool { return other == id })
				return membership(pb.ConfChangeAddNode, id, others)
			}
		}
		id, asks := wants[place]
		if asks && len(voters)+len(learners) > 0 && !slices.Contains(voters, id) && !slices.Contains(learners, id) {
			return membership(pb.ConfChangeAddLearnerNode, id, learners)
		}
	}
	return nil
}

// membership is a change that adds one id and removes others.
func membership(kind pb.ConfChangeType, id uint64, removed []uint64) *pb.ConfChangeV2 {
	change := &pb.ConfChangeV2{Changes: []*pb.ConfChangeSingle{{Type: kind.Enum(), NodeId: proto.Uint64(id)}}}
	for _, other := range removed {
		change.Changes = append(change.Changes, &pb.ConfChangeSingle{Type: pb.ConfChangeRemoveNode.Enum(), NodeId: proto.Uint64(other)})
	}
	return change
}
