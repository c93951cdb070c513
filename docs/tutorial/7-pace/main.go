// Command 7-pace is the last step of the tutorial: every window has one message each way between a node and the hub.
// Acknowledgements ride on messages that go anyway, and a node's message reaches the hub just before the hub sends its own.
package main

import (
	"slices"
	"time"

	"github.com/spf13/pflag"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/cli"
	"eddy/cli/service"
	workload "eddy/workload/broadcast"
)

// What the actor is sent.
type (
	message any

	topology  = node.Request[node.None, node.None]
	broadcast = node.Request[value, node.None]
	batch     = node.Request[items, node.None]
	read      = node.Request[node.None, values]
	tick      struct{} // a window is over
	beat      struct{} // the time has come at which a message reaches the hub in time
)

type value struct {
	Message int64 `json:"message" wire:"required"`
}

// items are the values of a link that are not acknowledged, numbered from First.
type items struct {
	First int     `json:"first"`
	Items []int64 `json:"items"`
	Got   int     `json:"got"`      // so many of the other side's have come
	Early int64   `json:"early_ms"` // of the hub: so long before this message the last one came; 0 if none did
}

type values struct {
	Messages []int64 `json:"messages"`
}

const (
	margin   = 10 * time.Millisecond // how early a message should reach the hub
	patience = 4                     // windows until what is not acknowledged is sent again
)

// link is what a node knows of a neighbour.
type link struct {
	neighbour string
	out       []int64       // values that it has not acknowledged
	acked     int           // values that it has, in all
	sent      int           // of out
	got       int           // values that have come from it, in all
	owes      bool          // an acknowledgement
	age       int           // windows since the last message to it
	arrived   time.Duration // when its last message came; of the hub 0 once it has told that
}

// store is the actor. Only its goroutine touches it, so it needs no lock.
type store struct {
	node   *node.Node
	window time.Duration
	links  []*link
	known  []int64
	seen   map[int64]bool

	// Of a node that is not the hub.
	delay time.Duration // from the hub's message to this node's next one
	due   bool          // a beat is on its way
}

func (s *store) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case topology:
		m.Reply(node.None{}) // an offer: the nodes make a star
	case broadcast:
		s.learn(m.Body.Message, "")
		m.Reply(node.None{})
		if !s.isHub() {
			s.beatAfter(c, s.untilBeat(c.Elapsed()))
		}
	case batch:
		s.take(c, m)
	case tick:
		for _, l := range s.links {
			if l.age++; s.isHub() || l.age >= patience {
				s.flush(c, l)
			}
		}
	case beat:
		s.due = false
		s.flush(c, s.links[0])
	case read:
		m.Reply(values{s.known})
	}
}

// isHub reports whether this node is the hub, which is the first one.
func (s *store) isHub() bool { return s.node.ID() == s.node.IDs()[0] }

// learn notes a value that is new, and that all neighbours lack it but the one that it came from.
func (s *store) learn(v int64, from string) {
	if s.seen[v] {
		return
	}
	s.seen[v] = true
	s.known = append(s.known, v)
	for _, l := range s.links {
		if l.neighbour != from {
			l.out = append(l.out, v)
		}
	}
}

// take takes in a message of a neighbour: what it acknowledges, its values, and for a node that is not the hub when to send.
func (s *store) take(c *actor.Context[message], m batch) {
	l := s.links[slices.IndexFunc(s.links, func(l *link) bool { return l.neighbour == m.From })]
	if n := m.Body.Got - l.acked; n > 0 {
		l.out, l.acked, l.sent = l.out[n:], l.acked+n, max(0, l.sent-n)
	}
	for i, v := range m.Body.Items {
		if m.Body.First+i == l.got { // else it came before
			l.got++
			s.learn(v, m.From)
		}
	}
	l.owes = l.owes || len(m.Body.Items) > 0
	l.arrived = c.Elapsed()
	if s.isHub() {
		return
	}
	if early := time.Duration(m.Body.Early) * time.Millisecond; early > 0 {
		s.delay = (s.delay + early - margin + s.window) % s.window
	}
	s.beatAfter(c, s.delay)
}

// flush sends a neighbour all that it has not acknowledged, if there is anything to say: a new value, or after some windows
// one that is still not acknowledged, or an acknowledgement that found no message to ride on.
func (s *store) flush(c *actor.Context[message], l *link) {
	late := l.age >= patience && (len(l.out) > 0 || l.owes)
	if len(l.out) == l.sent && !late {
		return
	}
	b := items{First: l.acked, Items: l.out, Got: l.got}
	if s.isHub() && l.arrived > 0 {
		b.Early = max(1, (c.Elapsed() - l.arrived).Milliseconds())
		l.arrived = 0
	}
	s.node.Send(l.neighbour, "batch", b)
	l.sent, l.owes, l.age = len(l.out), false, 0
}

// beatAfter has this node's next message go to the hub after a while, unless it is on its way.
func (s *store) beatAfter(c *actor.Context[message], d time.Duration) {
	if !s.due {
		s.due = true
		c.After(d, beat{})
	}
}

// untilBeat is how long the next message is to wait. To a hub that has been silent for long it goes at once.
func (s *store) untilBeat(now time.Duration) time.Duration {
	last := s.links[0].arrived
	if now > last+2*s.window {
		return 0
	}
	return (last + s.delay - now + 3*s.window) % s.window
}

// serve builds the node: its actor, a ticker, and which messages go to the actor.
func serve(window time.Duration) node.Service {
	return func(n *node.Node) error {
		to := actor.Spawn(n, "store", func(c *actor.Context[message]) actor.Actor[message] {
			s := &store{node: n.For(c), window: window, seen: map[int64]bool{}}
			for i, id := range n.IDs() {
				if id != n.ID() && (s.isHub() || i == 0) {
					s.links = append(s.links, &link{neighbour: id})
				}
			}
			return s
		})
		actor.SpawnTicker[message](n, "ticker", window, tick{}, to)
		node.Handle(n, "topology", to, func(r topology) message { return r })
		node.Handle(n, "broadcast", to, func(r broadcast) message { return r })
		node.Handle(n, "batch", to, func(r batch) message { return r })
		node.Handle(n, "read", to, func(r read) message { return r })
		return nil
	}
}

// flags declares --window, which comes after -- on the command line.
func flags(set *pflag.FlagSet) service.Build {
	window := set.Duration("window", 800*time.Millisecond, "between two messages to a node")
	return func() (node.Service, error) { return serve(*window), nil }
}

func main() {
	cli.Main(service.Service{Workload: workload.New(), Short: "Paced batches over a star", Flags: flags})
}
