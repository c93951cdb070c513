package txn

import (
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
)

// The messages of the store.
type (
	message interface{}

	// catchUp: links whose mailboxes were full are offered again what they missed.
	catchUp struct{}
	// resync: a link needs the whole state, for what it had queued is gone or too much.
	resync struct{ peer int }
)

// store is the actor that owns the registers of one node. It executes what
// clients ask, applies what peers have done, and offers what is new to the links;
// which peer has got what is the links' business.
type store struct {
	config    Config
	node      *node.Node
	place     int   // of this node among all
	life      int64 // of this memory
	clock     int64 // Lamport's: at least the time of every stamp seen
	registers registers
	journal   *journal.Journal[message] // nil: in memory only
	news      []group                   // what the message in hand brought, to be saved

	peers   []*peer
	byID    map[string]int
	log     []entry // what some link was not offered yet
	base    int     // how many entries came before the log
	greeted bool
	behind  bool // catchUp is on its way
}

// peer is what the store knows of another node: what has come from it, and what
// its link was offered.
type peer struct {
	inbox
	id      string
	link    actor.Ref[linkMessage]
	offered int   // entries, from the first ever
	sending int64 // the link's epoch
	whole   bool  // the link is to be offered the whole state
	back    bool  // because the peer lost its memory
	greet   bool  // the link is to say who is there
	heard   bool  // the link is to be told what has come
}

func newStore(c *actor.Context[message], n *node.Node, config Config, j *journal.Journal[message], records []savedBody) actor.Actor[message] {
	place, _ := n.Place(n.ID())
	s := &store{config: config, node: n, place: place, life: 1 + c.Rand().Int64N(lifeMax), registers: newRegisters(config.Bug), journal: j, byID: map[string]int{}}
	if config.Strategy == Local {
		s.recall(c, records)
		return s
	}
	var links []actor.Ref[linkMessage]
	for _, id := range n.IDs() {
		if id == n.ID() {
			continue
		}
		p := &peer{id: id, sending: firstEpoch}
		p.link = spawnLink(c, linkConfig{Config: config, node: n, store: c.Self(), peer: id, index: len(s.peers), life: s.life})
		s.byID[id] = len(s.peers)
		s.peers = append(s.peers, p)
		links = append(links, p.link)
	}
	if len(links) > 0 {
		actor.SpawnTicker[linkMessage](c, "ticker", config.Interval, tick{}, links...)
	}
	s.recall(c, records)
	return s
}

// firstEpoch is the epoch of a link until it needs another.
const firstEpoch = 1

// lifeMax keeps lives short to write: they tell apart the lives of one node, of
// which there are few.
const lifeMax = 1 << 31

func (s *store) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case txnRequest:
		s.greet()
		s.execute(c, m)
	case replicateRequest:
		s.greet()
		s.hear(m)
		s.save(c, s.news)
		s.news = nil
	case journal.Written:
		s.journal.Written(c, m)
	case alone:
		s.greet()
	case resync:
		s.peers[m.peer].whole = true
	case catchUp:
		s.behind = false
	}
	s.offer(c)
}

// greet has the peers told of this node, once: it may have lost its memory, and
// they give it back. Before the first message comes, other nodes may not be there
// yet, and must not be sent to.
func (s *store) greet() {
	if s.greeted {
		return
	}
	s.greeted = true
	for _, p := range s.peers {
		p.greet = true
	}
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
	at := stamp{time: s.clock, node: s.place, life: s.life}
	groups := s.groupsOf(x.writes, at)
	var record []byte
	if s.journal != nil {
		record = recordOf(groups)
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
		for _, g := range groups {
			s.record(g)
		}
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

func (s *store) record(g group) {
	if len(s.peers) > 0 {
		s.log = append(s.log, g.appendJSON(nil, true))
	}
}

// apply takes in writes that another node made, or this one in an earlier life,
// and reports whether any of them was news.
func (s *store) apply(from int, life int64, groups []groupBody) (news bool) {
	for i := range groups {
		g := &groups[i]
		at := stamp{time: g.Time, node: from, life: life, index: g.Index}
		if g.Node != nil {
			at.node, at.life = *g.Node, g.Life
		}
		if s.config.Bug != ClockStays {
			s.clock = max(s.clock, at.time)
		}
		applied := group{stamp: at}
		for j := 0; j+1 < len(g.Writes) && (j == 0 || s.config.Bug != ForgetsTheRest); j += 2 {
			name, err := wire.Canonical(g.Writes[j])
			if err != nil {
				continue // no node of ours has such a key
			}
			w := write{clone(g.Writes[j]), clone(g.Writes[j+1])}
			if s.registers.write(string(name), w, at) {
				applied.writes = append(applied.writes, w)
			}
		}
		if len(applied.writes) > 0 {
			news = true
			if s.journal != nil {
				s.news = append(s.news, applied)
			}
		}
	}
	return news
}

func clone(raw wire.Raw) wire.Raw { return append(wire.Raw(nil), raw...) }

// offer tells every link what it has not been told. A link with a full mailbox is
// told later.
func (s *store) offer(c *actor.Context[message]) {
	end := s.base + len(s.log)
	least := end
	for _, p := range s.peers {
		if p.offered < end || p.whole || p.greet || p.heard {
			news := offer{entries: s.log[p.offered-s.base : end-s.base : end-s.base], greet: p.greet, heard: p.news()}
			if p.whole {
				news.entries, news.state, news.back, news.epoch = nil, s.wholeState(), p.back, p.sending+1
			}
			if p.link.Send(news) == actor.Accepted {
				p.offered, p.whole, p.back, p.greet, p.heard = end, false, false, false, false
				p.forget()
				p.sending = max(p.sending, news.epoch)
			} else if !s.behind {
				s.behind = true
				c.After(catchUpDelay, catchUp{})
			}
		}
		least = min(least, p.offered)
	}
	s.log, s.base = s.log[least-s.base:], least
	if len(s.log) == 0 {
		s.log = nil // links keep what they were offered
	}
}

// catchUpDelay gives a link time to work off its mailbox.
const catchUpDelay = 20 * time.Millisecond

// wholeState is all registers as a list of groups.
func (s *store) wholeState() []byte {
	list := []byte{'['}
	for i, g := range s.registers.groups() {
		if i > 0 {
			list = append(list, ',')
		}
		list = g.appendJSON(list, false)
	}
	return append(list, ']')
}
