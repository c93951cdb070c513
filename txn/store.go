package txn

import (
	"bytes"
	"fmt"
	"slices"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
	"eddy/internal/link"
)

// The messages of the store.
type (
	message interface{}

	// timerWindow: it may be time to send something to peers.
	timerWindow struct{}
)

// store is the actor that owns the registers of a node and its links. It executes what clients ask, applies what peers have
// done, and sends them what is new.
type store struct {
	config      Config
	node        *node.Node
	place       int // of this node among all
	incarnation int64
	clock       int64 // Lamport's: at least the time of every stamp seen
	registers   registers
	journal     *journal.Journal[message] // nil: in memory only

	peers   []*peer
	window  *link.Window[message]
	greeted bool
}

// peer is another node.
type peer struct {
	id    string
	link  *link.Link
	whole bool // is to be sent all registers
}

func newStore(c *actor.Context[message], n *node.Node, config Config, j *journal.Journal[message], records []recordBody) actor.Actor[message] {
	place, _ := n.Place(n.ID())
	s := &store{config: config, node: n, place: place, incarnation: 1 + c.Rand().Int64N(link.IncarnationMax), registers: newRegisters(config.Bug), journal: j}
	s.window = link.NewWindow[message](config.Interval, timerWindow{})
	for _, id := range n.IDs() {
		if id != n.ID() && config.Strategy != Local {
			l := link.New(s.incarnation, config.link())
			s.peers = append(s.peers, &peer{id: id, link: l})
			s.window.Add(id, l)
		}
	}
	s.recall(c, records)
	return s
}

func (s *store) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case txnRequest:
		s.greet(c)
		s.execute(c, m)
	case replicateRequest:
		s.greet(c)
		s.hear(c, m)
	case journal.Written:
		s.journal.Written(c, m)
	case timerAlone:
		s.greet(c)
	case timerWindow:
		s.flush(c)
	}
}

// greet makes this node known to its peers, once: it may have lost its memory, and they send it back. Before the first
// message comes, other nodes may not be there yet, and must not be sent to.
func (s *store) greet(c *actor.Context[message]) {
	if s.greeted {
		return
	}
	s.greeted = true
	for _, p := range s.peers {
		p.link.Greet()
	}
	s.window.Soon(c)
}

// execute carries out a client's transaction and makes entries of its writes.
func (s *store) execute(c *actor.Context[message], r txnRequest) {
	x, err := s.registers.execute(r.Body.Txn)
	if err != nil {
		r.Fail(err)
		return
	}
	if len(x.writes) == 0 {
		r.ReplyWith(x.answer)
		return
	}
	s.clock++
	at := stamp{time: s.clock, node: s.place, incarnation: s.incarnation}
	groups := s.groupsOf(x.writes, at)
	var record []byte
	if s.journal != nil {
		record = recordOf(groups...)
	}
	s.journal.Append(c, record, func(err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		for i, w := range x.writes {
			if w.last {
				s.registers.write(w.name, w.write, s.stampOf(at, i))
			}
		}
		s.publish(c, groups)
		c.Trace(actor.EventState, actor.Fact{About: "+txn", Last: at.time})
		r.ReplyWith(x.answer)
	})
}

// groupsOf makes of a transaction's writes what the peers are told: one group of what it wrote last, or one for every
// write there was.
func (s *store) groupsOf(writes []written, at stamp) (groups []group) {
	whole := group{stamp: at}
	for i, w := range writes {
		if s.config.Strategy == Writes {
			groups = append(groups, group{s.stampOf(at, i), []write{w.write}})
		} else if w.last {
			whole.writes = append(whole.writes, w.write)
		}
	}
	if s.config.Strategy != Writes {
		groups = append(groups, whole)
	}
	return groups
}

// stampOf is the stamp of a transaction's write, by its place there.
func (s *store) stampOf(at stamp, place int) stamp {
	if s.config.Strategy == Writes {
		at.index = int64(place)
	}
	return at
}

// publish sends every peer groups of this node when the window is over. Each is encoded once.
func (s *store) publish(c *actor.Context[message], groups []group) {
	for _, g := range groups {
		item := recordOf(g)
		for _, p := range s.peers {
			p.link.Push(item, 0)
		}
	}
	s.window.Soon(c)
}

// hear applies what a peer has sent: whole transactions in the order in which it did them, single writes as they come.
func (s *store) hear(c *actor.Context[message], r replicateRequest) {
	at := slices.IndexFunc(s.peers, func(p *peer) bool { return p.id == r.From })
	if at < 0 {
		return
	}
	p := s.peers[at]
	h := link.Hear(c, p.link, p.id, &r.Body)
	if h.Lost {
		s.sendWhole(c, p)
	}
	items := h.Items
	if s.config.Strategy == Writes {
		items = r.Body.Items
	}
	for _, item := range items {
		var record recordBody
		if err := shapeOfRecord.Unmarshal(item, &record); err != nil {
			s.node.Log().Error(fmt.Sprintf("an item of %s cannot be read: %v: %.200s", p.id, err, item))
			continue
		}
		news := s.apply(record.Groups)
		s.save(c, news)
		if slices.ContainsFunc(news, s.forgotten) {
			for _, other := range s.peers {
				if other != p {
					s.sendWhole(c, other)
				}
			}
		}
	}
	s.window.Arm(c)
}

func (s *store) sendWhole(c *actor.Context[message], p *peer) {
	p.whole = true
	s.window.Soon(c)
}

// forgotten reports whether an earlier incarnation of this node wrote a group. It may have sent it to one peer, and not to
// the next before it was killed.
func (s *store) forgotten(g group) bool {
	return g.stamp.node == s.place && g.stamp.incarnation != s.incarnation
}

// apply takes in writes that another node made, or an earlier incarnation of this one, and gives those that are news.
func (s *store) apply(groups []groupBody) (news []group) {
	for i := range groups {
		g := &groups[i]
		applied := group{stamp: stamp{time: g.Time, node: g.Node, incarnation: g.Incarnation, index: g.Index}}
		if s.config.Bug != ClockStays {
			s.clock = max(s.clock, g.Time)
		}
		for j := 0; j+1 < len(g.Writes) && (j == 0 || s.config.Bug != ForgetsTheRest); j += 2 {
			name, err := wire.Canonical(g.Writes[j])
			if err != nil {
				continue // no node of ours has such a key
			}
			w := write{bytes.Clone(g.Writes[j]), bytes.Clone(g.Writes[j+1])}
			if s.registers.write(string(name), w, applied.stamp) {
				applied.writes = append(applied.writes, w)
			}
		}
		if len(applied.writes) > 0 {
			news = append(news, applied)
		}
	}
	return news
}

// flush sends every peer what is due, and all registers where it must have them: in one item, so that no half of a
// transaction shows.
func (s *store) flush(c *actor.Context[message]) {
	var whole []byte
	for _, p := range s.peers {
		if p.whole && len(s.registers.byKey) > 0 {
			if whole == nil {
				whole = s.whole()
			}
			p.link.Push(whole, 0)
		}
		p.whole = false
	}
	s.window.Flush(c, func(to string, o link.Outgoing) { s.node.Send(to, replicateType, o) })
}

// whole is all registers as one record.
func (s *store) whole() []byte { return recordOf(s.registers.groups()...) }
