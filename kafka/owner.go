package kafka

import (
	"maps"
	"math"
	"slices"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// owner is the strategy in which one node gives out the offsets of a key: the
// others forward what their clients bring. A forwarded message arrives once, and
// so does its offset. Every node is told every entry in order, so polls are
// answered from what is here; the answer to a forwarded message comes behind its
// entry.
//
// What the owner does not answer in time is answered with a timeout, which
// leaves open whether it took place.
//
// A forwarded message carries a number of its node's, which the journal keeps with the entry: the link delivers a message
// once to one incarnation of the owner, and a journal outlives that.
type owner struct {
	replica
	seen forwarded
}

func newOwner(b *broker) *owner {
	return &owner{newReplica(b, false), forwarded{}}
}

// recall is the replica's, and remembers what was forwarded.
func (o *owner) recall(c *actor.Context[message], saved []item) {
	o.replica.recall(c, saved)
	for i := range saved {
		o.seen.add(&saved[i])
	}
}

// forwarded are the numbers of forwarded messages that have an offset, by key and by incarnation of the node that forwarded
// them. Of each it has a range, but where a message of a killed node was lost.
type forwarded map[string]map[string]spans

// add notes the number of an entry, or the numbers of an itemForwarded. It reports whether they are new.
func (f *forwarded) add(s *item) bool {
	if s.By == "" {
		return true
	}
	to := s.Seq + 1
	if s.Type == itemForwarded {
		to = s.Offset
	}
	if *f == nil {
		*f = make(forwarded)
	}
	of := (*f)[s.Key]
	if of == nil {
		of = make(map[string]spans)
		(*f)[s.Key] = of
	}
	if of[s.By].has(s.Seq) {
		return false
	}
	of[s.By] = of[s.By].add(s.Seq, to)
	return true
}

// encode gives them as records of a journal.
func (f forwarded) encode() (records [][]byte) {
	for _, key := range slices.Sorted(maps.Keys(f)) {
		for _, by := range slices.Sorted(maps.Keys(f[key])) {
			for _, s := range f[key][by] {
				records = append(records, item{Type: itemForwarded, Key: key, By: by, Seq: s.from, Offset: s.to}.encode())
			}
		}
	}
	return records
}

func (o *owner) send(c *actor.Context[message], r sendRequest) {
	t := o.topicOf(r.Body.Key)
	if t.owner == nil {
		if !o.ready {
			o.tooEarly(c, func() { o.send(c, r) })
			return
		}
		o.assign(c, t, item{Value: r.Body.Msg}, func(offset int64, err error) {
			if err != nil {
				r.Fail(err)
				return
			}
			o.tell(c, t, place{sendRequest: r, offset: offset, bound: o.bound()})
		})
		return
	}
	q := o.gather(c, 1, answerWithin, func(pairs []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.ReplyWith(offsetOf(pairs))
	})
	t.seq++
	o.push(c, t.owner, item{Type: itemAppend, ID: q.id, Key: t.key, Value: r.Body.Msg, By: o.name, Seq: t.seq})
}

// assign gives a message its offset, has it saved, and the others told.
func (o *owner) assign(c *actor.Context[message], t *topic, m item, then func(offset int64, err error)) {
	offset := t.next + 1
	for _, m := range o.mirrors {
		offset = max(offset, m.began+1) // above what an earlier incarnation may have given out
	}
	t.next, o.now = offset, max(o.now, offset)
	entry := item{Type: itemEntry, Key: t.key, Offset: offset, Value: m.Value, By: m.By, Seq: m.Seq}
	o.keep(c, entry, func(err error) {
		if err == nil {
			entry.By, entry.Seq = "", 0
			o.publish(c, nil, entry)
		}
		then(offset, err)
	})
}

// bound: an owner's entries come in order, so that nothing is missing between
// them, except on a node that was restarted and is still being sent what it had.
func (o *owner) bound() int64 {
	for _, m := range o.mirrors {
		if (m.began > 0 || o.recalled) && m.promise == 0 {
			return 0
		}
	}
	return math.MaxInt64
}

func (o *owner) poll(c *actor.Context[message], r pollRequest) { o.pollUpTo(c, r, o.bound()) }

func (o *owner) met(c *actor.Context[message], from *peer, h heard) { o.meet(c, from, h) }

func (o *owner) hear(c *actor.Context[message], from *peer, s *item) {
	switch s.Type {
	case itemEntry:
		o.take(c, from, s, o.bound())
		if t := o.topicOf(s.Key); t.owner == nil {
			t.next = max(t.next, s.Offset)
			o.publish(c, from, *s) // of an earlier incarnation: it may not have come to all
		}
	case itemAppend:
		o.appendFor(c, from, s)
	case itemAppended, itemUnsure:
		o.answered(s)
	default:
		o.take(c, from, s, o.bound())
	}
}

// appendFor appends what a peer forwarded.
func (o *owner) appendFor(c *actor.Context[message], from *peer, s *item) {
	if !o.ready {
		o.tooEarly(c, func() { o.appendFor(c, from, s) })
		return
	}
	t := o.topicOf(s.Key)
	if !o.seen.add(s) && o.config.Bug != ForwardedTwice {
		o.push(c, from, item{Type: itemUnsure, ID: s.ID}) // an earlier incarnation has appended it
		return
	}
	value, id := s.Value, s.ID
	o.assign(c, t, *s, func(offset int64, err error) {
		if err != nil {
			o.push(c, from, item{Type: itemUnsure, ID: id})
			return
		}
		o.tell(c, t, insert{offset: offset, bound: o.bound(), value: value})
		o.push(c, from, item{Type: itemAppended, ID: id, Offset: offset})
	})
}

// answered takes in a peer's reply.
func (b *broker) answered(s *item) {
	q := b.pending[s.ID]
	switch {
	case q == nil: // too late
	case s.Type == itemAppended:
		q.arrive(0, []keyed{{s.Key, encodeInt(s.Offset)}}, nil)
	default:
		q.arrive(0, nil, actor.ErrTimeout)
	}
}

// offsetOf is the answer to a send, whose one part is an offset.
func offsetOf(pairs []keyed) wire.Encoded {
	return append(wire.Encoded(`"offset":`), pairs[0].value...)
}
