package gossip

import (
	"fmt"
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

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
	// resync: a link's neighbour has forgotten everything, it needs all again.
	resync struct{ link int32 }
	// alone: no word has come since init, but perhaps the topology that shows that
	// this is the cluster's beginning.
	alone struct{}
)

// aloneFor is how long a node waits for a first word after init.
const aloneFor = 5 * time.Second

// store is the actor that owns the set of one node. It answers clients, learns
// from neighbours, and offers what is new to the links; which neighbour has
// got what is none of its business, but the links'.
type store struct {
	config   Config
	node     *node.Node
	topology topology
	field    string // of a read's answer
	values   values
	journal  *journal.Journal[message] // nil: in memory only
	disk     int64                     // its name; 0 for none
	unsaved  []entry                   // came from neighbours when the disk was full
	links    []*neighbour
	byPeer   map[string]int32
	pacing   []actor.Ref[actor.Pace] // the tickers of the links
	tickers  int                     // spawned so far: those before may still be ending
	settled  bool                    // told of a topology, or the neighbours greeted
	behind   bool                    // catchUp is on its way
}

// neighbour is what the store knows of a link.
type neighbour struct {
	peer    string
	link    actor.Ref[linkMessage]
	offered int  // of the log
	forgot  bool // has lost its memory, and is to be offered everything
	role    linkRole
	greet   bool // to be greeted
	untold  bool // the role or the greeting has not reached the link
}

func newStore(c *actor.Context[message], n *node.Node, config Config, field string, j *journal.Journal[message], records []saved) actor.Actor[message] {
	t, err := parseTopology(config.Topology)
	if err != nil {
		panic(err) // Config.Check lets no such topology through
	}
	s := &store{config: config, node: n, topology: t, field: field, values: newValues(), journal: j, byPeer: make(map[string]int32)}
	s.recall(c, records)
	self, _ := n.Place(n.ID())
	var near []string
	for _, i := range t.neighbours(self, len(n.IDs())) {
		near = append(near, n.IDs()[i])
	}
	s.connect(c, near)
	c.After(aloneFor, alone{})
	return s
}

// connect makes the links. The origin's strategies have one to everybody.
func (s *store) connect(c *actor.Context[message], near []string) {
	for _, l := range s.links {
		l.role, l.untold = s.role(l.peer, near), true
	}
	reach := near
	if s.config.Dissemination == Origin || s.config.Dissemination == Detour {
		reach = s.node.IDs()
	}
	for _, peer := range reach {
		if _, known := s.byPeer[peer]; !known && peer != s.node.ID() {
			s.addLink(c, peer, s.role(peer, near))
		}
	}
	s.startTickers(c, len(near))
	s.offerAll(c)
}

// role is what a topology with these neighbours makes of the link to a node.
func (s *store) role(peer string, near []string) linkRole {
	self, _ := s.node.Place(s.node.ID())
	other, _ := s.node.Place(peer)
	return linkRole{near: slices.Contains(near, peer), paced: s.paced(len(near)), across: s.topology.across(self, other)}
}

// paced reports whether a node with so many neighbours sends at intervals.
func (s *store) paced(neighbours int) bool { return s.interval(neighbours) > 0 }

func (s *store) interval(neighbours int) time.Duration {
	if neighbours == 1 {
		return s.config.LeafInterval
	}
	return s.config.Interval
}

// startTickers starts the actors that pace the links, anew if there were some.
// Links between hubs have one of their own where their interval is another.
func (s *store) startTickers(c *actor.Context[message], neighbours int) {
	for _, ticker := range s.pacing {
		ticker.Stop()
	}
	s.pacing = nil
	every := s.interval(neighbours)
	if every == 0 {
		return
	}
	between := s.config.HubInterval
	if between == every {
		between = 0
	}
	var own, across []actor.Ref[linkMessage]
	for _, l := range s.links {
		if l.role.across && between > 0 {
			across = append(across, l.link)
		} else {
			own = append(own, l.link)
		}
	}
	s.startTicker(c, every, own)
	s.startTicker(c, between, across)
}

func (s *store) startTicker(c *actor.Context[message], every time.Duration, links []actor.Ref[linkMessage]) {
	if len(links) > 0 {
		s.tickers++
		s.pacing = append(s.pacing, actor.SpawnTicker[linkMessage](c, fmt.Sprintf("ticker/%d", s.tickers), every, tick{}, links...))
	}
}

func (s *store) addLink(c *actor.Context[message], peer string, role linkRole) *neighbour {
	index := int32(len(s.links))
	l := &neighbour{peer: peer, role: role}
	l.link = spawnLink(c, linkConfig{
		Config: s.config, node: s.node, store: c.Self(), peer: peer, index: index, role: l.role, disk: s.disk,
	})
	s.links = append(s.links, l)
	s.byPeer[peer] = index
	return l
}

