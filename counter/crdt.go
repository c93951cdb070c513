package counter

import (
	"fmt"
	"math/big"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// stateBody is what nodes tell each other with CRDT: all shards that they know of, by the incarnation of the node
// that they were added through. It is whole, since a shard is a few bytes; a neighbour that has it has all.
type stateBody struct {
	State map[string]shard `json:"state"`
	// Asks that the receiver says what it has, since it is not known to have this.
	Asks bool `json:"asks,omitzero"`
	// Hello asks for that at once: the sender has just started and may have lost its state.
	Hello bool `json:"hello,omitzero"`
}

const stateType = "counter_state"

type stateRequest = node.Request[stateBody, node.None]

type (
	// tick: an interval is over.
	tick struct{}
	// timerPatience: the neighbours have had time enough to reply to a hello.
	timerPatience struct{}
)

// crdtCounter is the actor of a node that keeps all shards of the counter and gossips about them.
//
// A shard belongs to an incarnation of a node, not to the node. A new incarnation starts from zero; if it counted in
// the shard of the one before, the other nodes, which know that shard to be larger, would ignore it. With --data the
// shard is the same one through all kills: nobody is told of more of it than the journal has.
type crdtCounter struct {
	config      Config
	node        *node.Node
	saved       *saved
	incarnation string // names this incarnation's shard
	shards      map[string]shard
	sum         *big.Int // of all shards; nil: to be made up
	neighbours  []*neighbour
	byPeer      map[string]*neighbour

	greeted bool          // the neighbours know that this node is there
	opening []readRequest // that came before the neighbours could reply
	waits   bool          // for their replies
}

func newCRDTCounter(c *actor.Context[message], n *node.Node, config Config, s *saved) actor.Actor[message] {
	r := &crdtCounter{
		config: config, node: n, saved: s, incarnation: fmt.Sprintf("%s-%016x", n.ID(), c.Rand().Uint64()),
		shards: make(map[string]shard), byPeer: make(map[string]*neighbour),
	}
	if s.name != "" {
		r.incarnation = s.name
		r.shards[r.incarnation] = s.durable
	}
	s.name = r.incarnation
	hub := n.IDs()[0]
	for _, peer := range n.IDs() {
		if peer == n.ID() || config.Topology == Star && peer != hub && n.ID() != hub {
			continue
		}
		near := &neighbour{peer: peer}
		r.neighbours = append(r.neighbours, near)
		r.byPeer[peer] = near
	}
	if len(r.neighbours) > 0 {
		actor.SpawnTicker[message](c, "ticker", config.Interval, tick{}, c.Self())
	}
	return r
}

func (r *crdtCounter) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case addRequest:
		r.greet(c)
		r.add(c, m)
	case negative:
		m.refuse()
	case readRequest:
		r.greet(c)
		r.read(m)
	case stateRequest:
		r.hear(c, m)
	case tick:
		r.greet(c)
		for _, near := range r.neighbours {
			near.tell(r, c.Elapsed())
		}
	case timerPatience:
		r.open()
	case journal.Written:
		r.saved.journal.Written(c, m)
	}
}

func (r *crdtCounter) add(c *actor.Context[message], m addRequest) {
	sum := new(big.Int).Set(r.total())
	r.saved.underway.addTo(sum)
	if !admit(m, sum) {
		return
	}
	if m.Body.Delta == 0 {
		m.Reply(node.None{})
		return
	}
	r.saved.add(c, shard{}.with(m.Body.Delta), func(err error) {
		if err != nil {
			m.Fail(err)
			return
		}
		r.shards[r.incarnation] = r.saved.durable
		r.sum = nil
		r.tellSum(c)
		m.Reply(node.None{})
	})
}

func (r *crdtCounter) read(m readRequest) {
	switch {
	case !r.waits:
		show(m, r.total())
	case len(r.opening) < r.config.WaitingMax:
		r.opening = append(r.opening, m)
	default:
		m.Fail(actor.ErrFull)
	}
}

// total is the sum of all shards. Their order makes no difference to it.
func (r *crdtCounter) total() *big.Int {
	if r.sum == nil {
		r.sum = new(big.Int)
		for _, s := range r.shards {
			s.addTo(r.sum)
		}
	}
	return r.sum
}

// tellSum tells a trace what the counter has become.
func (r *crdtCounter) tellSum(c *actor.Context[message]) {
	if c.Traced() {
		c.Trace(actor.EventState, actor.Fact{About: "sum", Value: r.total().String()})
	}
}

// greet says hello to the neighbours when the first client comes or the first interval is over, and the first reads wait
// for their replies: a node that was killed has forgotten what they know, and they take it to have that still. Who has
// not replied is greeted again (see [neighbour.tell]).
func (r *crdtCounter) greet(c *actor.Context[message]) {
	if r.greeted {
		return
	}
	r.greeted = true
	for _, near := range r.neighbours {
		if !near.heard {
			near.hello(r, c.Elapsed())
		}
	}
	if r.waits = r.unheard(); r.waits {
		c.After(r.config.Patience, timerPatience{})
	}
}

func (r *crdtCounter) unheard() bool {
	for _, near := range r.neighbours {
		if !near.heard {
			return true
		}
	}
	return false
}

// hear takes in what a neighbour has.
func (r *crdtCounter) hear(c *actor.Context[message], m stateRequest) {
	near := r.byPeer[m.From]
	if near == nil {
		return // no neighbour in this topology
	}
	for incarnation, s := range m.Body.State {
		if known := r.shards[incarnation]; !known.covers(s) {
			if r.shards[incarnation] = known.join(s); r.config.Bug == JoinAdds {
				r.shards[incarnation] = known.plus(s)
			}
			r.sum = nil
		}
	}
	if r.sum == nil {
		r.tellSum(c)
	}
	near.hear(r, c.Elapsed(), m.Body)
	if r.waits && !r.unheard() {
		r.open()
	}
}

// open replies to the reads that have waited for the neighbours.
func (r *crdtCounter) open() {
	r.waits = false
	for _, m := range r.opening {
		show(m, r.total())
	}
	r.opening = nil
}
