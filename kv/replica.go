package kv

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"time"

	"go.etcd.io/raft/v3"
	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
)

// The messages of the replica: requests of clients (readRequest, writeRequest,
// casRequest, txnRequest, memberRequest), execution, raftMessage, journal.Written, and
type (
	message any

	// tick is the beat of the replica's clocks.
	tick struct{}
	// speak: it is time for what is to be said to peers.
	speak struct{}
)

// replica is the actor that owns one copy of the store and its part in Raft. The
// library decides, told of ticks and messages; what it wants done comes out as
// a Ready, whose parts are handled in order: saved, then said, then applied.
type replica struct {
	config Config
	node   *node.Node
	self   uint64 // the replica's raft id: see raftID
	life   uint64 // drawn at the start, so that nothing of an earlier incarnation is taken for this one's

	founding    *founding      // without a disk; nil with one
	replyToInit func()         // without a disk, until the founding is known; nil afterwards
	wants       map[int]uint64 // incarnations that ask to be members, by place
	known       map[int]uint64 // the latest incarnation known of each place
	changed     int            // tick of the last change of membership that this leader proposed

	raft     *raft.RawNode
	log      memory
	journal  *journal.Journal[message] // nil without a disk
	begun    []byte                    // the record of the founding, until it is saved; nil afterwards
	saving   *raft.Ready               // that is not saved yet
	refused  bool                      // the disk was full: to be tried again
	ticks    int
	clock    electionClock
	ledSince int  // tick, for a Bug
	yields   bool // it leaves the election to another
	mute     int  // ticks during which no votes are given: see lease

	role raft.StateType
	lead uint64
	term uint64

	store      *store
	applied    uint64
	snapshotAt uint64 // index of the last snapshot
	former     []byte // the store before the last entry, for a Bug
	conf       *pb.ConfState
	joined     bool // the members have changed since the last snapshot
	outsiders  outsiders

	requests *requests
	reads    reads
	number   uint64 // of the last question, see question
	lease    lease
	sent     map[uint64]int // tick at which a peer was sent a snapshot

	leading             // while it leads
	questions questions // while it leads
	vouched   []*pb.Message

	quiet    int  // ticks beyond a heartbeat for which the leader may be silent, as it said
	answer   bool // the leader waits for an answer
	out      outbox
	speakAt  time.Duration // not before
	speaking bool          // a message to do so is on its way
}

// Receive takes in one message, then does what follows from it.
func (r *replica) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case readRequest:
		r.read(c, m)
	case writeRequest:
		r.change(c, m.From, m.Asks(), m.Body.ID, command{Op: opWrite, To: m.Body.Value}, m.Body.Key, done(m))
	case casRequest:
		b := m.Body
		r.change(c, m.From, m.Asks(), b.ID, command{Op: opCAS, From: b.From, To: b.To, Create: b.Create}, b.Key, done(m))
	case txnRequest:
		r.transact(c, m.Body.Txn, m.From, m.Asks(), m.Body.ID, completed(m))
	case execution:
		r.transact(c, m.of.Body, m.of.Client, m.of.Client != "", m.of.ID, m.answer)
	case memberRequest:
		r.changeMembers(c, m)
	case raftMessage:
		r.hear(c, m)
	case foundingRequest:
		r.hearFounding(c, m)
	case tick:
		r.tick(c)
	case speak:
		r.speaking = false
	case journal.Written:
		r.journal.Written(c, m)
	}
	r.proceed(c)
	r.pace(c)
}

// read takes in a read.
func (r *replica) read(c *actor.Context[message], m readRequest) {
	key, err := wire.Canonical(m.Body.Key)
	switch {
	case err != nil:
		m.Fail(err)
	case r.outsiders.self:
		m.Fail(notAMember(r.node.ID()))
	case r.config.Bug == StaleLocalRead:
		value(m)(r.store.read(string(key)))
	case r.config.Read == ReadLog:
		r.requests.add(&pending{command: r.signed(command{Op: opRead, Key: string(key)}), answer: value(m), deadline: r.deadline(c)})
	case len(r.reads.queue) >= requestsMax:
		m.Fail(actor.ErrFull)
	default:
		r.reads.queue = append(r.reads.queue, reading{key: string(key), answer: value(m), deadline: r.deadline(c)})
	}
}

