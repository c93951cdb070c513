package kv

import (
	"cmp"
	"slices"
)

// founding is how replicas without a disk agree on the incarnations that their
// cluster begins with, and how one that was killed finds out that the cluster
// exists. A state machine: messages and retries in, messages out.
//
// At a first start and after a kill a node looks the same to itself. So it
// asks the others before it votes or acknowledges anything. One node, the
// founder (the first of the members), proposes the members by their
// incarnations. This is Paxos for one value (Lamport, Paxos Made Simple) with
// quorums of different sizes (Howard, Malkhi and Spiegelman, Flexible Paxos),
// since members may have lost what they promised:
//
//   - every member must promise. Who promised a ballot takes no lower one, and a
//     promise brings the proposal that the member accepted last;
//   - a majority must accept.
//
// A founder that was killed and starts again needs the promise of every other
// member. So it finds the decision as long as one node that accepted it, or has
// learned of it since, was not killed. A proposal that an earlier incarnation of
// the founder may have decided is proposed again as it is, never replaced.
//
// When every node that knew of the decision was killed, no memory of the cluster is
// left and a new one begins, empty.
type founding struct {
	self    uint64
	members []int // places; the first is the founder's
	nodes   int

	promised ballot
	accepted proposal
	founded  []uint64 // the decision: ids that the cluster began with; nil until known

	// The founder's.
	mine     ballot
	promises map[int]promise // of mine, by place
	proposed []uint64        // nil before every member has promised
	bound    []uint64        // what an earlier incarnation may have decided
	agreed   map[int]bool    // who accepted, by place

	wait, waited int // retries between two hellos; retries since the last
	out          []foundingMessage
}

// ballot orders proposals.
type ballot struct {
	Round   uint64 `json:"round,omitempty"`
	Founder uint64 `json:"founder,omitempty"` // raft id
}

func (b ballot) compare(o ballot) int {
	return cmp.Or(cmp.Compare(b.Round, o.Round), cmp.Compare(b.Founder, o.Founder))
}

type proposal struct {
	Ballot  ballot   `json:"ballot,omitzero"`
	Members []uint64 `json:"members,omitempty"`
}

// promise is what a member answered: who it is and what it had accepted.
type promise struct {
	id       uint64
	accepted proposal
}

// The kinds of foundingBody.
const (
	foundingHello    = "hello"    // an incarnation that is no voter says that it is there
	foundingPrepare  = "prepare"  // the founder asks for a promise
	foundingPromise  = "promise"  // with what was accepted before
	foundingPropose  = "propose"  // the founder proposes members
	foundingAccepted = "accepted" // the answer
	foundingRefused  = "refused"  // a higher ballot was promised, or the sender is not among the proposed
	foundingFounded  = "founded"  // the decision
)

// foundingType is the type of the messages by which a cluster is founded.
const foundingType = "raft_founding"

type foundingBody struct {
	Kind     string   `json:"kind" wire:"required"`
	ID       uint64   `json:"id" wire:"required"` // the sender's raft id
	To       uint64   `json:"to,omitempty"`       // the id that is answered
	Ballot   ballot   `json:"ballot,omitzero"`
	Members  []uint64 `json:"members,omitempty"`
	Accepted proposal `json:"accepted,omitzero"`
}

// foundingMessage is a message for the node at a place.
type foundingMessage struct {
	to   int
	body foundingBody
}

func newFounding(self uint64, members []int, nodes int) *founding {
	return &founding{self: self, members: members, nodes: nodes, wait: helloRetries}
}

// Hellos come further and further apart: a node that is not among the members
// may never become one.
const (
	helloRetries    = 2
	helloRetriesMax = 32
)

func (f *founding) isFounder() bool { return placeOf(f.self) == f.members[0] }

// start has the founder begin.
func (f *founding) start() {
	if f.isFounder() {
		f.prepare(1)
	}
}

// retry repeats what may be lost. It is to be called at a steady pace until the
// replica is a voter.
func (f *founding) retry() {
	switch {
	case f.founded == nil && f.isFounder():
		f.ask()
		return
	case f.waited < f.wait:
		f.waited++
		return
	}
	f.waited, f.wait = 0, min(2*f.wait, helloRetriesMax)
	for place := range f.nodes {
		f.send(place, foundingBody{Kind: foundingHello})
	}
}

func (f *founding) send(place int, body foundingBody) {
	if place != placeOf(f.self) {
		body.ID = f.self
		f.out = append(f.out, foundingMessage{place, body})
	}
}

