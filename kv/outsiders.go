package kv

import (
	"slices"

	"eddy/actor/node"
)

// outsiders is what a replica knows of nodes that are no members. A node that is removed does not learn of it from
// Raft: the leader sends it nothing any more, also not how far the log was committed. It goes on as if it were
// cut off. So members tell it when they hear from it. It refuses what clients ask for, and stands for no election, until
// a leader sends it something again.
type outsiders struct {
	self bool        // this replica's node is one
	told map[int]int // tick at which a node was told last, by place
}

// tellOutsider tells a node that it is no member, if it is none as far as is known here, at most once a heartbeat.
func (r *replica) tellOutsider(place int) {
	isMember := slices.ContainsFunc(slices.Concat(r.conf.GetVoters(), r.conf.GetVotersOutgoing(), r.conf.GetLearners()),
		func(id uint64) bool { return placeOf(id) == place })
	if isMember || r.outsiders.self || !r.votes() {
		return
	}
	at, before := r.outsiders.told[place]
	if before && r.ticks-at < r.config.Heartbeat {
		return
	}
	if r.outsiders.told == nil {
		r.outsiders.told = map[int]int{}
	}
	r.outsiders.told[place] = r.ticks
	r.node.Send(r.node.IDs()[place], raftType, raftBody{Outside: true})
}

func notAMember(id string) error {
	return node.Errorf(node.NotAMember, "%s is no member of the cluster: ask another node", id)
}
