package kv

import (
	"fmt"
	"slices"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// Service is the service of Maelstrom's workload lin-kv.
func Service(config Config) node.Service {
	return serve(config, func(n *node.Node, to actor.Ref[message]) {
		node.Handle(n, "read", to, func(m readRequest) message { return m })
		node.Handle(n, "write", to, func(m writeRequest) message { return m })
		node.Handle(n, "cas", to, func(m casRequest) message { return m })
	})
}

// serve is a service whose clients ask in the messages that routes declares.
func serve(config Config, routes func(*node.Node, actor.Ref[message])) node.Service {
	return func(n *node.Node) error {
		to, err := replicate(n, config)
		if err == nil {
			routes(n, to)
		}
		return err
	}
}

// replicate starts a node's replica.
func replicate(n *node.Node, config Config) (actor.Ref[message], error) {
	if err := config.Check(); err != nil {
		return actor.Ref[message]{}, err
	}
	config = config.filled()
	r, err := newReplica(n, config)
	if err != nil {
		return actor.Ref[message]{}, err
	}
	n.AnswerWithin(config.ClientTimeout)
	if config.Data == "" {
		r.replyToInit = n.HoldInit()
	}
	to := actor.Spawn(n, "replica", func(c *actor.Context[message]) actor.Actor[message] {
		r.node = n.For(c)
		r.out.node = r.node
		r.begin(c)
		return r
	}, actor.Capacity(mailboxCapacity), actor.Restarts(0, 0)) // what it knows and has not saved would be gone
	actor.SpawnTicker[message](n, "ticker", config.Latency, tick{}, to)
	node.Handle(n, raftType, to, func(m raftMessage) message { return m })
	node.Handle(n, foundingType, to, func(m foundingRequest) message { return m })
	node.Handle(n, "add_member", to, func(m node.Request[memberBody, node.None]) message { return memberRequest{m, true} })
	node.Handle(n, "remove_member", to, func(m node.Request[memberBody, node.None]) message { return memberRequest{m, false} })
	return to, nil
}

// mailboxCapacity is room for a burst of every client's and every peer's messages.
const mailboxCapacity = 1024

// newReplica makes the replica as it stood when it was killed, or a new one.
func newReplica(n *node.Node, config Config) (*replica, error) {
	place, _ := n.Place(n.ID())
	r := &replica{
		config: config, node: n, self: raftID(place, 0), log: config.Bug.memory(),
		wants: map[int]uint64{}, known: map[int]uint64{},
		store: newStore(), conf: &pb.ConfState{}, requests: newRequests(), lease: newLease(config),
		sent: map[uint64]int{}, out: newOutbox(n, config.BatchBytes), clock: electionClock{timeout: config.Election},
	}
	if err := r.recall(); err != nil {
		return nil, err
	}
	return r, r.startRaft()
}

// startRaft starts Raft with what the log holds.
func (r *replica) startRaft() error {
	s, err := r.log.Snapshot()
	if err != nil {
		return err
	}
	if !raft.IsEmptySnap(s) {
		meta := s.GetMetadata()
		r.applied, r.snapshotAt, r.conf = meta.GetIndex(), meta.GetIndex(), proto.CloneOf(meta.GetConfState())
		if r.store, err = restore(s.GetData()); err != nil {
			return err
		}
	}
	r.store.machine = r.config.machine
	r.raft, err = raft.NewRawNode(r.library())
	if err != nil {
		return fmt.Errorf("start Raft: %w", err)
	}
	status := r.raft.BasicStatus()
	r.term = status.GetTerm()
	return nil
}

// library is how the library is used.
func (r *replica) library() *raft.Config {
	return &raft.Config{
		ID: r.self, Storage: r.log, Applied: r.applied,
		ElectionTick: r.checkTicks(), HeartbeatTick: r.config.Heartbeat,
		PreVote: true, CheckQuorum: true, StepDownOnRemoval: true,
		MaxSizePerMsg: uint64(r.config.BatchBytes), MaxInflightMsgs: inflightMax, MaxUncommittedEntriesSize: uncommittedBytesMax,
		Logger: logger{r.node.Log()},
	}
}

const (
	inflightMax         = 256
	uncommittedBytesMax = 64 << 20
)

// recall finds what was saved, or makes the beginning. Without a directory there
// is no disk.
func (r *replica) recall() error {
	members, err := r.members()
	if err != nil || r.config.Data == "" {
		return err // without a disk: see founding
	}
	var records [][]byte
	r.journal, records, err = journal.Open(r.node, journal.Options{
		Dir: r.config.Data, Holds: r.config.Owner, Format: 1,
		SyncLatency: r.config.DiskLatency, Bug: journal.Bug(r.config.Bug), SnapshotBytes: int64(r.config.SnapshotEvery) * entryBytes,
	}, func(w journal.Written) message { return w })
	if err != nil {
		return err
	}
	if err := load(records, r.log); err != nil {
		return fmt.Errorf("what %s has saved cannot be used: %w", r.node.ID(), err)
	}
	r.journal.SnapshotBy(func() [][]byte { return [][]byte{snapshotOf(r.log)} })
	switch {
	case len(records) == 0:
		return r.foundBy(members)
	case r.config.Read == ReadLease && r.config.Bug != VotesAtOnce:
		r.mute = r.config.Election
	}
	return nil
}

// entryBytes is about what an entry takes in the journal, whose snapshots follow those of the log.
const entryBytes = 100

// foundBy makes the beginning, to be saved before anything else is.
func (r *replica) foundBy(members []int) error {
	voters := make([]uint64, len(members))
	for i, place := range members {
		voters[i] = raftID(place, 0)
	}
	if err := r.found(voters); err != nil {
		return err
	}
	r.begun = snapshotOf(r.log)
	return nil
}

// members are the places of the nodes that the cluster begins with, in order.
func (r *replica) members() ([]int, error) {
	members := r.config.Members
	if len(members) == 0 {
		members = r.node.IDs()
	}
	var places []int
	for _, id := range members {
		place, known := r.node.Place(id)
		if !known {
			return nil, fmt.Errorf("--members names %q, which is not among the nodes: expected some of %v", id, r.node.IDs())
		}
		places = append(places, place)
	}
	slices.Sort(places)
	return slices.Compact(places), nil
}

// found makes the beginning of a member's log, the same on each: an empty store
// and who the members are. A node that is none begins with nothing and hears
// from a leader when it becomes one.
func (r *replica) found(voters []uint64) error {
	conf := &pb.ConfState{Voters: slices.Sorted(slices.Values(voters))}
	for _, id := range conf.Voters {
		r.known[placeOf(id)] = id
	}
	if !slices.Contains(conf.Voters, r.self) {
		r.outsiders.self = len(idsAt(conf.Voters, placeOf(r.self))) == 0
		return nil
	}
	first := &pb.SnapshotMetadata{Index: proto.Uint64(1), Term: proto.Uint64(1), ConfState: conf}
	s := saved{snapshot: &pb.Snapshot{Metadata: first}, hard: &pb.HardState{Term: proto.Uint64(1), Commit: proto.Uint64(1)}}
	return s.keep(r.log)
}

// begin draws what is drawn for an incarnation. Without a disk the raft id is
// among it, and Raft starts once it is known who founded the cluster.
func (r *replica) begin(c *actor.Context[message]) {
	r.life = c.Rand().Uint64()
	r.clock.reset(c.Rand(), 0)
	if r.config.Data == "" {
		r.beginWithoutDisk(c)
	}
}