func (s *store) Receive(c *actor.Context[message], m message) {
	s.greet(c, m)
	switch m := m.(type) {
	case broadcastRequest:
		s.take(c, m.Body.Message, func() { m.Reply(node.None{}) }, m.Fail)
	case addRequest:
		s.take(c, m.Body.Element, func() { m.Reply(node.None{}) }, m.Fail)
	case readRequest:
		m.ReplyWith(listed{s.field, s.values.encoded})
	case topologyRequest:
		s.given(c, m)
	case topologyNotice:
		m.Reply(node.None{})
	case gossipRequest:
		s.hear(c, m.From, m.Body.Values, false, func(err error) heard {
			if err != nil {
				m.Body.ID = 0
			}
			return heard{body: m.Body}
		})
	case linkRequest:
		_, back := noted(m.Body.Note)
		s.hear(c, m.From, m.Body.Items, back, func(err error) heard {
			if err != nil {
				m.Body.Items = nil
			}
			return heard{linked: m.Body}
		})
	case journal.Written:
		s.journal.Written(c, m)
	case catchUp:
		s.behind = false
		s.offerAll(c)
	case resync:
		s.links[m.link].offered, s.links[m.link].forgot = 0, true
		s.offerAll(c)
	}
}

// greet has the neighbours told of this node where it may have lost its memory:
// Maelstrom gives a topology to all nodes at the beginning, before any client
// comes, but none to a node that it has killed and started again. Before a
// client comes, other nodes may not be there yet, and must not be sent to; after
// aloneFor they are.
func (s *store) greet(c *actor.Context[message], m message) {
	if s.settled {
		return
	}
	switch m.(type) {
	case topologyRequest, topologyNotice:
		s.settled = true
		s.offerAll(c) // what the journal had
	case broadcastRequest, addRequest, readRequest, gossipRequest, linkRequest, alone:
		s.settled = true
		for _, l := range s.links {
			l.greet, l.untold = true, true
		}
		s.offerAll(c)
	}
}

// take enters a client's value: it is acknowledged as soon as this node has it, with --data on its disk.
func (s *store) take(c *actor.Context[message], value wire.Raw, ok func(), fail func(error)) {
	if s.journal == nil {
		if fresh, err := s.values.learn(value, fromClient); err != nil {
			fail(node.Errorf(maelstrom.MalformedRequest, "%v", err))
		} else {
			ok()
			s.learned(c, fresh)
		}
		return
	}
	known, err := s.values.knows(value)
	switch {
	case err != nil:
		fail(node.Errorf(maelstrom.MalformedRequest, "%v", err))
	case known:
		s.save(c, nil, func(err error) { answer(err, ok, fail) }) // it may be on its way to the disk
	default:
		s.journal.Append(c, saved{Values: []wire.Raw{value}}.record(), func(err error) {
			answer(err, ok, fail)
			if err == nil {
				fresh, _ := s.values.learn(value, fromClient)
				s.learned(c, fresh)
			}
		})
	}
}

func answer(err error, ok func(), fail func(error)) {
	if err != nil {
		fail(err)
		return
	}
	ok()
}

// learned tells of a client's value, if it was new.
func (s *store) learned(c *actor.Context[message], fresh bool) {
	if fresh {
		tellLearned(c, s.values.last())
		s.offerAll(c)
	}
}

// given takes Maelstrom's topology, which is the one to use.
func (s *store) given(c *actor.Context[message], m topologyRequest) {
	near, err := givenTo(s.node.ID(), m.Body.Topology)
	if err != nil {
		m.Fail(node.Errorf(maelstrom.MalformedRequest, "topology: %v", err))
		return
	}
	s.connect(c, slices.DeleteFunc(near, func(peer string) bool {
		_, listed := s.node.Place(peer)
		return !listed
	}))
	m.Reply(node.None{})
}

// hear learns from a neighbour, then lets its link know what came: so nothing is acknowledged that is not in the set, and
// with --data on this node's disk. If the disk fails the neighbour's own acknowledgement counts, and its values come again.
// They are shown and sent on before, since they are on the disk of the node that a client gave them to.
func (s *store) hear(c *actor.Context[message], peer string, values []wire.Raw, back bool, saved func(error) heard) {
	index, known := s.byPeer[peer]
	if !known {
		if _, listed := s.node.Place(peer); !listed {
			return
		}
		s.addLink(c, peer, linkRole{})
		index = s.byPeer[peer]
	}
	from, hub := index, s.links[index].role.across
	if back {
		from, hub = fromClient, false // what the origin got back it must send to all again
	}
	before := len(s.values.log)
	for _, value := range values {
		if isNew, err := s.values.learn(value, from); err == nil && isNew {
			s.values.log[len(s.values.log)-1].hub = hub
			tellLearned(c, s.values.last())
		}
	}
	s.save(c, s.values.log[before:], func(err error) {
		s.links[index].link.SendBy(c, saved(err))
	})
	if len(s.values.log) > before {
		s.offerAll(c)
	}
}

// offerAll tells every link what it has not been told, and offers it what it has
// not been offered: a slice of the log, whose entries never change. A link with
// a full mailbox is told later.
func (s *store) offerAll(c *actor.Context[message]) {
	if !s.settled && len(s.values.log) > 0 {
		return // of the journal: other nodes may not be there yet
	}
	for _, l := range s.links {
		if l.offered == len(s.values.log) && !l.untold {
			continue
		}
		news := offer{
			entries: s.values.log[l.offered:len(s.values.log):len(s.values.log)],
			forgot:  l.forgot, role: l.role, greet: l.greet,
		}
		if l.link.SendBy(c, news) == actor.Accepted {
			l.offered, l.forgot, l.greet, l.untold = len(s.values.log), false, false, false
		} else if !s.behind {
			s.behind = true
			c.After(catchUpDelay, catchUp{})
		}
	}
}

// catchUpDelay gives a link time to work off its mailbox.
const catchUpDelay = 20 * time.Millisecond
