package kafka

import (
	"maps"
	"slices"

	"eddy/actor"
)

// transfer is the way of everything this node has to a peer that has lost its
// memory: key by key, as fast as the peer acknowledges. Until it is over the
// peer is promised nothing, so that its own polls show nothing with gaps.
type transfer struct {
	keys []string // that are still to go
	from int64    // offset in the first of them
}

const (
	transferBytes = 64 << 10 // asked of a log at a time
	transferAhead = 4096     // items that wait for the peer's acknowledgement
)

// restore begins a transfer. What the peer was promised before, it has forgotten, or it does not have what goes with it.
func (l *replica) restore(c *actor.Context[message], m *mirror) {
	m.promised = 0
	m.transfer = &transfer{keys: slices.Sorted(maps.Keys(l.topics))}
	l.transferMore(c, m, m.transfer)
}

// transferMore asks the next log for what is next of it, or ends the transfer.
func (l *replica) transferMore(c *actor.Context[message], m *mirror, t *transfer) {
	switch {
	case m.transfer != t:
		return // the peer has lost its memory again
	case len(t.keys) == 0:
		m.transfer = nil
		for _, key := range slices.Sorted(maps.Keys(l.committed)) {
			m.link.Push(item{Type: itemCommit, Key: key, Offset: l.committed[key]}.encode(), 0)
		}
		l.window.Soon(c)
		return
	case m.link.Queued() > transferAhead:
		l.window.Soon(c)
		c.After(l.config.Window, report{func(c *actor.Context[message]) { l.transferMore(c, m, t) }})
		return
	}
	key := t.keys[0]
	askLog(l.broker, c, l.topics[key], func(r actor.Reply[dumped]) logMessage { return dump{t.from, transferBytes, r} },
		func(a actor.Answer[dumped]) message {
			return report{func(c *actor.Context[message]) { l.transferred(c, m, t, key, a.Value) }}
		})
}

// transferred sends a part of a log on.
func (l *replica) transferred(c *actor.Context[message], m *mirror, t *transfer, key string, part dumped) {
	if m.transfer != t {
		return
	}
	if t.from == 0 && part.start > 0 {
		m.link.Push(item{Type: itemStart, Key: key, Offset: part.start}.encode(), 0)
	}
	for _, e := range part.entries {
		m.link.Push(item{Type: itemEntry, Key: key, Offset: e.offset, Value: e.value}.encode(), 0)
		t.from = e.offset + 1
	}
	if len(part.entries) == 0 {
		t.keys, t.from = t.keys[1:], 0
	}
	l.transferMore(c, m, t)
}
