package link

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"eddy/actor/node/wire"
)

// Link is one node's half of its connection to one peer. It belongs to whoever made it, one goroutine.
type Link struct {
	config Config
	peer   incarnations

	peerEpoch int64
	upTo      int64     // number of the last item that came from the peer without a gap
	early     []Message // what came from behind a gap
	waiting   int       // items of those
	gapTimed  bool
	gapAt     time.Duration // if so: when to tell the peer of the gap

	epoch   int64         // which of this half's numberings is in use
	queue   []item        // what is not acknowledged
	acked   int64         // number of the last item that was: of the queue's first, less one
	sent    int64         // number of the last item sent, of those that need not be sent again
	told    int64         // number of the last item ever sent
	retryAt time.Duration // when to probe, if sent is above acked
	probing bool          // no acknowledgement came in time: one message at a time
	tries   int           // to send again since the last acknowledgement
	fill    int64         // the peer waits for what is missing up to this number
	filled  int64         // where the last such gap began, which is filled once
	reached int64         // the highest mark among what was acknowledged
	dropped bool          // the queue grew too long; the user does not know yet

	owesAck bool
	ackAt   time.Duration // when the acknowledgement goes alone

	hello   bool          // wants to be known to the peer
	helloAt time.Duration // when to say so again
	heard   time.Duration // when the present incarnation was last heard

	replies []Outgoing // to challenges, and challenges
}

// item is one thing to say, encoded; it may carry a mark, a number that only grows.
type item struct {
	data []byte
	mark int64
}

// Config is when a link sends, and how much it holds. No field may be 0, but Tries, AckDelay and Bug.
type Config struct {
	Retry    time.Duration // until what is not acknowledged is sent again; longer than AckDelay and a round trip
	RetryMax time.Duration // between the tries that follow
	Tries    int           // to send everything again, before the peer counts as silent and is only probed
	AckDelay time.Duration // how long an acknowledgement waits for a message to ride on
	Bytes    int           // of the items of one message; a longer item goes alone
	QueueMax int           // items that wait for acknowledgement
	Bug      Bug           // that tests are to find; usually none
}

const (
	burstBytes = 1 << 20 // after which the messages of one time end
	repliesMax = 16      // to challenges, at one time

	// gapPatience is how long a gap may be the order of arrival, and no loss.
	gapPatience = 100 * time.Millisecond
)

// IncarnationMax bounds incarnations, so that they are exact in every JSON parser.
const IncarnationMax = 1 << 52

// New gives a link of a node's incarnation, a random number from 1 to [IncarnationMax].
func New(incarnation int64, config Config) *Link {
	return &Link{config: config, peer: incarnations{own: incarnation}, epoch: 1, filled: -1}
}

// Push queues an encoded item for the peer. A mark is a number of the user's that never falls; see [Link.Reached].
func (l *Link) Push(data []byte, mark int64) {
	if !l.dropped && len(l.queue) >= l.config.QueueMax {
		l.begin()
		l.dropped = true
		l.hello = true // nothing is left to say, so this finds out when the peer is back
	}
	if !l.dropped {
		l.queue = append(l.queue, item{data, mark})
	}
}

// Queued is how many items wait for acknowledgement.
func (l *Link) Queued() int { return len(l.queue) }

// String is how far the link is, for people.
func (l *Link) String() string {
	return fmt.Sprintf("acknowledged up to %d, %d under way, %d waiting; has come up to %d", l.acked, l.sent-l.acked, int64(len(l.queue))-(l.sent-l.acked), l.upTo)
}

// Reached is the highest mark among the items that the peer has acknowledged.
func (l *Link) Reached() int64 { return l.reached }

// Greet has the peer told of this incarnation, every Retry until it is known there.
func (l *Link) Greet() { l.hello = true }

// Heard is what a message brought.
type Heard struct {
	Items []wire.Raw // the new ones, in order
	// Present is whether the message came from the peer's present incarnation; if not, it says nothing.
	Present bool
	// Known is whether, besides, the sender knew this incarnation: what it says of the peer is not older.
	Known bool
	// Lost is whether items pushed before will not reach the peer's present incarnation: it is new, or the queue was dropped.
	Lost bool
	// Unacked are the items that the incarnation before had not acknowledged, if the peer has a new one.
	Unacked [][]byte
}