// prepare begins a ballot.
func (f *founding) prepare(round uint64) {
	f.mine = ballot{round, f.self}
	f.promises, f.agreed, f.proposed = map[int]promise{}, map[int]bool{}, nil
	f.ask()
	f.advance()
}

// ask sends the request of the present phase to those that have not answered it.
func (f *founding) ask() {
	for _, place := range f.members {
		_, promised := f.promises[place]
		switch {
		case f.proposed == nil && !promised:
			f.send(place, foundingBody{Kind: foundingPrepare, Ballot: f.mine})
		case slices.Contains(f.proposed, f.promises[place].id) && !f.agreed[place]:
			f.send(place, foundingBody{Kind: foundingPropose, Ballot: f.mine, Members: f.proposed})
		}
	}
}

// advance goes to the next phase when all have answered.
func (f *founding) advance() {
	if f.proposed == nil && len(f.promises) == len(f.members)-1 {
		f.choose()
		f.ask()
	}
	if f.proposed == nil || f.founded != nil {
		return
	}
	agreed, living := len(f.agreed), 0
	for _, p := range f.promises {
		if slices.Contains(f.proposed, p.id) {
			living++
		}
	}
	if slices.Contains(f.proposed, f.self) {
		agreed, living = agreed+1, living+1
	}
	if agreed < min(living, len(f.proposed)/2+1) {
		return // of the members that an earlier founder proposed, not even a majority may be left
	}
	f.founded = f.proposed
	for _, place := range f.members {
		if p, promised := f.promises[place]; promised {
			f.send(place, foundingBody{Kind: foundingFounded, To: p.id, Members: f.founded})
		}
	}
}

// choose is the choice of a proposal when every member has promised.
func (f *founding) choose() {
	var last proposal
	for _, place := range f.members {
		if a := f.promises[place].accepted; a.Ballot.Founder != f.self && a.Ballot.compare(last.Ballot) > 0 {
			last = a
		}
	}
	if f.bound == nil {
		f.bound = last.Members
	}
	if f.proposed = f.bound; f.proposed != nil {
		return
	}
	// What this incarnation proposed before it did not decide.
	f.proposed = []uint64{f.self}
	for _, place := range f.members[1:] {
		f.proposed = append(f.proposed, f.promises[place].id)
	}
	slices.Sort(f.proposed)
}

// step takes in a message of the node at a place.
func (f *founding) step(place int, m foundingBody) {
	if m.To != 0 && m.To != f.self {
		return // for an earlier incarnation
	}
	reply := func(body foundingBody) {
		body.To = m.ID
		f.send(place, body)
	}
	switch m.Kind {
	case foundingFounded:
		if f.founded == nil && len(m.Members) > 0 {
			f.founded, f.wait, f.waited = m.Members, helloRetries, helloRetries
		}
		return
	case foundingHello, foundingPrepare, foundingPropose:
		if f.founded != nil {
			reply(foundingBody{Kind: foundingFounded, Members: f.founded})
			return
		}
	}
	if f.founded != nil {
		return
	}
	switch m.Kind {
	case foundingPrepare:
		if m.Ballot.compare(f.promised) < 0 {
			reply(foundingBody{Kind: foundingRefused, Ballot: f.promised})
			return
		}
		f.promised = m.Ballot
		reply(foundingBody{Kind: foundingPromise, Ballot: m.Ballot, Accepted: f.accepted})
	case foundingPropose:
		if m.Ballot.compare(f.promised) < 0 || !slices.Contains(m.Members, f.self) {
			reply(foundingBody{Kind: foundingRefused, Ballot: f.promised})
			return
		}
		f.promised, f.accepted = m.Ballot, proposal{m.Ballot, m.Members}
		reply(foundingBody{Kind: foundingAccepted, Ballot: m.Ballot})
	case foundingPromise:
		if m.Ballot == f.mine && f.proposed == nil && slices.Contains(f.members, place) {
			f.promises[place] = promise{m.ID, m.Accepted}
			f.advance()
		}
	case foundingAccepted:
		if m.Ballot == f.mine && f.proposed != nil && f.promises[place].id == m.ID {
			f.agreed[place] = true
			f.advance()
		}
	case foundingRefused:
		replaced := f.proposed != nil && f.promises[place].id != m.ID
		if f.isFounder() && (replaced || m.Ballot.compare(f.mine) > 0) {
			f.prepare(max(f.mine.Round, m.Ballot.Round) + 1)
		}
	}
}
