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
		for _, p := range s.sessions {
			if p != nil {
				p.told = 0
			}
		}
		return
	}
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
}

// retry: what was sent, or a meeting, has not been acknowledged in time.
func (s *star) retry(c *actor.Context[message], p *session) {
	p.waiting = false
	switch {
	case p.met && p.acked >= p.sentTo && !p.silent || s.config.Bug == SkipRetries:
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

// forgive has what a leaf brought late sent soon, in a message to each leaf: else
// it would wait for a whole window. What comes late with it goes with it. Only of
// a leaf that knew the cadence a window ago is it known that it meant to be in time.
func (s *star) forgive(c *actor.Context[message], p *session) {
	k := s.cadence
	if k == nil || k.late || !s.leads(p) || !k.justClosed(c.Elapsed()) {
		return
	}
	if p.told != 0 && p.told < k.closed-k.window {
		k.late = true
		c.After(k.gather(), bell{kind: bellLate})
	}
}

// sendLate sends the leaves what came late for the window that closed last.
func (s *star) sendLate(c *actor.Context[message]) {
	s.cadence.late = false
	for _, p := range s.sessions {
		if s.leads(p) && !p.silent && p.met && p.pending(s.self, s.history) {
			s.flush(c, p)
		}
	}
}

// tellTime tells a leaf when this window closes, and how long before a close its
// last message came: nearly a window, if it came late.
func (s *star) tellTime(p *session, o *starMessage) {
	k := s.cadence
	if k == nil || !k.runs {
		return
	}
	o.Next = max(k.closed+k.window-s.node.Elapsed(), time.Microsecond).Microseconds()
	if p.echo == 0 {
		return
	}
	early := (k.closed - p.arrived) % k.window
	if early < 0 {
		early += k.window
	}
	o.Early, o.Echo = max(1, early.Microseconds()), p.echo
	p.echo = 0
	if p.told == 0 {
		p.told = k.closed
	}
}