// Hear takes in a message.
func (l *Link) Hear(now time.Duration, m *Message) (h Heard) {
	if m.From == 0 {
		return h
	}
	standing, kept := l.peer.hear(m)
	var challenge, echo int64
	if standing == unproven {
		challenge = l.peer.challenge(m)
	}
	if m.To == l.peer.own {
		echo = m.Challenge
	}
	if (challenge != 0 || echo != 0) && len(l.replies) < repliesMax {
		l.replies = append(l.replies, Outgoing{from: l.peer.own, epoch: l.epoch, to: m.From, challenge: challenge, echo: echo})
	}
	if standing == unproven {
		return h
	}
	if standing == successor {
		for _, i := range l.queue {
			h.Unacked = append(h.Unacked, i.data)
		}
		l.begin()
		l.dropped, h.Lost = false, true
		l.oweAck(now, true) // it should know that it is known
	}
	if standing != present {
		l.count(0)
	}
	for i := range kept {
		l.hear(now, &kept[i], &h)
	}
	l.hear(now, m, &h)
	return h
}

// hear takes in a message of the present incarnation.
func (l *Link) hear(now time.Duration, m *Message, h *Heard) {
	l.heard = now
	h.Present = true
	if m.To == l.peer.own && m.Challenge == 0 {
		l.hello, h.Known = false, true
	}
	if m.Hello != 0 {
		l.oweAck(now, true)
	}
	switch {
	case m.To != 0 && m.To != l.peer.own:
		l.oweAck(now, false) // for an incarnation that is over: the peer should know
		return
	case m.Epoch < l.peerEpoch:
		return
	case m.Epoch > l.peerEpoch:
		l.count(m.Epoch)
	}
	if m.To == l.peer.own && l.dropped {
		l.dropped, h.Lost = false, true
	}
	if m.To == l.peer.own && m.Of == l.epoch {
		l.acknowledged(now, m.Ack)
		if m.Ack == l.acked && m.Gap > l.acked+1 && m.Gap <= l.sent && l.filled != l.acked && !l.probing && l.retries() {
			l.fill = m.Gap - 1
			l.tries++
		}
	}
	if len(m.Items) > 0 {
		l.oweAck(now, false)
		h.Items = append(h.Items, l.take(m)...)
		if len(l.early) == 0 {
			l.gapTimed = false
		} else if !l.gapTimed {
			l.gapTimed, l.gapAt = true, now+gapPatience
		}
	}
}

// count begins to count the items of the peer's epoch.
func (l *Link) count(epoch int64) {
	l.peerEpoch, l.upTo, l.early, l.waiting, l.gapTimed = epoch, 0, nil, 0, false
}

// begin starts a new epoch, in which nothing was pushed.
func (l *Link) begin() {
	l.epoch++
	l.queue, l.acked, l.sent, l.told, l.probing, l.tries, l.fill, l.filled = nil, 0, 0, 0, false, 0, 0, -1
}

// take is what a message brings that is new, with what it lets through.
func (l *Link) take(m *Message) (fresh []wire.Raw) {
	if m.First > l.upTo+1 && l.config.Bug != AcksOverGaps {
		at, there := slices.BinarySearchFunc(l.early, m.First, func(e Message, first int64) int { return cmp.Compare(e.First, first) })
		if !there && l.waiting+len(m.Items) <= l.config.QueueMax {
			l.early = slices.Insert(l.early, at, *m)
			l.waiting += len(m.Items)
		}
		return nil
	}
	fresh = l.through(fresh, m)
	for len(l.early) > 0 && l.early[0].First <= l.upTo+1 {
		fresh = l.through(fresh, &l.early[0])
		l.waiting -= len(l.early[0].Items)
		l.early = slices.Delete(l.early, 0, 1)
	}
	return fresh
}

func (l *Link) through(fresh []wire.Raw, m *Message) []wire.Raw {
	if last := m.First + int64(len(m.Items)) - 1; last > l.upTo {
		fresh = append(fresh, m.Items[max(l.upTo+1-m.First, 0):]...)
		l.upTo = last
	}
	return fresh
}

// oweAck has an acknowledgement sent, soon or at once.
func (l *Link) oweAck(now time.Duration, atOnce bool) {
	if !l.owesAck {
		l.owesAck, l.ackAt = true, now+l.config.AckDelay
	}
	if atOnce {
		l.ackAt = min(l.ackAt, now)
	}
}

