package kafka

import (
	"maps"
	"math"
	"slices"

	"eddy/actor"
	"eddy/actor/node"
)

// memory is what the strategies that keep logs in memory have in common.
type memory struct {
	*broker
	committed map[string]int64
}

func newMemory(b *broker) memory { return memory{b, make(map[string]int64)} }

func (m *memory) newLog(key string) any {
	l := &openLog{keep: m.config.Retention, committed: -1}
	if offset, there := m.committed[key]; there {
		l.committed = offset
	}
	return l
}

// afterPanic keeps the log: no other node has all of it.
func (*memory) afterPanic(log any) any { return log }

func (*memory) newActor(_ string, log any) actor.Actor[logMessage] {
	return &memoryLog{log.(*openLog)}
}

// pollLogs asks the logs of this node for what follows the offsets. A key
// without a log has nothing.
func (m *memory) pollLogs(c *actor.Context[message], offsets map[string]int64, bound int64, within budget, answer func([]keyed, error)) {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(offsets)) {
		if m.topics[key] != nil {
			keys = append(keys, key)
		}
	}
	q := m.gather(c, len(keys), pollWithin, answer)
	for i, key := range keys {
		m.fetch(c, q, i, m.topics[key], fetch{from: offsets[key], bound: bound, within: within})
	}
}

// fetch asks one log for a part of a reply.
func (b *broker) fetch(c *actor.Context[message], q *pending, index int, t *topic, f fetch) {
	askLog(b, c, t, func(r actor.Reply[page]) logMessage { f.reply = r; return f },
		func(a actor.Answer[page]) message {
			if len(a.Value.entries) == 0 {
				return part{q, index, nil, a.Err}
			}
			return part{q, index, []keyed{{t.key, a.Value.entries}}, a.Err}
		})
}

// advance commits an offset, unless a higher one is, and reports which it was.
func (m *memory) advance(c *actor.Context[message], key string, offset int64) bool {
	if last, there := m.committed[key]; there && (last == offset || last > offset && m.config.Bug != CommitGoesBack) {
		return false
	}
	m.committed[key] = offset
	if t := m.topics[key]; t != nil && m.config.Retention > 0 {
		if t.state == parked {
			t.log.(*openLog).commit(offset)
		} else {
			m.tell(c, t, committed{offset})
		}
	}
	return true
}

// advanceAll gives the keys whose committed offset grew, sorted.
func (m *memory) advanceAll(c *actor.Context[message], offsets map[string]int64) (grown []string) {
	for _, key := range slices.Sorted(maps.Keys(offsets)) {
		if m.advance(c, key, offsets[key]) {
			grown = append(grown, key)
		}
	}
	return grown
}

// listed is what is committed of the keys.
func (m *memory) listed(keys []string) map[string]int64 {
	out := make(map[string]int64)
	for _, key := range keys {
		if offset, there := m.committed[key]; there {
			out[key] = offset
		}
	}
	return out
}

func offsetPairs(offsets map[string]int64) []keyed {
	var pairs []keyed
	for _, key := range slices.Sorted(maps.Keys(offsets)) {
		pairs = append(pairs, keyed{key, encodeInt(offsets[key])})
	}
	return pairs
}

// local is the strategy of a node that is alone.
type local struct{ memory }

func (l *local) recall(c *actor.Context[message], saved []item) {
	l.enter(c, saved, math.MaxInt64)
	for _, t := range l.order {
		t.next++ // is the next one here
	}
}

func (l *local) send(c *actor.Context[message], r sendRequest) {
	t := l.topicOf(r.Body.Key)
	if l.journal == nil {
		l.tell(c, t, r)
		return
	}
	offset := t.next
	t.next++
	l.journal.Append(c, item{Type: itemEntry, Key: t.key, Offset: offset, Value: r.Body.Msg}.encode(), func(err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		l.tell(c, t, place{sendRequest: r, offset: offset, bound: math.MaxInt64})
	})
}

func (l *local) poll(c *actor.Context[message], r pollRequest) {
	l.pollLogs(c, r.Body.Offsets, math.MaxInt64, l.config.share(len(r.Body.Offsets)), r.answerPoll)
}

func (l *local) commit(c *actor.Context[message], r commitRequest) {
	l.keepCommits(c, r.Body.Offsets, func(_ []string, err error) {
		if err != nil {
			r.Fail(err)
			return
		}
		r.Reply(node.None{})
	})
}

func (l *local) list(_ *actor.Context[message], r listRequest) {
	r.ReplyWith(keyedField{"offsets", offsetPairs(l.listed(r.Body.Keys))})
}

func (*local) hear(*actor.Context[message], *peer, *item) {}
func (*local) met(*actor.Context[message], *peer, heard)  {}
func (*local) closing(*actor.Context[message])            {}
func (*local) clock() int64                               { return 0 }

// answerPoll answers a poll with what there is: a key left out is one without
// news, so a part that failed or did not come in time does no harm.
func (r pollRequest) answerPoll(pairs []keyed, _ error) { r.ReplyWith(keyedField{"msgs", pairs}) }
