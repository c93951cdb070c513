package counter

import (
	"maps"
	"time"
)

// neighbour is what a crdtCounter knows of a peer that it gossips with. What the neighbour has is what it said last, so
// a later interval repairs whatever the network loses, repeats or reorders.
type neighbour struct {
	peer  string
	has   map[string]shard // as it said
	heard bool             // it has said something to this incarnation of ours
	owes  bool             // it asked what this node has

	sent   map[string]shard // what it was told last
	sentAt time.Duration
}

// tell sends, at the end of an interval, what the neighbour is not known to have or has asked for, and says hello to one
// that has said nothing. The same is sent again only after two intervals: the reply comes with the neighbour's own.
func (n *neighbour) tell(r *crdtCounter, now time.Duration) {
	lacks := n.lacks(r.shards)
	due := now-n.sentAt > r.config.Interval*3/2 && r.config.Bug != TellsOnce
	if !n.heard && due {
		n.hello(r, now)
	} else if n.owes || lacks && (due || !maps.EqualFunc(n.sent, r.shards, shard.equals)) {
		n.send(r, now, stateBody{Asks: lacks})
	}
}

// hello asks what the neighbour has.
func (n *neighbour) hello(r *crdtCounter, now time.Duration) {
	n.send(r, now, stateBody{Asks: true, Hello: true})
}

// hear takes in what the neighbour said.
func (n *neighbour) hear(r *crdtCounter, now time.Duration, m stateBody) {
	n.has, n.heard = m.State, true
	n.owes = n.owes || m.Asks
	if m.Hello {
		n.send(r, now, stateBody{Asks: n.lacks(r.shards)})
	}
}

func (n *neighbour) send(r *crdtCounter, now time.Duration, m stateBody) {
	m.State = maps.Clone(r.shards)
	n.sent, n.sentAt, n.owes = m.State, now, false
	if r.config.Bug == HearsAll {
		n.has = m.State
	}
	r.node.Send(n.peer, stateType, m)
}

// lacks reports whether the neighbour is not known to have all of the shards.
func (n *neighbour) lacks(shards map[string]shard) bool {
	for incarnation, s := range shards {
		if !n.has[incarnation].covers(s) {
			return true
		}
	}
	return false
}