func (l *Link) acknowledged(now time.Duration, upTo int64) {
	n := int(upTo - l.acked)
	if n <= 0 || n > len(l.queue) {
		return
	}
	for _, i := range l.queue[:n] {
		l.reached = max(l.reached, i.mark)
	}
	if l.queue = l.queue[n:]; len(l.queue) == 0 {
		l.queue = nil
	}
	l.acked, l.probing, l.tries = upTo, false, 0
	l.sent = max(l.sent, upTo)
	l.retryAt = now + l.config.Retry
}

// Due is what to send now.
func (l *Link) Due(now time.Duration) []Outgoing {
	if l.sent > l.acked && now >= l.retryAt && l.retries() {
		l.retry(now)
	}
	var out []Outgoing
	bytes := 0
	for from := l.acked; from < l.fill && bytes < burstBytes; l.filled = l.acked {
		o := l.outgoing(from, l.fill)
		out = append(out, o)
		from += int64(len(o.items))
		bytes += o.bytes()
		l.retryAt = now + l.config.Retry
	}
	l.fill = 0
	for l.pending() && bytes < burstBytes {
		if l.sent == l.acked {
			l.retryAt = now + l.patience()
		}
		o := l.outgoing(l.sent, l.acked+int64(len(l.queue)))
		out = append(out, o)
		l.sent += int64(len(o.items))
		bytes += o.bytes()
	}
	if l.config.Bug == TrustsTheNetwork {
		l.acknowledged(now, l.sent)
	}
	gap := l.gapTimed && now >= l.gapAt // told once, and again when more comes from behind it
	if len(out) == 0 && (l.owesAck && now >= l.ackAt || l.hello && now >= l.helloAt || gap) {
		out = append(out, l.outgoing(0, 0))
	}
	if len(out) > 0 {
		l.owesAck = false
		l.helloAt = now + l.config.Retry
	}
	if gap {
		l.gapTimed, out[0].gap = false, l.early[0].First
	}
	out = append(out, l.replies...)
	l.replies = nil
	return out
}

// patience is how long the oldest item under way waits to be acknowledged.
func (l *Link) patience() time.Duration {
	if l.probing {
		return l.config.RetryMax
	}
	return l.config.Retry
}

// pending reports whether there are items that have not been sent, or are to be
// sent again. While probing, one message is under way at most.
func (l *Link) pending() bool {
	return l.sent-l.acked < int64(len(l.queue)) && !(l.probing && l.sent > l.acked)
}

// outgoing is a message with as many of the items behind one number, up to another, as fit: at least one, if there is one.
func (l *Link) outgoing(from, to int64) Outgoing {
	o := Outgoing{from: l.peer.own, epoch: l.epoch, to: l.peer.present, of: l.peerEpoch, ack: l.upTo}
	if l.hello || l.probing && from < to {
		o.hello = 1
	}
	if from == to {
		return o
	}
	o.first, o.items = from+1, l.queue[from-l.acked:to-l.acked]
	bytes := 0
	for i, it := range o.items {
		if bytes += len(it.data) + 1; bytes > l.config.Bytes && i > 0 {
			o.items = o.items[:i]
			break
		}
	}
	_, last := o.Numbers()
	o.again, l.told = o.first <= l.told, max(l.told, last)
	return o
}

// Next is when the link wants to be asked what is due; wanted is false while
// it has nothing to say and waits for nothing.
func (l *Link) Next(now time.Duration) (at time.Duration, wanted bool) {
	soonest := func(t time.Duration) {
		if !wanted || t < at {
			at, wanted = t, true
		}
	}
	if l.pending() || l.fill > 0 || len(l.replies) > 0 {
		soonest(now)
	}
	if l.gapTimed {
		soonest(l.gapAt)
	}
	if l.sent > l.acked && l.retries() {
		soonest(l.retryAt)
	}
	if l.owesAck {
		soonest(l.ackAt)
	}
	if l.hello {
		soonest(l.helloAt)
	}
	return at, wanted
}

// Silent reports whether the peer should have answered by now: something is
// unacknowledged, and nothing has come for so long.
func (l *Link) Silent(now, patience time.Duration) bool {
	return l.sent > l.acked && l.probing && now-l.heard > patience
}
