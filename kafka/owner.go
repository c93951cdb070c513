package kafka

import (
	"maps"
	"math"
	"slices"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// owner is the strategy in which one node keeps each log: the others ask it, in
// batches, over streams that bring every question and every answer once. What
// the owner did not answer in time is answered with a timeout, which leaves
// open whether it took place.
type owner struct{ memory }

func (o *owner) send(c *actor.Context[message], r sendRequest) {
	to := o.ownerOf(r.Body.Key)
	if to == nil {
		o.tell(c, o.topicOf(r.Body.Key), r)
		return
	}
	q := o.ask(c, 1, answerWithin, func(pairs []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.ReplyWith(offsetOf(pairs))
	})
	o.say(c, to, saying{Type: sayAppend, ID: q.id, Key: r.Body.Key, Value: r.Body.Msg})
}

// offsetOf is the answer to a send, whose one part is an offset.
func offsetOf(pairs []keyed) wire.Encoded {
	return append(wire.Encoded(`"offset":`), pairs[0].value...)
}

func (o *owner) poll(c *actor.Context[message], r pollRequest) {
	mine, theirs := divide(o, r.Body.Offsets)
	within := o.config.share(len(r.Body.Offsets))
	q := o.ask(c, 1+len(theirs), pollWithin, r.answerPoll)
	o.pollLogs(c, mine, math.MaxInt64, within, func(pairs []keyed, err error) { q.arrive(0, pairs, err) })
	for i, t := range theirs {
		o.say(c, t.to, saying{Type: sayPoll, ID: o.partOf(c, q, i+1), Offsets: t.offsets, Offset: int64(len(r.Body.Offsets))})
	}
}

// partOf opens a question whose answer is a part of another's, and gives its number.
func (o *owner) partOf(c *actor.Context[message], of *question, index int) int64 {
	return o.ask(c, 1, answerWithin, func(pairs []keyed, err error) { of.arrive(index, pairs, err) }).id
}

func (o *owner) commit(c *actor.Context[message], r commitRequest) {
	mine, theirs := divide(o, r.Body.Offsets)
	o.advanceAll(mine)
	q := o.ask(c, len(theirs), answerWithin, func(_ []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.Reply(node.None{})
	})
	for i, t := range theirs {
		o.say(c, t.to, saying{Type: sayCommits, ID: o.partOf(c, q, i), Offsets: t.offsets})
	}
}

func (o *owner) list(c *actor.Context[message], r listRequest) {
	asked := make(map[string]int64)
	for _, key := range r.Body.Keys {
		asked[key] = 0
	}
	mine, theirs := divide(o, asked)
	q := o.ask(c, 1+len(theirs), answerWithin, func(pairs []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.ReplyWith(keyedField{"offsets", pairs})
	})
	q.arrive(0, offsetPairs(o.listed(slices.Sorted(maps.Keys(mine)))), nil)
	for i, t := range theirs {
		o.say(c, t.to, saying{Type: sayList, ID: o.partOf(c, q, i+1), Keys: slices.Sorted(maps.Keys(t.offsets))})
	}
}

// addressed is what goes to one owner.
type addressed struct {
	to      *peer
	offsets map[string]int64
}

// divide sorts offsets by the owners of their keys.
func divide(o *owner, offsets map[string]int64) (mine map[string]int64, theirs []addressed) {
	byOwner := make(map[*peer]map[string]int64)
	for key, offset := range offsets { // into maps again: their order is nobody's
		to := o.ownerOf(key)
		if byOwner[to] == nil {
			byOwner[to] = make(map[string]int64)
		}
		byOwner[to][key] = offset
	}
	for _, p := range o.peers {
		if byOwner[p] != nil {
			theirs = append(theirs, addressed{p, byOwner[p]})
		}
	}
	return byOwner[nil], theirs
}

func (o *owner) hear(c *actor.Context[message], from *peer, s *saying) {
	switch s.Type {
	case sayAppend:
		o.append(c, from, s)
	case sayPoll:
		o.pollLogs(c, s.Offsets, math.MaxInt64, o.config.share(int(s.Offset)), func(pairs []keyed, _ error) {
			found := keyedField{"", pairs}.AppendFields(nil)[len(`"":`):]
			o.say(c, from, saying{Type: sayPolled, ID: s.ID, Value: found})
		})
	case sayCommits:
		o.advanceAll(s.Offsets)
		o.say(c, from, saying{Type: sayCommitted, ID: s.ID})
	case sayList:
		o.say(c, from, saying{Type: sayListed, ID: s.ID, Offsets: o.listed(s.Keys)})
	default:
		o.answered(s)
	}
}

// append appends what a peer forwarded.
func (o *owner) append(c *actor.Context[message], from *peer, s *saying) {
	askLog(o.broker, c, o.topicOf(s.Key), func(r actor.Reply[int64]) logMessage { return appendNext{s.Value, r} },
		func(a actor.Answer[int64]) message {
			return report{func(c *actor.Context[message]) {
				if a.Err != nil {
					o.say(c, from, saying{Type: sayUnsure, ID: s.ID})
					return
				}
				o.say(c, from, saying{Type: sayAppended, ID: s.ID, Offset: a.Value})
			}}
		})
}

// answered takes in a peer's answer.
func (b *broker) answered(s *saying) {
	q := b.questions[s.ID]
	if q == nil {
		return // too late
	}
	switch s.Type {
	case sayAppended:
		q.arrive(0, []keyed{{s.Key, encodeInt(s.Offset)}}, nil)
	case sayUnsure:
		q.arrive(0, nil, actor.ErrTimeout)
	case sayPolled:
		pairs, err := entriesByKey(s.Value)
		q.arrive(0, pairs, err)
	case sayCommitted:
		q.arrive(0, nil, nil)
	case sayListed:
		q.arrive(0, offsetPairs(s.Offsets), nil)
	}
}

// entriesByKey reads the answer to a poll, in the order of the keys.
func entriesByKey(object wire.Raw) ([]keyed, error) {
	var byKey map[string]wire.Raw
	if err := wire.Unmarshal(object, &byKey); err != nil {
		return nil, err
	}
	var pairs []keyed
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		pairs = append(pairs, keyed{key, byKey[key]})
	}
	return pairs, nil
}

func (*owner) met(*actor.Context[message], *peer, *parcel, bool) {}
func (*owner) closing(*actor.Context[message])                   {}
func (*owner) clock() int64                                      { return 0 }
