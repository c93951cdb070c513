package kafka

import (
	"eddy/actor"
)

// The messages of a log.
type (
	logMessage interface{}

	// fetch asks for the entries from an offset on, no further than a bound.
	fetch struct {
		from, bound int64
		within      budget
		reply       actor.Reply[page]
	}
	// handBack asks for the log itself: the actor stops unless it is busy.
	handBack struct{ reply actor.Reply[any] }

	// place enters a client's message at an offset that the broker gave out.
	place struct {
		sendRequest
		offset, bound int64
		silently      bool // the broker acknowledges it
	}
	// insert enters an entry that came from a peer.
	insert struct {
		offset, bound int64
		value         []byte
	}
	// committed: offsets up to this one are committed.
	committed struct{ offset int64 }
	// dropped: another node has dropped what is below an offset.
	dropped struct{ start int64 }
	// dump asks for all there is from an offset on, settled or not.
	dump struct {
		from  int64
		bytes int
		reply actor.Reply[dumped]
	}
	// dumped is the reply: where the log starts, and entries.
	dumped struct {
		start   int64
		entries []entry
	}
)

// memoryLog is the actor of one key, whose log is in its memory.
type memoryLog struct{ log *openLog }

func (l *memoryLog) Receive(c *actor.Context[logMessage], m logMessage) {
	switch m := m.(type) {
	case sendRequest:
		m.ReplyWith(offsetField(l.addNext(m.Body.Msg)))
	case place:
		l.log.put(m.offset, m.Body.Msg, m.bound)
		tellEntry(c, m.offset)
		if !m.silently {
			m.ReplyWith(offsetField(m.offset))
		}
	case insert:
		l.log.put(m.offset, m.value, m.bound)
		tellEntry(c, m.offset)
	case fetch:
		l.log.settle(m.bound)
		m.reply.Send(l.log.log.read(m.from, m.within))
	case committed:
		l.log.commit(m.offset)
	case dropped:
		l.log.startAt(m.start)
	case dump:
		m.reply.Send(dumped{l.log.log.start, l.log.dump(m.from, m.bytes)})
	case handBack:
		c.Stop()
		m.reply.Send(l.log)
	}
}

// addNext enters a value at the next offset.
func (l *memoryLog) addNext(value []byte) int64 {
	offset := l.log.log.next
	l.log.add(offset, value)
	return offset
}
