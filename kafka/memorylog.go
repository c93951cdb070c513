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
	// dump asks for all there is from an offset on, settled or not.
	dump struct {
		from  int64
		bytes int
		reply actor.Reply[[]entry]
	}
)

// memoryLog is the actor of one key, whose log is in its memory.
type memoryLog struct{ openLog *openLog }

func (l *memoryLog) Receive(c *actor.Context[logMessage], m logMessage) {
	switch m := m.(type) {
	case sendRequest:
		m.ReplyWith(offsetField(l.addNext(m.Body.Msg)))
	case place:
		l.openLog.put(m.offset, m.Body.Msg, m.bound)
		tellEntry(c, m.offset)
		if !m.silently {
			m.ReplyWith(offsetField(m.offset))
		}
	case insert:
		l.openLog.put(m.offset, m.value, m.bound)
		tellEntry(c, m.offset)
	case fetch:
		l.openLog.settle(m.bound)
		m.reply.Send(l.openLog.log.read(m.from, m.within))
	case dump:
		m.reply.Send(l.openLog.dump(m.from, m.bytes))
	case handBack:
		c.Stop()
		m.reply.Send(l.openLog)
	}
}

// addNext enters a value at the next offset.
func (l *memoryLog) addNext(value []byte) int64 {
	offset := l.openLog.log.next
	l.openLog.add(offset, value)
	return offset
}
