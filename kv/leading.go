package kv

import (
	"slices"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
)

// leading is what a leader knows of its followers, and whom it waits for. Where there is little to do it asks no more
// of them than a majority takes; the others hear of it with what is next to say to them.
type leading struct {
	followers []follower // by place
	wait      wait
}

// follower is what a leader knows of the node at a place.
type follower struct {
	silence silence
	heard   int  // tick at which it said something last
	owes    bool // an answer
	asks    bool // has asked for something just now
}

// wait is for a majority's answer.
type wait struct {
	on     bool
	since  int   // tick at which it began, or at which a majority had been heard since it did
	more   int   // tick at which more followers are asked
	pause  int   // ticks from then until they are asked again
	chosen []int // places of the followers that are asked first
}

// questions are those of how far the log was committed whose answer waits for a majority, and how often each came to
// the leader of a term.
//
// A follower that asks is itself one of the majority: it was in this leader's term when it asked, so that no other
// leader it would have voted for can have committed anything before. So its question counts as its answer to the
// heartbeat. The library counts such answers for all earlier questions, too, which were perhaps asked later than this
// one was sent; so only where there are none.
type questions struct {
	term    uint64
	open    map[string]int
	voucher *pb.Message // the last one, of a follower that was in this term
}

func (q *questions) add(term uint64, context []byte) {
	if q.term != term || q.open == nil {
		*q = questions{term: term, open: map[string]int{}}
	}
	q.open[string(context)]++
}

func (q *questions) answered(context []byte) {
	if key := string(context); q.open[key] > 1 {
		q.open[key]--
	} else {
		delete(q.open, key)
	}
}

// vouch gives the answer to a heartbeat which its receiver has given by its question; nil if it has not.
func (q *questions) vouch(heartbeat *pb.Message) *pb.Message {
	v := q.voucher
	if v == nil || v.GetFrom() != heartbeat.GetTo() || q.term != heartbeat.GetTerm() || len(heartbeat.GetContext()) == 0 ||
		len(q.open) != 1 || q.open[string(v.GetEntries()[0].GetData())] != 1 {
		return nil
	}
	q.voucher = nil
	return &pb.Message{Type: pb.MsgHeartbeatResp.Enum(), From: v.From, To: heartbeat.From, Term: heartbeat.Term, Context: heartbeat.Context}
}

func (r *replica) startLeading() {
	r.leading = leading{followers: make([]follower, len(r.node.IDs()))}
	for i := range r.followers {
		r.followers[i] = follower{heard: r.ticks, silence: silence{least: r.config.Heartbeat, most: r.config.Silence, said: r.ticks, promised: r.config.Heartbeat}}
	}
}

// press has what a majority is needed for go out to a majority, and what a follower needs to go on to that one.
func (r *replica) press() {
	if r.role != raft.StateLeader {
		return
	}
	r.raft.WithProgress(func(id uint64, kind raft.ProgressType, p tracker.Progress) {
		if placeOf(id) < len(r.followers) && (kind == raft.ProgressTypeLearner || p.State != tracker.StateReplicate) && slices.ContainsFunc(r.out.peers[placeOf(id)].messages, appends) {
			r.out.hurry(placeOf(id), true)
		}
	})
	last, err := r.log.LastIndex()
	w := &r.wait
	switch waits := err == nil && last > r.raft.BasicStatus().GetCommit() || r.questions.term == r.term && len(r.questions.open) > 0; {
	case !waits:
		*w = wait{}
		return
	case !w.on:
		*w = wait{on: true, since: r.ticks, more: r.ticks + r.config.Heartbeat, pause: r.config.Heartbeat, chosen: r.choose()}
	case r.ticks >= w.more:
		w.pause *= 2
		w.more, w.chosen = r.ticks+w.pause, r.others()
		for _, place := range w.chosen {
			r.out.hurry(place, true)
		}
	}
	for _, place := range r.others() {
		if r.out.peers[place].decides() && (r.followers[place].silence.short() || slices.Contains(w.chosen, place)) {
			r.out.hurry(place, true)
		}
	}
}

// appends reports whether a message is a part of the log, or a question for the place to go on from.
func appends(m *pb.Message) bool { return m.GetType() == pb.MsgApp || m.GetType() == pb.MsgSnap }

// others are the places of the voters but this one.
func (r *replica) others() []int {
	var places []int
	for _, id := range slices.Concat(r.conf.GetVoters(), r.conf.GetVotersOutgoing()) {
		if place := placeOf(id); id != r.self && place < len(r.followers) && !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}

// choose gives as many of them as make a majority with this one: first those that answer, of these those that have
// asked for something and will be told anyway, then those that would be told soonest.
func (r *replica) choose() []int {
	places := r.others()
	if len(r.conf.GetVotersOutgoing()) > 0 {
		return places // two majorities are needed
	}
	rank := func(place int) int {
		f := &r.followers[place]
		switch {
		case f.owes:
			return r.config.Silence + f.silence.due() // not before all others
		case f.asks:
			return 0
		}
		return f.silence.due()
	}
	slices.SortStableFunc(places, func(a, b int) int { return rank(a) - rank(b) })
	return places[:len(r.conf.GetVoters())/2]
}

// abdicate ends the lead of a replica that has waited for a majority for an election timeout and not heard from one.
// The library checks that by itself, but only after the longest silence.
func (r *replica) abdicate() {
	w := &r.wait
	if !w.on || r.ticks-w.since < r.config.Election || len(r.conf.GetVotersOutgoing()) > 0 {
		return
	}
	heard := 0
	for _, place := range r.others() {
		if r.followers[place].heard >= w.since {
			heard++
		}
	}
	if w.since = r.ticks; heard >= len(r.conf.GetVoters())/2 {
		return
	}
	for range 2 * r.checkTicks() { // two checks: whom it has heard of before counts in the first
		if r.raft.BasicStatus().RaftState == raft.StateLeader {
			r.raft.Tick()
		}
	}
}

// checkTicks is how often a leader checks whether it hears from a majority: so rarely that the longest silence and
// the longest wait for an answer to it are over in between.
func (r *replica) checkTicks() int { return r.config.Election + 3*r.config.Silence }
