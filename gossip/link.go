package gossip

import (
	"time"

	"eddy/actor"
	"eddy/actor/node"
	half "eddy/internal/link"
)

// The messages of a link.
type (
	linkMessage interface{}

	// offer: the store has learned these. It is what the store says again if
	// the mailbox was full, so it carries whatever must not be missed.
	offer struct {
		entries []entry
		forgot  bool // the neighbour has lost its memory: what came from there must go back, too
		role    linkRole
		greet   bool // say who is there, for this node may have lost its memory
	}
	// heard: the neighbour sent this, and the store has learned what was in it.
	heard struct {
		body   gossipBody   // with each and without acknowledgement
		linked half.Message // with cumulative
	}
	// tick: an interval is over.
	tick struct{}
	// linkRole: what the topology makes of this link.
	linkRole struct {
		near   bool // the link is one of the topology's
		paced  bool // sends at intervals, else at once
		across bool // the link is between two hubs
	}
	// timer is one of the link's.
	timer struct {
		kind timerKind
		id   int64
	}
)

type timerKind uint8

const (
	timerRetry  timerKind = iota // of the message with the id
	timerLink                    // the link of package link may have something to send
	timerResync                  // the store's mailbox may have room
)

// linkConfig is what a link is made of, the same in each of its incarnations.
type linkConfig struct {
	Config
	node  *node.Node
	store actor.Ref[message]
	peer  string
	index int32 // of the link, as in entry.from
	role  linkRole
	disk  int64 // of this node, by its name; 0 for none
}

// link is the actor that knows what one neighbour has got: the only place
// where acknowledgements of that neighbour are tracked (in acks), and nobody
// else touches them. It decides when to send, what, and when again.
type link struct {
	linkConfig
	acks   acks
	credit bool // paced: the interval before this had nothing to send, so the next value need not wait
}

// acks is one way of acknowledging: cumulative, each, or none.
type acks interface {
	// add queues values to send; forgot, if the neighbour may have had them.
	add(values []entry, forgot bool)
	// pending reports whether there is something to send that was not sent yet.
	pending() bool
	// send sends what is pending.
	send(*actor.Context[linkMessage])
	// greet makes this node known to the neighbour.
	greet(*actor.Context[linkMessage])
	// hear takes in what the neighbour said.
	hear(*actor.Context[linkMessage], heard)
	// wake handles a timer.
	wake(*actor.Context[linkMessage], timer)
}

func spawnLink(c *actor.Context[message], config linkConfig) actor.Ref[linkMessage] {
	return actor.Spawn(c, "link/"+config.peer, func(c *actor.Context[linkMessage]) actor.Actor[linkMessage] {
		l := &link{linkConfig: config, credit: true}
		l.node = config.node.For(c)
		switch config.Ack {
		case AckCumulative:
			l.acks = newCumulative(c, l)
		case AckEach:
			l.acks = newEach(c, l)
		default:
			l.acks = &unacknowledged{link: l}
		}
		if c.Restarts() > 0 {
			l.resync(c) // its queue went with the incarnation before
		}
		return l
	}, actor.Capacity(config.Mailbox))
}

func (l *link) Receive(c *actor.Context[linkMessage], m linkMessage) {
	switch m := m.(type) {
	case offer:
		l.role = m.role
		l.acks.add(l.forward(m), m.forgot)
		if m.greet && l.reaches() {
			l.acks.greet(c)
		}
		l.maybeSend(c)
	case heard:
		l.acks.hear(c, m)
	case tick:
		l.credit = !l.acks.pending()
		if l.acks.pending() {
			l.acks.send(c)
		}
	case timer:
		if m.kind == timerResync {
			l.resync(c)
		} else {
			l.acks.wake(c, m)
		}
	}
}

// resync asks the store to be offered everything from the first value on, until
// the store's mailbox takes it.
func (l *link) resync(c *actor.Context[linkMessage]) {
	if l.store.SendBy(c, resync{l.index}) != actor.Accepted {
		c.After(catchUpDelay, timer{kind: timerResync})
	}
}

// maybeSend sends at once, unless this link is paced and has sent already in
// this interval.
func (l *link) maybeSend(c *actor.Context[linkMessage]) {
	if !l.acks.pending() || l.role.paced && !l.credit {
		return
	}
	l.credit = false
	l.acks.send(c)
}

// forward picks, of what the store has learned, what goes over this link.
func (l *link) forward(o offer) []entry {
	var out []entry
	for _, e := range o.entries {
		if l.wants(e) || o.forgot && l.reaches() {
			out = append(out, e)
		}
	}
	return out
}

func (l *link) wants(e entry) bool {
	switch {
	case e.from == l.index:
		return false // the neighbour has it: it came from there
	case e.from == fromClient:
		return l.reaches()
	case l.Dissemination == Origin || l.Dissemination == Batch && l.Topology == "mesh":
		return false // the origin sends it itself
	case l.Dissemination == Batch && l.role.across && e.hub:
		return false // the hub where it began sends it to every other itself
	}
	return l.role.near
}

// reaches reports whether anything at all goes over this link.
func (l *link) reaches() bool {
	return l.role.near || l.Dissemination == Origin || l.Dissemination == Detour
}

// say sends one message to the neighbour.
func (l *link) say(o outgoing) { l.node.Send(l.peer, gossipType, o) }

// chunk is how many of the queued values fit into one message: at least one.
func (l *link) chunk(queue []entry) int {
	bytes := 0
	for i, e := range queue {
		if bytes += len(e.raw) + 1; bytes > l.BatchBytes && i > 0 {
			return i
		}
	}
	return len(queue)
}

// jitter varies a wait by a tenth, so that nodes that lost something together
// do not repeat it together.
func jitter(c *actor.Context[linkMessage], d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.9 + 0.2*c.Rand().Float64()))
}