// change takes in a request that changes something.
func (r *replica) change(c *actor.Context[message], from string, asks bool, id int64, cmd command, key wire.Raw, answer func(result)) {
	canonical, err := wire.Canonical(key)
	if err != nil {
		answer(malformed(err))
		return
	}
	if r.outsiders.self {
		answer(refused(notAMember(r.node.ID())))
		return
	}
	cmd.Key = string(canonical)
	r.requests.add(&pending{command: r.signed(by(cmd, from, asks, id)), answer: answer, deadline: r.deadline(c)})
}

func (r *replica) signed(cmd command) command {
	cmd.Origin, cmd.Life = r.self, r.life
	return cmd
}

func (r *replica) deadline(c *actor.Context[message]) time.Duration {
	return c.Elapsed() + r.config.ClientTimeout - answerMargin
}

// hear steps the messages of a peer into the library.
func (r *replica) hear(c *actor.Context[message], m raftMessage) {
	place, known := r.node.Place(m.From)
	if !known || r.founding != nil && r.founding.founded == nil {
		return
	}
	if m.Body.Outside {
		r.outsiders.self = true
		return
	}
	r.tellOutsider(place)
	r.answer = r.answer || m.Body.Answer
	if r.followers != nil {
		r.followers[place].heard, r.followers[place].owes = r.ticks, false
	}
	for _, encoded := range m.Body.Messages {
		said := &pb.Message{}
		if err := proto.Unmarshal(encoded, said); err != nil || placeOf(said.GetFrom()) != place || placeOf(said.GetTo()) != placeOf(r.self) {
			r.node.Log().Warn(fmt.Sprintf("a message of %s is none of the replica's there to this one, and is passed over", m.From))
			continue
		}
		if said.GetTo() != r.self {
			continue // for an earlier incarnation
		}
		r.step(c, said, m.Body)
		for _, forged := range r.config.Bug.forge(said, r.conf.GetVoters()) {
			r.step(c, forged, raftBody{})
		}
	}
}

func (r *replica) step(c *actor.Context[message], m *pb.Message, in raftBody) {
	status := r.raft.BasicStatus()
	leads := status.RaftState == raft.StateLeader
	switch m.GetType() {
	case pb.MsgVote, pb.MsgPreVote:
		if r.mute > 0 {
			return
		}
	case pb.MsgPreVoteResp:
		if r.yields && !m.GetReject() {
			return
		}
	case pb.MsgReadIndex:
		if r.answerUnderLease(c, m) {
			return
		}
		if leads {
			r.questions.add(status.GetTerm(), m.GetEntries()[0].GetData())
			if in.Term == status.GetTerm() {
				r.questions.voucher = m
			}
		}
	}
	if leads && r.followers != nil && (m.GetType() == pb.MsgProp || m.GetType() == pb.MsgReadIndex) {
		r.followers[placeOf(m.GetFrom())].asks = true
	}
	if err := r.raft.Step(m); err != nil {
		return // such as a proposal that no leader takes: whoever made it makes it again
	}
	switch m.GetType() {
	case pb.MsgApp, pb.MsgHeartbeat, pb.MsgSnap:
		if r.raft.BasicStatus().GetTerm() == m.GetTerm() {
			r.quiet = in.Silence
			r.clock.reset(c.Rand(), r.quiet)
			r.outsiders.self = false // a leader counts this replica in
		}
	case pb.MsgReadIndexResp:
		if m.GetFrom() == r.lead && m.GetTerm() == r.term {
			r.quiet = in.Silence
			r.clock.reset(c.Rand(), r.quiet)
		}
	}
}

