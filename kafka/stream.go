package kafka

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"eddy/actor/node/wire"
)

// stream is one node's half of its conversation with one peer: what it says is
// numbered from 1, arrives once and in order, and is sent again until the peer
// has acknowledged it. It is a state machine without a clock or a mailbox: the
// broker that owns it tells the time, hands it what came and sends what it
// wants sent.
//
// An acknowledgement says up to which number everything came, and rides on
// what goes anyway where it can. What stays unacknowledged for pace.retry is
// probed with one message, from the first on; the rest follows when that
// came through (go-back-N, so a partition of any length costs one message a
// retry). What overtakes waits for what it overtook. Lives tell a node's memory
// from the one it lost, epochs the numberings of one life: there is a new one
// when the peer has lost its memory.
type stream struct {
	pace pace

	life, epoch int64
	peerLife    int64   // 0 before the first message
	pastLives   []int64 // of the peer; what still comes of them says nothing

	peerEpoch int64
	upTo      int64    // number of the last item that came from the peer without a gap
	early     []parcel // what came from behind a gap

	queue   []item        // what is not acknowledged
	acked   int64         // number of the last item that was: of the queue's first, less one
	sent    int64         // number of the last item sent
	resend  time.Duration // when to probe, if sent is above acked
	probing bool          // no answer came in time: one message at a time
	reached int64         // the highest mark among what was acknowledged

	owes  bool          // an acknowledgement
	oweBy time.Duration // when it goes by itself

	hails  bool          // wants to be known to the peer
	hailAt time.Duration // when to say so again
	heard  time.Duration // when the peer was last heard
}

// item is one thing to say, encoded; it may carry a mark, a number that only grows.
type item struct {
	data []byte
	mark int64
}

// pace is when a stream sends.
type pace struct {
	retry    time.Duration // until what is not acknowledged is sent again
	retryMax time.Duration // between the tries that follow
	ackDelay time.Duration // how long an acknowledgement waits for a message to ride on
	bytes    int           // of the items of one message; a longer item goes alone
}

const (
	burst    = 16 // messages of a stream that go at one time
	earlyMax = 64 // messages that wait behind a gap
)

func (s *stream) push(data []byte, mark int64) { s.queue = append(s.queue, item{data, mark}) }

// parcel is one message of a stream: what the stream itself has to say, and
// beside it the sender's clock.
type parcel struct {
	Life  int64      `json:"life" wire:"required"`
	Epoch int64      `json:"epoch" wire:"required"`
	To    int64      `json:"to"`    // the life of the receiver that the sender knows, 0 for none
	First int64      `json:"first"` // number of the first item
	Items []wire.Raw `json:"items"`
	Of    int64      `json:"of"`    // the receiver's epoch that Ack speaks of
	Ack   int64      `json:"ack"`   // up to this number everything came
	Clock int64      `json:"clock"` // the sender's Lamport clock
	Hail  int64      `json:"hail"`  // 1: the sender waits to hear of the receiver
}

// hear takes in a message. It returns the items that are new, in order, and
// whether the peer has lost its memory since the last one, in which case
// nothing said before reached the life that speaks now.
func (s *stream) hear(now time.Duration, p *parcel) (fresh []wire.Raw, forgot bool) {
	if slices.Contains(s.pastLives, p.Life) {
		return nil, false
	}
	if p.Life != s.peerLife {
		forgot = s.peerLife != 0
		s.meet(p.Life)
	}
	s.heard, s.hails = now, false
	if p.Hail != 0 {
		s.owe(now)
	}
	switch {
	case p.To != 0 && p.To != s.life:
		s.owe(now) // said to a life that is over: it should know
		return nil, forgot
	case p.Epoch < s.peerEpoch:
		return nil, forgot
	case p.Epoch > s.peerEpoch:
		s.peerEpoch, s.upTo, s.early = p.Epoch, 0, nil
	}
	if p.To == s.life && p.Of == s.epoch {
		s.acknowledged(now, p.Ack)
	}
	if len(p.Items) > 0 {
		s.owe(now)
		fresh = s.take(p)
	}
	return fresh, forgot
}

// take is what a message brings that is new, with what it lets through.
func (s *stream) take(p *parcel) (fresh []wire.Raw) {
	if p.First > s.upTo+1 {
		at, there := slices.BinarySearchFunc(s.early, p.First, func(e parcel, first int64) int { return cmp.Compare(e.First, first) })
		if !there && len(s.early) < earlyMax {
			s.early = slices.Insert(s.early, at, *p)
		}
		return nil
	}
	fresh = s.through(fresh, p)
	for len(s.early) > 0 && s.early[0].First <= s.upTo+1 {
		fresh = s.through(fresh, &s.early[0])
		s.early = slices.Delete(s.early, 0, 1)
	}
	return fresh
}

func (s *stream) through(fresh []wire.Raw, p *parcel) []wire.Raw {
	if last := p.First + int64(len(p.Items)) - 1; last > s.upTo {
		fresh = append(fresh, p.Items[s.upTo+1-p.First:]...)
		s.upTo = last
	}
	return fresh
}

