package gossip

import (
	"slices"
	"time"

	"eddy/actor"
)

// What a node of a paced star does for its leaves: at the close of each window
// it sends each what it lacks, in one message, and acknowledges.

// triesMax is how often a leaf is sent the same before it is only asked, until
// it is heard of.
const triesMax = 6

// leads reports whether a peer is a leaf of this node, as far as is known: it
// said so, or it is the cluster's beginning. Hubs come before their leaves in
// the order of nodes, so nobody is led in a circle.
func (s *star) leads(p *session) bool { return p != nil && p.hub == s.self && p.peer > s.self }

func (s *star) leadsAny() bool { return slices.ContainsFunc(s.sessions, s.leads) }

// stir tells the cadence that there is something to say to leaves.
func (s *star) stir(c *actor.Context[message]) {
	if !s.leadsAny() {
		return
	}
	if s.cadence == nil {
		s.cadence = newCadence(s.config.Interval, actor.SpawnTicker[message](c, "ticker", 0, windowClosed{}, c.Self()))
	}
	if s.cadence.stir() {
		s.closeWindow(c)
	}
}

// closeWindow sends the leaves what they lack, and sets the next window going.
func (s *star) closeWindow(c *actor.Context[message]) {
	if !s.cadence.close(c.Elapsed()) {
		return
	}
	s.cadence.closing = true
	for _, p := range s.sessions {
		switch {
		case !s.leads(p) || p.silent:
		case !p.met || p.pending(s.self, s.history):
			s.flush(c, p)
		case p.owed && c.Elapsed()-p.owedAt >= s.config.Interval/2:
			s.say(p, starMessage{})
		case p.owed:
			s.cadence.fresh = true // it may still ride on what the next window brings
		}
	}
	s.cadence.closing = false
}

// retry: what was sent, or a meeting, has not been acknowledged in time.
func (s *star) retry(c *actor.Context[message], p *session) {
	p.waiting = false
	switch {
	case p.met && p.acked >= p.sentTo && !p.silent || s.config.SkipRetries:
	case p.peer == s.hub:
		s.suspect(c)
	case s.leads(p):
		s.retryLeaf(c, p)
	default:
		p.rewind() // it has another hub by now
	}
}

// retryLeaf sends a leaf again what it has not acknowledged. One that is silent
// for longer is cut off, or has left without this node's hearing of it: it is
// asked now and then, lest everything be sent into the void again and again.
func (s *star) retryLeaf(c *actor.Context[message], p *session) {
	p.tries++
	switch {
	case p.tries > triesMax:
		p.silent = true
		fallthrough
	case !p.met:
		s.meet(c, p)
		return
	}
	tellSent(c, actor.EventRetry, s.name(p), int64(p.acked)+1, int64(len(s.history)))
	p.rewind()
	s.press(c, p)
	s.expect(c, p)
}

// tellTime tells a leaf when this window closes, and how early its last message
// came before the one that closes now.
func (s *star) tellTime(p *session, o *starMessage) {
	k := s.cadence
	if k == nil || !k.runs {
		return
	}
	o.Next = max(k.closed+k.window-s.node.Elapsed(), time.Microsecond).Microseconds()
	if k.closing && p.echo != 0 {
		o.Early, o.Echo = max(1, (k.closed-p.arrived).Microseconds()), p.echo
		p.echo = 0
	}
}
