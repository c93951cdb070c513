package gossip

import (
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
)

// bell is a timer of the star.
type bell struct {
	kind bellKind
	peer int
}

type bellKind uint8

const (
	bellPace     bellKind = iota // a leaf's batch is to go
	bellAck                      // an acknowledgement has waited long enough
	bellRetry                    // an acknowledgement or a meeting did not come
	bellGap                      // a gap may still be open
	bellPatience                 // an answer to a doubt did not come
	bellReturn                   // an earlier node than the hub may be back
	bellSettle                   // what the hub did not get from others goes there
	bellAlone                    // no word has come since init
	bellLate                     // what came late for a window is to go to the leaves
)

// star is the one actor of a paced star's node. It owns the set, what is known
// of each other node (sessions), the node's hub (allegiance) and the rhythm of
// its own windows (cadence), and is the only one to touch them. What it does as
// a hub is in hub.go, as a leaf in leaf.go, when its hub is silent in
// failover.go.
//
// Each node has a hub: an earlier one in the order of nodes, or itself where no
// earlier one answers. So hubs and their leaves are a tree, and what a node
// learns goes to all its neighbours there but the one it came from.
type star struct {
	config   Config
	node     *node.Node
	field    string                    // of a read's answer
	self     int                       // place in the order of nodes
	life     int64                     // of this memory
	journal  *journal.Journal[message] // nil: in memory only
	recalled int                       // so much of history is from the journal: whom it came from may have lost it since
	born     int64                     // values that began here
	values   values
	held     versions // the stamps of history
	history  []item   // in the order learned; grows at its end only
	sessions []*session
	settled  bool // it is known whether this is a cluster's beginning
	fresh    bool // it is: nobody has anything yet
	allegiance
	cadence *cadence // nil as long as there was no leaf
}

// item is an entry of a history: a value, where it began, and the place of the
// node that it came from.
type item struct {
	stamp
	raw  []byte
	from int32
}

func newStar(c *actor.Context[message], n *node.Node, config Config, field string, j *journal.Journal[message], records []saved) actor.Actor[message] {
	s := &star{
		config: config, node: n, field: field, self: slices.Index(n.IDs(), n.ID()),
		life: 1 + c.Rand().Int64N(lifeMax), values: newValues(), sessions: make([]*session, len(n.IDs())),
	}
	s.journal = j
	s.recall(records)
	s.pacer = newPacer(config.Interval)
	c.After(aloneFor, bell{kind: bellAlone})
	return s
}

// gapPatience is how long a gap may be the order of arrival, and no loss.
const gapPatience = 100 * time.Millisecond

// lifeMax keeps lives short to write; one node has few.
const lifeMax = 1 << 40

func (s *star) Receive(c *actor.Context[message], m message) {
	s.settle(c, m)
	switch m := m.(type) {
	case broadcastRequest:
		s.take(c, m.Body.Message, func() { m.Reply(node.None{}) }, m.Fail)
	case addRequest:
		s.take(c, m.Body.Element, func() { m.Reply(node.None{}) }, m.Fail)
	case readRequest:
		m.ReplyWith(listed{s.field, s.values.encoded})
	case topologyNotice:
		m.Reply(node.None{})
	case starRequest:
		if from := slices.Index(s.node.IDs(), m.From); from >= 0 && from != s.self && m.Body.sound(len(s.sessions)) {
			s.hear(c, s.session(from), &m.Body)
		}
	case journal.Written:
		s.journal.Written(c, m)
	case windowClosed:
		s.closeWindow(c)
	case bell:
		s.ring(c, m)
	}
}

// settle finds out whether this node may have lost its memory. Maelstrom gives a
// topology to all nodes at the beginning, before any client comes, but none to
// a node that it has killed and started again; that one must meet its peers
// anew. Before a client comes, other nodes may not be there yet, and must not
// be sent to; after aloneFor they are.
func (s *star) settle(c *actor.Context[message], m message) {
	if s.settled {
		return
	}
	switch m.(type) {
	case topologyNotice:
		s.settled, s.fresh = true, len(s.history) == 0
		if !s.fresh && s.self != 0 {
			s.meet(c, s.session(0))
		}
	case broadcastRequest, addRequest, readRequest, starRequest, bell:
		s.settled = true
		if s.self != 0 {
			s.meet(c, s.session(0))
		}
	}
	for peer := 1; s.self == 0 && peer < len(s.sessions); peer++ {
		if p := s.session(peer); !s.fresh {
			s.meet(c, p)
		}
	}
}

