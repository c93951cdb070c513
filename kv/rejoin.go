package kv

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/raft/v3"
	"go.etcd.io/raft/v3/tracker"

	"eddy/actor"
	"eddy/actor/node"
)

// What the replica does about its incarnation: it founds the cluster or finds out
// that there is one, asks to become a member, and, where it leads, admits others.
// founding and admission decide.

type foundingRequest = node.Request[foundingBody, node.None]

// beginWithoutDisk gives this incarnation its raft id.
func (r *replica) beginWithoutDisk(c *actor.Context[message]) {
	members, err := r.members()
	if err != nil {
		panic("kv: " + err.Error()) // recall has checked
	}
	r.self = raftID(placeOf(r.self), max(r.life>>placeBits, 1))
	r.must("start Raft", r.startRaft())
	r.founding = newFounding(r.self, members, len(r.node.IDs()))
}

// initHeldMax is how long init waits for the founding: clients come, and faults
// begin, only when every node has replied to it, and a node has 10 s for that.
const initHeldMax = 3 * time.Second

// ready replies to init, once.
func (r *replica) ready() {
	if r.replyToInit != nil {
		r.replyToInit()
		r.replyToInit = nil
	}
}

func (r *replica) must(what string, err error) {
	if err != nil {
		panic(fmt.Sprintf("kv: %s: %v", what, err))
	}
}

// hearFounding takes in a message about the founding. A request for admission is
// among them.
func (r *replica) hearFounding(c *actor.Context[message], m foundingRequest) {
	place, known := r.node.Place(m.From)
	if !known || r.founding == nil || placeOf(m.Body.ID) != place {
		return
	}
	if m.Body.Kind == foundingHello {
		r.wants[place] = m.Body.ID
		if len(idsAt(r.conf.GetVoters(), place)) == 0 {
			r.known[place] = m.Body.ID
		}
	}
	before := r.founding.founded != nil
	r.founding.step(place, m.Body)
	r.founded(c, before)
}

// founded sends what the founding has to send, and starts Raft when the founders
// are known first.
func (r *replica) founded(c *actor.Context[message], before bool) {
	for _, m := range r.founding.out {
		r.node.Send(r.node.IDs()[m.to], foundingType, m.body)
	}
	r.founding.out = nil
	founders := r.founding.founded
	if before || founders == nil {
		return
	}
	if !slices.Contains(founders, r.self) && len(idsAt(founders, placeOf(r.self))) > 0 {
		r.node.Log().Warn(fmt.Sprintf("%s was killed and has no disk: the votes, the log and the store of its earlier incarnation are gone. It asks to become a member under a new raft id, and does not vote before", r.node.ID()))
	}
	r.ready()
	r.must("found the cluster", r.found(founders))
	r.must("start Raft", r.startRaft())
	r.clock.reset(c.Rand(), 0)
}

// votes reports whether this incarnation is a voter.
func (r *replica) votes() bool { return slices.Contains(r.conf.GetVoters(), r.self) }

// noteMembers follows a change of the members.
func (r *replica) noteMembers(wasVoter bool) {
	for _, id := range slices.Concat(r.conf.GetVoters(), r.conf.GetLearners()) {
		r.known[placeOf(id)] = id
	}
	if r.founding != nil && !wasVoter && r.votes() {
		r.node.Log().Info(fmt.Sprintf("%s has caught up and votes", r.node.ID()))
	}
}

// tickMembers repeats what may be lost, and proposes the next admission.
func (r *replica) tickMembers(c *actor.Context[message]) {
	if r.founding == nil {
		return
	}
	before := r.founding.founded != nil
	switch {
	case r.ticks < r.config.Election: // the others may not be up yet
	case r.ticks == r.config.Election:
		r.founding.start()
		r.founded(c, before)
	case !r.votes() && r.ticks%r.config.Heartbeat == 0:
		r.founding.retry()
		r.founded(c, before)
	}
	if time.Duration(r.ticks)*r.config.Latency >= initHeldMax {
		r.ready()
	}
	if r.role != raft.StateLeader || r.ticks-r.changed < r.config.Heartbeat {
		return
	}
	change := admission(r.conf, r.wants, len(r.node.IDs()), r.caughtUp)
	if change == nil {
		return
	}
	r.changed = r.ticks
	if r.raft.ProposeConfChange(change) == nil {
		clear(r.wants) // a hello that is still meant comes again
	}
}

// caughtUp reports, on a leader, whether a learner has the log but for what is on
// its way.
func (r *replica) caughtUp(id uint64) bool {
	caughtUp := false
	r.raft.WithProgress(func(of uint64, _ raft.ProgressType, p tracker.Progress) {
		if of == id {
			caughtUp = p.State == tracker.StateReplicate && p.RecentActive && p.Match > 0
		}
	})
	return caughtUp
}

// nameOf is the node of a raft id, for a trace.
func (r *replica) nameOf(id uint64) string {
	if place := placeOf(id); place >= 0 && place < len(r.node.IDs()) {
		return r.node.IDs()[place]
	}
	return "none"
}