// tick advances all clocks. The library's is advanced without campaigning where
// it would: see electionClock.
func (r *replica) tick(c *actor.Context[message]) {
	r.ticks++
	r.mute = max(r.mute-1, 0)
	if r.refused && r.journal.Failed() == nil {
		r.save(c)
	}
	if r.role == raft.StateLeader {
		if r.raft.BasicStatus().RaftState == raft.StateLeader {
			r.raft.Tick()
			r.keepLease(c)
			r.abdicate()
		}
	} else {
		if r.clock.tick() {
			r.clock.tryAgain(c.Rand())
			r.yields = false
			if r.votes() && !r.outsiders.self {
				_ = r.raft.Campaign()
			}
		} else if r.clock.overdue() {
			_ = r.raft.ForgetLeader()
		}
	}
	for _, peer := range slices.Sorted(maps.Keys(r.sent)) {
		if r.ticks-r.sent[peer] >= r.config.Election {
			delete(r.sent, peer)
			r.raft.ReportSnapshot(peer, raft.SnapshotFailure) // or it would wait for ever where the snapshot got lost
		}
	}
	r.tickMembers(c)
	r.requests.tick(c.Elapsed(), r.ticks, r.config.Election, r.term)
	r.reads.tick(c.Elapsed(), r.ticks, r.config.Election, r.term)
}

// proceed handles what the library wants done, until there is no more or the
// disk must be waited for.
func (r *replica) proceed(c *actor.Context[message]) {
	for r.saving == nil && r.raft.HasReady() {
		rd := r.raft.Ready()
		r.observe(c, &rd)
		// That the log is committed further is not saved by itself: see save.
		if s := savedOf(&rd); r.journal != nil && (rd.MustSync || s.snapshot != nil) {
			r.saving = &rd
			r.save(c)
			return
		}
		r.finish(c, &rd)
	}
	r.config.Bug.count(r)
	applied := r.applied
	if r.config.Bug == ReadsBeforeApplied {
		applied = math.MaxUint64
	}
	r.reads.serve(applied, r.store)
}

// save appends what is to be saved to the journal. Each record says how far the log was committed, though Raft's paper does not
// ask for it: the library puts a change of members into force when it is applied, not when it is in the log. A replica that
// starts again with a change in its log, and does not know that the one before was committed, would count votes among
// the members of two changes ago, whose majorities need not meet those of today. On a full disk it waits for the next tick. A disk that failed ends
// the replica's part in the cluster: what it cannot save it may not promise, so it is silent until it is restarted.
func (r *replica) save(c *actor.Context[message]) {
	r.refused = false
	if r.begun != nil {
		r.journal.Append(c, r.begun, func(err error) {
			if err == nil {
				r.begun = nil
			}
		})
	}
	s := savedOf(r.saving)
	if s.hard == nil {
		s.hard, _, _ = r.log.InitialState()
	}
	r.journal.Append(c, s.encode(), func(err error) {
		if err != nil {
			r.refused = true
			return
		}
		rd := r.saving
		r.saving = nil
		r.finish(c, rd)
	})
}

// finish does what may be done once a Ready is saved.
func (r *replica) finish(c *actor.Context[message], rd *raft.Ready) {
	if err := savedOf(rd).keep(r.log); err != nil {
		panic("kv: " + err.Error())
	}
	for _, m := range rd.Messages {
		r.say(c, m)
	}
	if !raft.IsEmptySnap(rd.Snapshot) {
		r.adopt(rd.Snapshot)
	}
	for _, e := range rd.CommittedEntries {
		r.apply(e)
	}
	for _, s := range rd.ReadStates {
		r.answered(s)
	}
	r.raft.Advance(*rd)
	for _, m := range r.vouched {
		_ = r.raft.Step(m)
	}
	r.vouched = nil
	r.snapshot()
}