// session with a peer. In a cluster's beginning a leaf and the first hub know
// that the other has nothing.
func (s *star) session(peer int) *session {
	if s.sessions[peer] == nil {
		p := &session{peer: peer, met: s.fresh && (s.self == 0 || peer == 0), forgot: s.recalled}
		p.begin()
		s.sessions[peer] = p
	}
	return s.sessions[peer]
}

// take enters a client's value: it is acknowledged as soon as this node has it, with --data on its disk.
func (s *star) take(c *actor.Context[message], value wire.Raw, ok func(), fail func(error)) {
	known, err := s.values.knows(value)
	switch {
	case err != nil:
		fail(node.Errorf(maelstrom.MalformedRequest, "%v", err))
		return
	case known:
		ok()
		return
	}
	s.born++
	b := starBody{Of: []int64{int64(s.self), s.life, s.born, 1}, Values: []wire.Raw{value}}
	var record []byte
	if s.journal != nil {
		record = saved{From: s.self, Of: b.Of, Values: b.Values}.record()
	}
	s.journal.Append(c, record, func(err error) {
		if err != nil {
			s.born = min(s.born, b.Of[2]-1) // as was every one behind it
			fail(err)
			return
		}
		ok()
		s.learn(c, s.self, &b)
		s.spread(c)
	})
}

// learn enters what came from a peer, by its place, and reports whether anything was new. One
// value may come from two clients, and is then known by two stamps. c is nil for what comes from the journal.
func (s *star) learn(c *actor.Context[message], peer int, b *starBody) bool {
	before := len(s.history)
	for i, its := range b.stamps() {
		if s.held.covers(its) {
			continue
		}
		fresh, err := s.values.learn(b.Values[i], int32(peer))
		if err != nil {
			continue // no node sends what it could not learn itself
		}
		raw := s.values.last()
		if fresh && c != nil {
			tellLearned(c, raw)
		}
		if !fresh {
			raw = s.values.keep(b.Values[i])
		}
		s.held.add(its)
		s.history = append(s.history, item{its, raw, int32(peer)})
	}
	return len(s.history) > before
}

// hear takes in a peer's message: first what it says of itself, then its
// values, so that nothing is acknowledged that is not in the set.
func (s *star) hear(c *actor.Context[message], p *session, b *starBody) {
	ok, reborn := p.current(b.Life, len(s.history))
	if !ok {
		return
	}
	if p.moved(int(b.Hub), b.Move) && s.leads(p) {
		p.rewind()
	}
	if p.silent {
		p.silent = false
		p.still()
		p.rewind()
	}
	if b.Meet != 0 {
		if !p.met {
			p.still()
		}
		p.known.raise(b.Have)
		p.met = true
	}
	if reborn {
		tellForgot(c, s.name(p))
	}
	if reborn && p.peer == s.hub {
		p.own = true
		s.settleLater(c, p)
	}
	s.keepPace(p, b)
	before := len(s.history)
	fresh := s.learn(c, p.peer, b)
	s.save(c, p.peer, before)
	if fresh {
		s.forgive(c, p)
	}
	s.acknowledge(c, p, b)
	s.heardOf(c, p, b)
	if b.Ask != 0 {
		s.answer(c, p, b)
	}
	if b.Answer != 0 {
		s.answered(c, p, time.Duration(b.Answer)*time.Microsecond)
	}
	if fresh || b.Meet != 0 || reborn || p.pending(s.self, s.history) {
		s.spread(c)
	}
	s.keepAsking(c, p)
}

// acknowledge does what a message asks for in acknowledgements, either way.
func (s *star) acknowledge(c *actor.Context[message], p *session, b *starBody) {
	if b.Epoch != 0 {
		had := p.upTo
		if p.came(b); p.upTo > had {
			tellHas(c, s.name(p), p.upTo)
		}
		s.owe(c, p)
		if p.gap() && !p.gapTimed {
			p.gapTimed = true
			c.After(gapPatience, bell{bellGap, p.peer})
		}
	}
	if b.AckLife != s.life {
		return
	}
	if p.acknowledged(b, len(s.history)) {
		tellAcked(c, s.name(p), int64(p.acked))
		if p.acked < p.sentTo {
			s.expect(c, p)
		}
	}
	if p.gapAt(b) && s.config.Bug != SkipRetries {
		tellSent(c, actor.EventRetry, s.name(p), int64(p.acked)+1, int64(len(s.history)))
		p.rewind()
		s.flush(c, p)
	}
}

