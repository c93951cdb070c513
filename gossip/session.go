package gossip

import (
	"slices"
	"time"

	"eddy/actor"
)

// session is what a node of a paced star knows of one other node: what that one
// says of itself, what it has of this node's history, and what has come of its
// own. Acknowledgements are tracked here and nowhere else. The sessions belong
// to the star; they have no clock and send nothing.
//
// A history is the order in which a node learned its values. The parts that go
// to one peer follow each other without a gap, so that one position
// acknowledges everything before it; what the peer has, by its version vector
// or because it came from there, is passed over.
type session struct {
	peer int

	life      int64   // 0 before the first message
	pastLives []int64 // of the peer: what still comes of those says nothing
	hub       int     // the peer's, as it said last
	move      int64   // how often it has changed it

	met   bool     // what the peer has is known: it has told its versions, or has nothing yet
	known versions // what it has said it has

	epoch  int64 // how often this node's history was begun from the start
	acked  int   // position up to which the peer has acknowledged
	sentTo int   // position up to which something was sent
	seen   int   // position up to which nothing is to be sent, at least sentTo
	forgot int   // what came from the peer before this position it may have forgotten
	own    bool  // only what began here goes there, for the time being
	hurry  int   // position of a gap that was answered already

	retry   actor.Timer
	waiting bool          // for an acknowledgement or a meeting, with retry running
	tries   int           // in vain
	silent  bool          // too many of them: it is asked, and not sent to
	asked   time.Duration // when it was last asked something

	peerEpoch int64
	upTo      int64 // position in the peer's history up to which all has come
	ahead     int64 // up to which something has come
	gapTimed  bool  // a look at the gap is to come
	owed      bool  // an acknowledgement is to be sent
	owedAt    time.Duration
	ackTimer  actor.Timer

	arrived time.Duration // when the peer's last message came, to tell it how early that was
	echo    int64         // which that was: its own time of sending, as it said
	told    time.Duration // when it was first told, in this run of the cadence; 0 before
}

// begin starts this node's history from the start.
func (p *session) begin() {
	p.epoch++
	p.acked, p.sentTo, p.seen, p.hurry = 0, 0, 0, -1
	p.still()
}

// still ends the wait for an acknowledgement.
func (p *session) still() {
	p.retry.Cancel()
	p.waiting, p.tries = false, 0
}

// rewind has everything that is not acknowledged sent again.
func (p *session) rewind() { p.sentTo, p.seen = p.acked, p.acked }

// current takes note of the life in which the peer speaks, and reports whether
// that one is not over. In a new one the peer has forgotten everything: reborn.
func (p *session) current(life int64, history int) (ok, reborn bool) {
	if life == 0 || slices.Contains(p.pastLives, life) {
		return false, false
	}
	if life == p.life {
		return true, false
	}
	reborn = p.life != 0
	if reborn {
		p.pastLives = append(p.pastLives, p.life)
		p.known, p.met, p.forgot = versions{}, false, history
		p.begin()
	}
	p.life, p.hub, p.move = life, 0, 0
	p.peerEpoch, p.upTo, p.ahead, p.owed = 0, 0, 0, false
	p.echo, p.told = 0, 0
	return true, reborn
}

// moved takes note of the peer's hub, and reports whether it has changed.
// Statements may arrive in another order than they were made.
func (p *session) moved(hub int, move int64) bool {
	if move < p.move {
		return false
	}
	changed := hub != p.hub
	p.hub, p.move = hub, move
	return changed
}

// wants reports whether an entry of this node's history is to go to the peer.
func (p *session) wants(self, position int, it *item) bool {
	if int(it.from) == p.peer && position >= p.forgot || p.own && int(it.origin) != self {
		return false
	}
	return !p.known.covers(it.stamp)
}

// pending reports whether something is to be sent that was not sent yet.
func (p *session) pending(self int, history []item) bool {
	for p.seen < len(history) && !p.wants(self, p.seen, &history[p.seen]) {
		p.seen++
	}
	return p.seen < len(history)
}

// part is the next message's share of the history, of about so many bytes.
func (p *session) part(self int, history []item, bytesMax int) starMessage {
	o := starMessage{starBody: starBody{Epoch: p.epoch, First: int64(p.sentTo)}}
	bytes := 0
	for p.sentTo < len(history) {
		it := &history[p.sentTo]
		if p.wants(self, p.sentTo, it) {
			if bytes += len(it.raw) + 1; bytes > bytesMax && len(o.items) > 0 {
				break
			}
			o.items = append(o.items, *it)
		}
		p.sentTo++
	}
	p.seen, o.To = max(p.seen, p.sentTo), int64(p.sentTo)
	return o
}

// acknowledged takes in an acknowledgement and reports whether it is news.
func (p *session) acknowledged(b *starBody, history int) bool {
	if b.AckEpoch != p.epoch || b.Ack <= int64(p.acked) || b.Ack > int64(history) {
		return false
	}
	p.acked = int(b.Ack)
	p.sentTo = max(p.sentTo, p.acked) // it was rewound, and the acknowledgement was under way
	p.seen = max(p.seen, p.sentTo)
	p.still()
	return true
}

// gapAt reports whether the peer misses what follows its last acknowledgement,
// once: the second time it may be the answer that was lost.
func (p *session) gapAt(b *starBody) bool {
	if b.Gap == 0 || b.AckEpoch != p.epoch || int(b.Ack) != p.acked || p.hurry == p.acked {
		return false
	}
	p.hurry = p.acked
	return true
}

// came takes note of a part of the peer's history.
func (p *session) came(b *starBody) {
	if b.Epoch < p.peerEpoch {
		return
	}
	if b.Epoch > p.peerEpoch {
		p.peerEpoch, p.upTo, p.ahead = b.Epoch, 0, 0
	}
	if b.First <= p.upTo {
		p.upTo = max(p.upTo, b.To)
	}
	p.ahead = max(p.ahead, b.To)
}

func (p *session) gap() bool { return p.ahead > p.upTo }