// observe follows the term and who leads.
func (r *replica) observe(c *actor.Context[message], rd *raft.Ready) {
	term, lead, role := r.term, r.lead, r.role
	if rd.SoftState != nil {
		r.role, r.lead = rd.RaftState, rd.Lead
	}
	if !raft.IsEmptyHardState(rd.HardState) {
		r.term = rd.GetTerm()
	}
	if led := role == raft.StateLeader; r.term != term || led != (r.role == raft.StateLeader) {
		if r.term != term {
			r.out.clear()
		}
		for place := range r.out.peers {
			r.out.hurry(place, false) // what it has said as the leader, such as that its own removal is committed
		}
		r.leading, r.quiet, r.answer = leading{}, 0, false
		if r.role == raft.StateLeader {
			r.ledSince = r.ticks
			r.startLeading()
		}
		r.clock.reset(c.Rand(), 0)
	}
	if r.term != term || r.lead != lead {
		if r.lead != raft.None {
			r.clock.reset(c.Rand(), r.quiet)
		}
		if c.Traced() {
			c.Trace(actor.EventState, actor.Fact{About: r.role.String(), Value: fmt.Sprintf("in term %d, led by %s", r.term, r.nameOf(r.lead))})
		}
	}
}

// say puts a message into the outbox.
func (r *replica) say(c *actor.Context[message], m *pb.Message) {
	switch m.GetType() {
	case pb.MsgVoteResp:
		if !m.GetReject() {
			r.clock.reset(c.Rand(), 0)
		}
	case pb.MsgPreVoteResp:
		// Two that would stand at the same time would divide the votes: the one that is named later leaves it to the other.
		if !m.GetReject() && r.role == raft.StatePreCandidate && placeOf(m.GetTo()) < placeOf(r.self) {
			r.yields = true
		}
	case pb.MsgSnap:
		r.sent[m.GetTo()] = r.ticks
	case pb.MsgReadIndexResp:
		r.questions.answered(m.GetEntries()[0].GetData())
	case pb.MsgHeartbeat:
		if answer := r.questions.vouch(m); answer != nil {
			r.vouched = append(r.vouched, answer)
			return
		}
	}
	m = r.config.Bug.hold(r, m)
	place := placeOf(m.GetTo())
	due := r.ticks
	switch leads := r.followers != nil; m.GetType() {
	case pb.MsgApp, pb.MsgHeartbeat:
		if !leads {
			return // it has led
		}
		if place < len(r.followers) {
			due = r.followers[place].silence.due()
		}
	case pb.MsgAppResp, pb.MsgHeartbeatResp:
		if !m.GetReject() && !r.answer && m.GetTo() == r.lead {
			due = r.ticks + r.config.Heartbeat + 2*r.quiet
		}
	}
	r.out.add(m, due)
}

// pace says what is to be said, at once if that was long enough ago that it was
// done last, so that no peer gets more than one message in so much time.
func (r *replica) pace(c *actor.Context[message]) {
	r.press()
	if !r.out.waits(r.ticks) && !(r.lead != raft.None && (len(r.requests.queue) > 0 || len(r.reads.queue) > 0)) {
		return
	}
	now := c.Elapsed()
	if now < r.speakAt {
		if !r.speaking {
			r.speaking = true
			c.After(r.speakAt-now, message(speak{}))
		}
		return
	}
	r.propose()
	r.askForReads(c)
	r.proceed(c)
	r.press()
	if r.out.waits(r.ticks) {
		r.out.send(r.ticks, r.head)
		r.speakAt = now + r.config.Batch
	}
}

// head begins a message to the node at a place.
func (r *replica) head(place int, l letters) raftBody {
	var body raftBody
	if r.followers != nil {
		f := &r.followers[place]
		f.asks, f.owes = false, f.owes || l.answer
		return raftBody{Silence: f.silence.speak(r.ticks) - r.config.Heartbeat, Answer: f.owes}
	}
	for _, m := range l.messages {
		switch m.GetType() {
		case pb.MsgReadIndex:
			body.Term = r.raft.BasicStatus().GetTerm()
		case pb.MsgAppResp, pb.MsgHeartbeatResp:
			r.answer = r.answer && (r.saving != nil || r.raft.HasReady())
		}
	}
	return body
}
