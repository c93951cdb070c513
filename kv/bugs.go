package kv

import (
	"slices"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"go.etcd.io/raft/v3/tracker"
	"google.golang.org/protobuf/proto"
)

// Bug is a deliberate mistake, by which the tests show that they would find it.
type Bug string

// The mistakes. Those that would be the library's are made at the seam to it.
const (
	// StaleLocalRead answers reads from what this replica has applied, asking nobody.
	StaleLocalRead Bug = "stale-local-read"
	// VoteTwice counts each vote that is given once more, as that of the next replica: a second vote is forged as
	// it comes in.
	VoteTwice Bug = "vote-twice"
	// NoTruncation keeps entries that contradict the leader's in what is saved.
	NoTruncation Bug = "no-truncation"
	// OlderTermByCounting applies, on a leader, what a majority holds although none of it is of the leader's term.
	OlderTermByCounting Bug = "older-term-by-counting"
	// CASTwice applies a command each time it is in the log.
	CASTwice Bug = "cas-twice"
	// SnapshotWithoutLast makes snapshots that lack the last entry which they claim to hold.
	SnapshotWithoutLast Bug = "snapshot-without-last"
	// SnapshotWithoutSessions makes snapshots that do not know which requests were applied.
	SnapshotWithoutSessions Bug = "snapshot-without-sessions"
	// LeaseTooLong holds a lease for three times as long as others keep their word.
	LeaseTooLong Bug = "lease-too-long"
	// VotesAtOnce has a replica that starts again vote at once, though it does not know whom it has answered.
	VotesAtOnce Bug = "votes-at-once"
	// ReadsBeforeApplied answers reads once their index is known, though it is not applied yet.
	ReadsBeforeApplied Bug = "reads-before-applied"
	// UnconfirmedIndex has a leader say how far the log was committed without asking whether it still leads.
	UnconfirmedIndex Bug = "unconfirmed-index"
	// AnswersEarly answers a request when it is proposed, before it is committed.
	AnswersEarly Bug = "answers-early"
	// AnswersForEarlierLives takes what an earlier incarnation has proposed for its own request of the same number.
	AnswersForEarlierLives Bug = "answers-for-earlier-lives"
)

// forge makes the votes that are counted besides one that came in.
func (b Bug) forge(m *pb.Message, voters []uint64) []*pb.Message {
	if b != VoteTwice || len(voters) == 0 || m.GetReject() || m.GetType() != pb.MsgVoteResp && m.GetType() != pb.MsgPreVoteResp {
		return nil
	}
	next := slices.Index(voters, m.GetFrom()) + 1
	if voters[next%len(voters)] == m.GetTo() {
		next++
	}
	forged := proto.CloneOf(m)
	forged.From = proto.Uint64(voters[next%len(voters)])
	return []*pb.Message{forged}
}

// memory makes the log of a new replica.
func (b Bug) memory() memory {
	if b == NoTruncation {
		return untruncated{raft.NewMemoryStorage()}
	}
	return raft.NewMemoryStorage()
}

// untruncated is a log that only grows.
type untruncated struct{ *raft.MemoryStorage }

func (u untruncated) Append(entries []*pb.Entry) error {
	last, err := u.LastIndex()
	for err == nil && len(entries) > 0 && entries[0].GetIndex() <= last {
		entries = entries[1:]
	}
	if err != nil {
		return err
	}
	return u.MemoryStorage.Append(entries)
}

// hold has the first entry of a leader's term travel late, as the network may have it, which leaves time for
// what count does. Without count it does no harm.
func (b Bug) hold(r *replica, m *pb.Message) *pb.Message {
	if b != OlderTermByCounting || m.GetType() != pb.MsgApp || r.ticks-r.ledSince > holdTicks {
		return m
	}
	held := proto.CloneOf(m)
	held.Entries = slices.DeleteFunc(held.Entries, func(e *pb.Entry) bool { return e.GetTerm() == r.term })
	return held
}

const holdTicks = 40

// count applies what a majority holds, whatever its term.
func (b Bug) count(r *replica) {
	if b != OlderTermByCounting || r.role != raft.StateLeader {
		return
	}
	var matches []uint64
	r.raft.WithProgress(func(_ uint64, _ raft.ProgressType, p tracker.Progress) { matches = append(matches, p.Match) })
	slices.Sort(matches)
	held := matches[(len(matches)-1)/2]
	last, err := r.log.LastIndex()
	if err != nil || min(held, last) <= r.applied {
		return
	}
	entries, err := r.log.Entries(r.applied+1, min(held, last)+1, ^uint64(0))
	for i := 0; err == nil && i < len(entries) && entries[i].GetTerm() < r.term; i++ {
		r.apply(entries[i])
	}
}