// name is the peer's.
func (s *star) name(p *session) string { return s.node.IDs()[p.peer] }

// spread sends what is new on its ways: to the hub, and to the leaves.
func (s *star) spread(c *actor.Context[message]) {
	s.stir(c)
	s.deliver(c)
}

// say sends one message to a peer, with all that every message carries.
func (s *star) say(p *session, o starMessage) {
	o.Life, o.Hub, o.Move = s.life, int64(s.hub), s.move
	o.AckLife, o.AckEpoch, o.Ack = p.life, p.peerEpoch, p.upTo
	p.owed = false
	p.ackTimer.Cancel()
	switch {
	case p.peer == s.hub:
		o.At = s.node.Elapsed().Microseconds()
	case s.leads(p):
		s.tellTime(p, &o)
	}
	if o.Ask != 0 {
		p.asked = s.node.Elapsed()
	}
	s.node.Send(s.node.IDs()[p.peer], starType, o)
}

// now is the time as questions carry it.
func (s *star) now() int64 { return max(1, s.node.Elapsed().Microseconds()) }

// meet tells a peer this node's versions and asks for its own.
func (s *star) meet(c *actor.Context[message], p *session) {
	s.say(p, starMessage{starBody: starBody{Ask: s.now(), Meet: 1, Have: s.held.told()}})
	s.expect(c, p)
}

// answer answers a question at once.
func (s *star) answer(_ *actor.Context[message], p *session, b *starBody) {
	o := starMessage{starBody: starBody{Answer: b.Ask}}
	if b.Meet != 0 {
		o.Meet, o.Have = 1, s.held.told()
	}
	s.say(p, o)
}

// flush sends a peer all that it lacks. One of which that is not known is met
// first.
func (s *star) flush(c *actor.Context[message], p *session) {
	if !p.met {
		if !p.waiting {
			s.meet(c, p)
		}
		return
	}
	for p.pending(s.self, s.history) {
		s.say(p, p.part(s.self, s.history, s.config.BatchBytes))
	}
	if p.acked < p.sentTo {
		s.expect(c, p)
	}
}

// expect waits for an acknowledgement, or for a meeting.
func (s *star) expect(c *actor.Context[message], p *session) {
	if p.waiting {
		return
	}
	wait := s.config.Retry
	switch {
	case p.peer == s.hub:
		wait = s.suspectAfter()
	case p.silent:
		wait = s.lookBackAfter()
	case p.tries > 0: // it was asked to answer at once
		wait = s.patient()
	}
	p.waiting = true
	p.retry = c.After(time.Duration(float64(wait)*(0.95+0.1*c.Rand().Float64())), bell{bellRetry, p.peer})
}

// keepAsking has a peer met that must be.
func (s *star) keepAsking(c *actor.Context[message], p *session) {
	if !p.met && !p.waiting && (p.peer == s.hub || s.leads(p)) {
		s.meet(c, p)
	}
}

// owe has an acknowledgement sent: a hub's at the end of a window, a leaf's with
// its next batch, or when it has waited long enough.
func (s *star) owe(c *actor.Context[message], p *session) {
	if p.owed {
		return
	}
	p.owed, p.owedAt = true, c.Elapsed()
	switch {
	case s.leads(p):
		s.stir(c)
	case p.peer == s.hub:
		p.ackTimer = c.After(s.config.AckDelay, bell{bellAck, p.peer})
	default: // it does not know that this is no leaf of its own
		p.ackTimer = c.After(s.config.Interval, bell{bellAck, p.peer})
	}
}

func (s *star) ring(c *actor.Context[message], m bell) {
	switch p := s.sessions[m.peer]; m.kind {
	case bellPace:
		s.waiting = false
		s.deliverNow(c)
	case bellAck:
		if p.owed {
			s.say(p, starMessage{})
		}
	case bellGap:
		p.gapTimed = false
		if p.gap() {
			s.say(p, starMessage{starBody: starBody{Gap: 1}})
		}
	case bellRetry:
		s.retry(c, p)
	case bellPatience:
		s.impatient(c)
	case bellReturn:
		s.lookBack(c)
	case bellAlone:
		// Settled by now, as by any message.
	case bellLate:
		s.sendLate(c)
	case bellSettle:
		if p.peer == s.hub && p.own {
			s.meetAgain(c, p)
		}
	}
}
