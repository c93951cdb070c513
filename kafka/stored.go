package kafka

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// stored is the strategy of logs in lin-kv: cas, and fallback, where a node
// forwards to a key's owner first, which can put the messages of many nodes
// into one compare and set and has no rivals. What the owner does not answer
// in time the node appends itself, under the number that the owner has it by:
// the second one finds it in the log.
type stored struct {
	*broker
	incarnation string // names this incarnation of this node in the log
}

func incarnationName(id string, incarnation int64) string {
	return fmt.Sprintf("%s-%x", id, incarnation)
}

func (*stored) newLog(string) any { return newChain() }

// afterPanic begins with nothing: lin-kv has all of the log, and this one may be half changed.
func (*stored) afterPanic(any) any { return newChain() }

func (s *stored) newActor(key string, log any) actor.Actor[logMessage] {
	return &storedLog{config: s.config, node: s.node, incarnation: s.incarnation, key: key, chain: log.(*chain)}
}

func (s *stored) send(c *actor.Context[message], r sendRequest) {
	t := s.topicOf(r.Body.Key)
	t.seq++
	w := write{s.incarnation, t.seq, r.Body.Msg}
	if t.owner == nil || s.config.Strategy != Fallback || t.owner.link.Silent(c.Elapsed(), s.config.Patience) {
		s.appendHere(c, t, w, r, answerWithin)
		return
	}
	q := s.gather(c, 1, s.config.Patience, func(pairs []keyed, err error) {
		if err != nil {
			s.appendHere(c, t, w, r, answerWithin-s.config.Patience)
			return
		}
		r.ReplyWith(offsetOf(pairs))
	})
	s.push(c, t.owner, item{Type: itemAppend, ID: q.id, Key: t.key, Value: w.value, By: w.by, Seq: w.seq})
}

// appendHere has this node's own log append a client's message. When lin-kv
// does not answer in time, nor does the node: the message may yet take place.
func (s *stored) appendHere(c *actor.Context[message], t *topic, w write, r sendRequest, within time.Duration) {
	s.with(c, t, func(ref actor.Ref[logMessage]) {
		actor.Ask(c, ref, within, func(reply actor.Reply[int64]) logMessage { return appendWrite{w, reply} },
			func(a actor.Answer[int64]) message {
				return report{func(*actor.Context[message]) {
					if a.Err != nil {
						r.Fail(a.Err)
						return
					}
					r.ReplyWith(offsetField(a.Value))
				}}
			})
	})
}

func (s *stored) poll(c *actor.Context[message], r pollRequest) {
	keys := slices.Sorted(maps.Keys(r.Body.Offsets))
	q := s.gather(c, len(keys), pollWithin, r.answerPoll)
	for i, key := range keys {
		s.fetch(c, q, i, s.topicOf(key), fetch{from: r.Body.Offsets[key], within: s.config.share(len(keys))})
	}
}

func (s *stored) commit(c *actor.Context[message], r commitRequest) {
	keys := slices.Sorted(maps.Keys(r.Body.Offsets))
	q := s.gather(c, len(keys), answerWithin, func(_ []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.Reply(node.None{})
	})
	for i, key := range keys {
		s.offset(c, q, i, key, func(reply actor.Reply[int64]) logMessage { return commitOffset{r.Body.Offsets[key], reply} })
	}
}

func (s *stored) list(c *actor.Context[message], r listRequest) {
	keys := slices.Compact(slices.Sorted(slices.Values(r.Body.Keys)))
	q := s.gather(c, len(keys), answerWithin, func(pairs []keyed, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.ReplyWith(keyedField{"offsets", pairs})
	})
	for i, key := range keys {
		s.offset(c, q, i, key, func(reply actor.Reply[int64]) logMessage { return listOffset{reply} })
	}
}

// offset asks a log for an offset as a part of a reply; a negative one is none.
func (s *stored) offset(c *actor.Context[message], q *pending, index int, key string, build func(actor.Reply[int64]) logMessage) {
	askLog(s.broker, c, s.topicOf(key), build, func(a actor.Answer[int64]) message {
		if a.Err != nil || a.Value < 0 {
			return part{q, index, nil, a.Err}
		}
		return part{q, index, []keyed{{key, encodeInt(a.Value)}}, nil}
	})
}

func (s *stored) hear(c *actor.Context[message], from *peer, m *item) {
	if m.Type != itemAppend {
		s.answered(m)
		return
	}
	w := write{m.By, m.Seq, m.Value}
	askLog(s.broker, c, s.topicOf(m.Key), func(r actor.Reply[int64]) logMessage { return appendWrite{w, r} },
		func(a actor.Answer[int64]) message {
			return report{func(c *actor.Context[message]) {
				if a.Err != nil {
					s.push(c, from, item{Type: itemUnsure, ID: m.ID})
					return
				}
				s.push(c, from, item{Type: itemAppended, ID: m.ID, Offset: a.Value})
			}}
		})
}

func (*stored) met(*actor.Context[message], *peer, heard) {}
func (*stored) closing(*actor.Context[message])           {}
func (*stored) clock() int64                              { return 0 }
