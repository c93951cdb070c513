package gossip

import (
	"time"

	"eddy/actor"
)

// What a node of a paced star does for its hub: it sends what the hub lacks, in
// one message a window, timed to arrive just before the hub's window closes.

// deliver sends the hub what it lacks when the pacer says so.
func (s *star) deliver(c *actor.Context[message]) {
	if s.hub == s.self || s.waiting || !s.session(s.hub).pending(s.self, s.history) {
		return
	}
	if wait := s.pacer.wait(c.Elapsed()); wait > 0 {
		s.waiting = true
		c.After(wait, bell{kind: bellPace})
		return
	}
	s.deliverNow(c)
}

// deliverNow sends the hub what it lacks, unless it is in doubt: when it
// answers, it is sent everything.
func (s *star) deliverNow(c *actor.Context[message]) {
	if s.hub != s.self && s.doubt == certain {
		s.flush(c, s.session(s.hub))
	}
}

// keepPace takes in what a message says of time. A leaf learns the hub's cadence
// from it; a hub notes how early the leaf's message came.
func (s *star) keepPace(p *session, b *starBody) {
	now := s.node.Elapsed()
	if p.peer != s.hub {
		p.arrived, p.echo = now, b.At
		return
	}
	if b.Next > 0 {
		s.pacer.heardHub(now, time.Duration(b.Next)*time.Microsecond)
	}
	if b.Early > 0 && s.pacer.known {
		s.pacer.corrected(time.Duration(b.Echo)*time.Microsecond, time.Duration(b.Early)*time.Microsecond)
	}
}
