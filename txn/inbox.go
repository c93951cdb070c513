package txn

import "slices"

// inbox is what has come from a peer: of which life and epoch, and up to which
// number without a gap. What still comes of a life or an epoch that is over says
// nothing.
type inbox struct {
	life      int64 // 0 before the first message
	pastLives []int64
	epoch     int64
	upTo      int64
	early     []arrival // behind a gap, by number

	// What the link is still to be told.
	owes  bool // an acknowledgement
	acked ack  // what the peer has acknowledged
}

// ack is an acknowledgement of ours by a peer.
type ack struct {
	epoch, upTo int64
	gap         bool
}

// hear applies what a peer has sent, and leaves word for the link.
//
// Whole transactions are applied in the order in which the peer did them: those
// that come early wait. Single writes are applied when they come.
func (s *store) hear(r replicateRequest) {
	index, known := s.byID[r.From]
	if !known {
		return
	}
	p, b := s.peers[index], &r.Body
	if !p.current(b) {
		return
	}
	p.heard = true
	if count := b.count(); count > 0 {
		p.owes = true
		a := arrival{first: b.First, next: b.First + count, groups: b.Entries, back: b.Back != 0}
		if b.State != nil {
			a.groups = b.State
		}
		if s.config.Strategy == Writes {
			s.take(p, a)
			a.groups = nil
		}
		p.wait(a)
		for next, ready := p.ready(); ready; next, ready = p.ready() {
			s.take(p, next)
		}
	}
	if b.AckLife == s.life {
		p.acked = ack{epoch: b.AckEpoch, upTo: b.Ack, gap: b.Gap != 0}
	}
}

// take applies what one message brought. What a node that lost its memory is given
// back, others may lack: it may have told one peer and not the next before it was
// killed.
func (s *store) take(p *peer, a arrival) {
	place, _ := s.node.Place(p.id)
	if news := s.apply(place, p.life, a.groups); !news || !a.back {
		return
	}
	for _, other := range s.peers {
		other.whole = other.whole || other != p
	}
}

// arrival is the entries of one message, with the numbers from first up to next.
type arrival struct {
	first, next int64
	groups      []groupBody
	back        bool
}

// earlyMax bounds the messages that wait for others before them.
const earlyMax = 256

// wait puts a message among those to be applied in their order.
func (i *inbox) wait(a arrival) {
	if a.next-1 <= i.upTo || len(i.early) >= earlyMax && a.first > i.upTo+1 {
		return // had already, or too much: it comes again
	}
	at, same := slices.BinarySearchFunc(i.early, a.first, func(e arrival, first int64) int { return int(e.first - first) })
	if !same || i.early[at].next < a.next {
		i.early = slices.Insert(i.early, at, a)
	}
}

// ready takes out the next message that nothing is missing before.
func (i *inbox) ready() (arrival, bool) {
	for len(i.early) > 0 && i.early[0].first <= i.upTo+1 {
		a := i.early[0]
		i.early = i.early[1:]
		if a.next-1 > i.upTo {
			i.upTo = a.next - 1
			return a, true
		}
	}
	return arrival{}, false
}

// current reports whether a message belongs to the peer's present life and epoch,
// having taken note of a new one.
func (p *peer) current(b *replicateBody) bool {
	switch {
	case b.Life == 0 || slices.Contains(p.pastLives, b.Life):
		return false
	case b.Life != p.life:
		if p.life != 0 {
			p.pastLives = append(p.pastLives, p.life)
			p.whole, p.back = true, true
		}
		p.life, p.epoch, p.upTo, p.early = b.Life, b.Epoch, 0, nil
		p.owes = true // it may be waiting for an answer to its greeting
	case b.Epoch < p.epoch:
		return false
	case b.Epoch > p.epoch:
		p.epoch, p.upTo, p.early = b.Epoch, 0, nil
	}
	return true
}

// news is what the link is told of what has come.
func (i *inbox) news() heard {
	return heard{life: i.life, epoch: i.epoch, upTo: i.upTo, owes: i.owes, gap: len(i.early) > 0, acked: i.acked}
}

// forget: the link was told.
func (i *inbox) forget() { i.owes, i.acked = false, ack{} }