// meet begins with a life of the peer. What the one before was told is gone
// with it.
func (s *stream) meet(life int64) {
	if s.peerLife != 0 {
		s.pastLives = append(s.pastLives, s.peerLife)
		s.queue, s.acked, s.sent, s.probing = nil, 0, 0, false
		s.epoch++
	}
	s.peerLife, s.peerEpoch, s.upTo, s.early = life, 0, 0, nil
}

func (s *stream) owe(now time.Duration) {
	if !s.owes {
		s.owes, s.oweBy = true, now+s.pace.ackDelay
		if s.peerLife != 0 && s.upTo == 0 {
			s.oweBy = now // it may be waiting to hear who is there
		}
	}
}

func (s *stream) acknowledged(now time.Duration, upTo int64) {
	n := int(upTo - s.acked)
	if n <= 0 || n > len(s.queue) {
		return
	}
	for _, i := range s.queue[:n] {
		s.reached = max(s.reached, i.mark)
	}
	if s.queue = s.queue[n:]; len(s.queue) == 0 {
		s.queue = nil
	}
	s.acked, s.probing = upTo, false
	s.sent = max(s.sent, upTo)
	s.resend = now + s.pace.retry
}

// due is what to send now.
func (s *stream) due(now time.Duration) []outgoing {
	if s.sent > s.acked && now >= s.resend {
		s.sent, s.probing = s.acked, true
	}
	var out []outgoing
	for s.pending() && len(out) < burst {
		if s.sent == s.acked {
			s.resend = now + s.patience()
		}
		n := s.fitting()
		start := s.sent - s.acked
		out = append(out, s.outgoing(s.queue[start:start+n]))
		s.sent += n
	}
	if len(out) == 0 && (s.owes && now >= s.oweBy || s.hails && now >= s.hailAt) {
		out = append(out, s.outgoing(nil))
	}
	if len(out) > 0 {
		s.owes = false
		s.hailAt = now + s.pace.retry
	}
	return out
}

// patience is how long the oldest item under way waits to be acknowledged.
func (s *stream) patience() time.Duration {
	if s.probing {
		return s.pace.retryMax
	}
	return s.pace.retry
}

// pending reports whether there are items that have not been sent, or are to be
// sent again. While probing, one message is under way at most.
func (s *stream) pending() bool {
	return s.sent-s.acked < int64(len(s.queue)) && !(s.probing && s.sent > s.acked)
}

// fitting is how many of the items to send go into one message: at least one.
func (s *stream) fitting() int64 {
	bytes := 0
	rest := s.queue[s.sent-s.acked:]
	for i, it := range rest {
		if bytes += len(it.data) + 1; bytes > s.pace.bytes && i > 0 {
			return int64(i)
		}
	}
	return int64(len(rest))
}

func (s *stream) outgoing(items []item) outgoing {
	o := outgoing{life: s.life, epoch: s.epoch, to: s.peerLife, of: s.peerEpoch, ack: s.upTo, items: items, hail: s.hails}
	if len(items) > 0 {
		o.first = s.sent + 1
	}
	return o
}

// next is when the stream wants to be asked what is due; wanted is false while
// it has nothing to say and waits for nothing.
func (s *stream) next(now time.Duration) (at time.Duration, wanted bool) {
	soonest := func(t time.Duration) {
		if !wanted || t < at {
			at, wanted = t, true
		}
	}
	if s.pending() {
		soonest(now)
	}
	if s.sent > s.acked {
		soonest(s.resend)
	}
	if s.owes {
		soonest(s.oweBy)
	}
	if s.hails {
		soonest(s.hailAt)
	}
	return at, wanted
}

// silent reports whether the peer should have answered by now: something is
// unacknowledged, and nothing has come for so long.
func (s *stream) silent(now, patience time.Duration) bool {
	return s.sent > s.acked && s.probing && now-s.heard > patience
}

// outgoing is a parcel on its way out.
type outgoing struct {
	life, epoch, to, first, of, ack, clock int64

	items []item
	hail  bool
}

// AppendFields writes the fields; those that are 0 are left out.
func (o outgoing) AppendFields(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `"life":`...), o.life, 10)
	for _, f := range [...]struct {
		name  string
		value int64
	}{{`,"epoch":`, o.epoch}, {`,"to":`, o.to}, {`,"first":`, o.first}, {`,"of":`, o.of}, {`,"ack":`, o.ack}, {`,"clock":`, o.clock}} {
		if f.value != 0 {
			dst = strconv.AppendInt(append(dst, f.name...), f.value, 10)
		}
	}
	if o.hail {
		dst = append(dst, `,"hail":1`...)
	}
	if len(o.items) == 0 {
		return dst
	}
	dst = append(dst, `,"items":`...)
	for i, it := range o.items {
		dst = append(append(dst, separator(i)), it.data...)
	}
	return append(dst, ']')
}
