package link

import (
	"time"

	"eddy/actor"
)

// Window has the links of one actor send together, at most once in its length. While no link wants anything there is no
// timer; what is pushed after a silence goes at once.
//
// The actor sends itself due when it is time for [Window.Flush], and calls [Window.Arm] after each [Hear], and
// [Window.Soon] after each [Link.Push].
type Window[M any] struct {
	length time.Duration
	due    M
	links  []peerLink
	began  time.Duration // the present window
	at     time.Duration // when due comes, 0 for not at all
	timer  actor.Timer
}

// peerLink is a link and the name of its peer.
type peerLink struct {
	*Link
	peer string
}

// NewWindow gives an open window.
func NewWindow[M any](length time.Duration, due M) *Window[M] {
	return &Window[M]{length: length, due: due, began: -length}
}

// Add adds the link to a peer.
func (w *Window[M]) Add(peer string, l *Link) { w.links = append(w.links, peerLink{l, peer}) }

// Arm makes sure of a flush when a link wants one, but not within a window of the last.
func (w *Window[M]) Arm(c *actor.Context[M]) {
	now := c.Elapsed()
	first, found := time.Duration(0), false
	for _, l := range w.links {
		if at, wanted := l.Next(now); wanted && (!found || at < first) {
			first, found = at, true
		}
	}
	if found {
		w.armBy(c, first)
	}
}

// Soon makes sure of a flush now, or at the end of the window.
func (w *Window[M]) Soon(c *actor.Context[M]) {
	if len(w.links) > 0 {
		w.armBy(c, c.Elapsed())
	}
}

func (w *Window[M]) armBy(c *actor.Context[M], at time.Duration) {
	at = max(at, w.began+w.length)
	if w.at != 0 && w.at <= at {
		return
	}
	w.timer.Cancel()
	w.at = max(at, 1)
	w.timer = c.After(at-c.Elapsed(), w.due)
}

// Flush gives send what is due to each peer.
func (w *Window[M]) Flush(c *actor.Context[M], send func(peer string, o Outgoing)) {
	now := c.Elapsed()
	w.at = 0
	for _, l := range w.links {
		acked, tries, again := l.acked, l.tries, false
		for _, o := range l.Due(now) {
			w.began = now
			again = again || o.again
			if first, last := o.Numbers(); first > 0 {
				c.Trace(o.kind(), actor.Fact{About: actor.FactSent, Peer: l.peer, First: first, Last: last})
			}
			send(l.peer, o)
		}
		if l.tries > tries && !again { // a bug left out all there was
			c.Trace(actor.EventRetry, actor.Fact{About: actor.FactSent, Peer: l.peer, First: l.sent + 1, Last: l.acked + int64(len(l.queue))})
		}
		tellAcked(c, l, acked)
	}
	w.Arm(c)
}

// Hear has a link hear a message of its peer, and tells a trace what that changes.
func Hear[M any](c *actor.Context[M], l *Link, peer string, m *Message) Heard {
	epoch, acked := l.epoch, l.acked
	present, peerEpoch, upTo := l.peer.present, l.peerEpoch, l.upTo
	h := l.Hear(c.Elapsed(), m)
	if l.peer.present != present || l.peerEpoch != peerEpoch {
		upTo = 0
	}
	if l.epoch != epoch || h.Lost {
		acked = 0
		c.Trace(actor.EventState, actor.Fact{About: actor.FactForgot, Peer: peer})
	}
	if l.upTo > upTo {
		c.Trace(actor.EventState, actor.Fact{About: actor.FactHas, Peer: peer, Last: l.upTo})
	}
	tellAcked(c, peerLink{l, peer}, acked)
	return h
}

// tellAcked tells a trace what the peer has acknowledged, if that is more than it was.
func tellAcked[M any](c *actor.Context[M], l peerLink, was int64) {
	if l.acked > was {
		c.Trace(actor.EventState, actor.Fact{About: actor.FactAcked, Peer: l.peer, Last: l.acked})
	}
}
