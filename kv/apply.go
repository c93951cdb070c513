package kv

import (
	"fmt"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
)

// propose puts what waits into the log, many commands in one entry. Where there
// is no leader it goes on waiting.
func (r *replica) propose() {
	for r.lead != raft.None && len(r.requests.queue) > 0 {
		taken := r.requests.take(r.config.BatchBytes)
		if len(taken) == 0 {
			return
		}
		var err error
		if m := taken[0].member; m != nil {
			err = r.raft.ProposeConfChange(r.changeOf(m, taken[0].command))
		} else {
			commands := make([]command, len(taken))
			for i, p := range taken {
				commands[i] = p.command
			}
			err = r.raft.Propose(encodeCommands(commands))
		}
		if err != nil {
			r.requests.putBack(taken)
			return
		}
		for _, p := range taken {
			p.proposed, p.proposedAt, p.term = true, r.ticks, r.term
			if r.config.Bug == AnswersEarly && p.command.Op == opWrite {
				p.finish(result{})
			}
		}
	}
}

// apply applies a committed entry, and answers who waits for it here.
func (r *replica) apply(e *pb.Entry) {
	if e.GetIndex() <= r.applied {
		return
	}
	if r.config.Bug == SnapshotWithoutLast {
		r.former = r.store.snapshot()
	}
	switch e.GetType() {
	case pb.EntryNormal:
		commands, err := decodeCommands(e.GetData())
		if err != nil {
			panic(fmt.Sprintf("kv: entry %d: %v", e.GetIndex(), err))
		}
		for i := range commands {
			c := &commands[i]
			res := r.store.apply(c, r.config.Bug == CASTwice)
			if place := placeOf(c.Origin); r.followers != nil && place >= 0 && place < len(r.followers) {
				r.out.hurry(place, false) // it answers when it has applied it
			}
			if c.Origin == r.self && (c.Life == r.life || r.config.Bug == AnswersForEarlierLives) {
				r.requests.applied(c.Serial, res)
			}
		}
	case pb.EntryConfChange, pb.EntryConfChangeV2:
		r.applyMembers(e)
	}
	r.applied = e.GetIndex()
}

// adopt takes over the store from a leader whose log no longer reaches back far
// enough.
func (r *replica) adopt(s *pb.Snapshot) {
	store, err := restore(s.GetData())
	if err != nil {
		panic("kv: " + err.Error())
	}
	store.machine = r.config.machine
	meta := s.GetMetadata()
	wasVoter := r.votes()
	r.store, r.applied, r.snapshotAt, r.conf = store, meta.GetIndex(), meta.GetIndex(), proto.CloneOf(meta.GetConfState())
	r.noteMembers(wasVoter)
}

// snapshot makes one when enough has been applied since the last, and forgets
// the log before it. It also makes one when the members have changed, since a
// node does not take a snapshot of a time when it was none.
func (r *replica) snapshot() {
	if r.applied-r.snapshotAt < uint64(r.config.SnapshotEvery) && !r.joined {
		return
	}
	r.joined = false
	data := r.store.snapshot()
	switch r.config.Bug {
	case SnapshotWithoutLast:
		data = r.former
	case SnapshotWithoutSessions:
		data = (&store{values: r.store.values}).snapshot()
	}
	if _, err := r.log.CreateSnapshot(r.applied, r.conf, data); err != nil {
		panic("kv: make a snapshot: " + err.Error())
	}
	r.snapshotAt = r.applied
	if behind := uint64(r.config.SnapshotBehind); r.applied > behind {
		if err := r.log.Compact(r.applied - behind); err != nil && err != raft.ErrCompacted {
			panic("kv: forget the log: " + err.Error())
		}
	}
}

// askForReads asks how far the log was committed, once for all reads that wait.
func (r *replica) askForReads(c *actor.Context[message]) {
	if r.lead == raft.None || len(r.reads.queue) == 0 {
		return
	}
	r.number++
	b := r.reads.ask(r.number, r.ticks, r.term)
	if r.underLease(c) {
		b.confirmed, b.index = true, r.raft.BasicStatus().GetCommit()
		return
	}
	r.ask(question(r.life, r.number))
}

// ask asks the leader, which may be this replica, how far the log was committed.
func (r *replica) ask(question []byte) {
	if status := r.raft.BasicStatus(); status.RaftState == raft.StateLeader {
		r.questions.add(status.GetTerm(), question)
	}
	r.raft.ReadIndex(question)
}

// answered takes the answer to a question.
func (r *replica) answered(s raft.ReadState) {
	r.questions.answered(s.RequestCtx)
	life, number := questioned(s.RequestCtx)
	if life != r.life {
		return
	}
	r.lease.answered(number, r.term)
	r.reads.confirm(number, s.Index)
}

// underLease reports whether this replica leads, and nobody else can.
func (r *replica) underLease(c *actor.Context[message]) bool {
	return r.role == raft.StateLeader && (r.config.Read == ReadLease && r.lease.holds(c.Elapsed(), r.term) || r.config.Bug == UnconfirmedIndex)
}

// keepLease asks for the lease anew every heartbeat. The question brings
// heartbeats of its own.
func (r *replica) keepLease(c *actor.Context[message]) {
	if r.config.Read == ReadLease && r.ticks%r.config.Heartbeat == 0 {
		r.number++
		r.lease.ask(r.number, c.Elapsed(), r.term)
		r.ask(question(r.life, r.number))
	}
}

// answerUnderLease answers a follower's question without asking others.
func (r *replica) answerUnderLease(c *actor.Context[message], m *pb.Message) bool {
	if !r.underLease(c) {
		return false
	}
	r.out.add(&pb.Message{
		Type: pb.MsgReadIndexResp.Enum(), From: proto.Uint64(r.self), To: m.From, Term: proto.Uint64(r.term),
		Index: proto.Uint64(r.raft.BasicStatus().GetCommit()), Entries: m.Entries,
	}, r.ticks)
	return true
}

func malformed(err error) result { return failed(maelstrom.MalformedRequest, err.Error()) }
