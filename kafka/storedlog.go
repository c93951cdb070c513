package kafka

import (
	"errors"
	"math"
	"slices"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor"
	"eddy/actor/node"
)

// The messages of a log in lin-kv, beside fetch and handBack.
type (
	// appendWrite asks for a message to be appended, once however often it is asked for.
	appendWrite struct {
		write
		reply actor.Reply[int64]
	}
	// commitOffset asks for an offset to be committed.
	commitOffset struct {
		offset int64
		reply  actor.Reply[int64]
	}
	// listOffset asks what is committed: -1 for nothing.
	listOffset struct{ reply actor.Reply[int64] }

	// Answers of lin-kv.
	chunkRead struct{ answer actor.Answer[string] }
	chunkSet  struct {
		text string
		err  error
	}
	startRead struct{ answer actor.Answer[string] } // because a chunk was found dropped
	// Replies of lin-kv about dropping chunks.
	trimRead struct{ answer actor.Answer[string] }
	startSet struct {
		start start
		err   error
	}
	chunkGone struct {
		chunk int64
		err   error
	}

	committedRead struct{ answer actor.Answer[int64] }
	committedSet  struct {
		offset int64
		err    error
	}
	// timerRetry: the pause after a failure is over.
	timerRetry          struct{}
	timerRetryCommitted struct{}
	timerRetryTrim      struct{}
)

// storedLog is the actor of one key whose log is in lin-kv. It has one request
// for the log and one for the committed offset under way at a time, and what
// comes meanwhile goes together in the next. After any failure, also of a
// compare and set that may have taken place, it reads before it writes.
type storedLog struct {
	config      Config
	node        *node.Node
	incarnation string
	key         string
	*chain

	busy    bool // a request for the log is under way
	current bool // the text is what lin-kv had when last asked
	read    bool // lin-kv was asked at least once
	readAt  time.Duration
	readers []fetch
	writes  []write
	replies []actor.Reply[int64] // of the writes

	stale    bool // chunks have ended since the committed offset was read; with retention
	trimming bool // a request about dropping chunks is under way
	trimDue  bool // this node has ended a chunk, and there may be some to drop

	committing bool // a request for the committed offset is under way
	commits    []commitOffset
	lists      []listOffset
}

// storeOptions are those of every request to lin-kv. All tries of a compare and
// set are the same message; a later try may find what the first one set.
var storeOptions = node.KVOptions{Within: 1500 * time.Millisecond, Retry: node.Retry{First: 500 * time.Millisecond}}

// writesMax is how many messages wait for lin-kv before more are refused.
const writesMax = 10_000

// pauseAfterFailure keeps a service that refuses from being flooded.
const pauseAfterFailure = 100 * time.Millisecond

func (l *storedLog) Receive(c *actor.Context[logMessage], m logMessage) {
	switch m := m.(type) {
	case appendWrite:
		l.enter(m)
	case fetch:
		l.readers = append(l.readers, m)
		l.serve(c)
	case chunkRead:
		l.busy = false
		l.learnChunk(c, m.answer)
	case chunkSet:
		l.busy = false
		l.current = m.err == nil
		if m.err == nil {
			chunk := l.chunk
			l.take(c, m.text)
			l.trimDue = l.trimDue || l.chunk > chunk && l.config.Retention > 0
		}
	case startRead:
		l.busy = false
		l.beginAt(c, m.answer)
	case trimRead:
		l.trimming = false
		l.learnStart(c, m.answer)
	case startSet:
		l.trimming = false
		l.started(c, m)
	case chunkGone:
		l.trimming = false
		l.gone(c, m)
	case timerRetryTrim:
		l.trimming = false
	case commitOffset:
		l.commits = append(l.commits, m)
	case listOffset:
		l.lists = append(l.lists, m)
	case committedRead:
		l.committing = false
		l.learnCommitted(c, m.answer)
	case committedSet:
		l.committing = false
		if m.err == nil {
			l.committed = max(l.committed, m.offset)
		} else {
			l.readCommitted(c)
		}
	case timerRetry:
		l.busy = false
	case timerRetryCommitted:
		l.committing = false
	case handBack:
		l.handBack(c, m)
		return
	}
	l.advance(c)
	l.advanceCommitted(c)
	l.advanceTrim(c)
}

// enter queues a write, unless the log has it.
func (l *storedLog) enter(m appendWrite) {
	if l.has(m.by, m.seq) {
		if offset, known := l.mine[m.seq]; known && m.by == l.incarnation {
			delete(l.mine, m.seq)
			m.reply.Send(offset)
		} else {
			m.reply.Fail(actor.ErrTimeout) // it is there, but its offset was sent to a node that is gone
		}
		return
	}
	if len(l.writes) >= writesMax {
		m.reply.Fail(node.Errorf(maelstrom.TemporarilyUnavailable, "key %q: %d messages wait for lin-kv", l.key, len(l.writes)))
		return
	}
	l.writes, l.replies = append(l.writes, m.write), append(l.replies, m.reply)
}

// advance begins the next request for the log, if there is a reason for one.
func (l *storedLog) advance(c *actor.Context[logMessage]) {
	switch {
	case l.busy:
	case len(l.readers) > 0, len(l.writes) > 0 && !l.current:
		l.busy = true
		node.Read(c, l.node.LinKV(), chunkKey(l.key, l.chunk), storeOptions, func(a actor.Answer[string]) logMessage { return chunkRead{a} })
	case len(l.writes) > 0:
		l.busy = true
		text, _ := l.extended(l.writes, l.config.ChunkBytes)
		if l.config.Bug == BlindAppend {
			node.Write(c, l.node.LinKV(), chunkKey(l.key, l.chunk), text, storeOptions, func(err error) logMessage { return chunkSet{text, err} })
			return
		}
		node.CompareAndSet(c, l.node.LinKV(), chunkKey(l.key, l.chunk), l.text, text, l.text == "", storeOptions,
			func(err error) logMessage { return chunkSet{text, err} })
	}
}

// learnChunk takes in what lin-kv has.
func (l *storedLog) learnChunk(c *actor.Context[logMessage], a actor.Answer[string]) {
	if a.Err != nil && !hasCode(a.Err, maelstrom.KeyDoesNotExist) {
		l.pause(c)
		return
	}
	l.current = true
	l.take(c, a.Value)
}

// pause waits a little after a failure. Polls are answered with what is known:
// they need not be of the last moment.
func (l *storedLog) pause(c *actor.Context[logMessage]) {
	l.current, l.busy = false, true
	l.answerReaders()
	c.After(pauseAfterFailure, timerRetry{})
}

// take takes in a chunk's text, which was read or has been written.
func (l *storedLog) take(c *actor.Context[logMessage], text string) {
	if text == goneText {
		l.busy, l.current = true, false
		node.Read(c, l.node.LinKV(), startKey(l.key), storeOptions, func(a actor.Answer[string]) logMessage { return startRead{a} })
		return
	}
	ended, err := l.learn(text, l.found)
	if err != nil {
		l.node.Log().Error("key " + l.key + ": " + err.Error())
		l.pause(c)
		return
	}
	l.current = !ended // what the next chunk holds, only lin-kv knows
	l.stale = l.stale || ended && l.config.Retention > 0
	if l.current {
		l.refuseDropped()
		l.read, l.readAt = true, c.Elapsed()
		l.answerReaders()
		return
	}
	l.readers = slices.DeleteFunc(l.readers, func(f fetch) bool {
		enough := f.from < l.log.next // a part will do: there may be many chunks to go
		if enough {
			f.reply.Send(l.log.read(f.from, f.within))
		}
		return enough
	})
}

// found answers the request that waits for a message that was found in the log.
func (l *storedLog) found(by string, seq, offset int64) {
	for i, w := range l.writes {
		if w.by == by && w.seq == seq {
			l.replies[i].Send(offset)
			l.writes, l.replies = slices.Delete(l.writes, i, i+1), slices.Delete(l.replies, i, i+1)
			return
		}
	}
	if by == l.incarnation {
		l.mine[seq] = offset
		delete(l.mine, seq-mineMax)
	}
}

// mineMax is for how many of its own messages a node remembers where the owner
// has put them, until it asks itself.
const mineMax = 4096

// serve answers polls at once where what is known is fresh enough.
func (l *storedLog) serve(c *actor.Context[logMessage]) {
	if l.read && l.current && c.Elapsed()-l.readAt < l.config.Refresh {
		l.answerReaders()
	}
}

func (l *storedLog) answerReaders() {
	for _, f := range l.readers {
		f.reply.Send(l.log.read(f.from, f.within))
	}
	l.readers = nil
}

// advanceCommitted answers what can be answered of commits and begins the next
// request for the committed offset, if there is a reason for one.
func (l *storedLog) advanceCommitted(c *actor.Context[logMessage]) {
	target := int64(math.MinInt64)
	l.commits = slices.DeleteFunc(l.commits, func(m commitOffset) bool {
		if m.offset <= l.committed {
			m.reply.Send(l.committed)
			return true
		}
		target = max(target, m.offset)
		return false
	})
	switch {
	case l.committing:
	case len(l.lists) > 0, l.stale && !l.busy:
		l.readCommitted(c)
	case len(l.commits) > 0:
		l.committing = true
		node.CompareAndSet(c, l.node.LinKV(), committedKey(l.key), l.committed, target, l.committed < 0, storeOptions,
			func(err error) logMessage { return committedSet{target, err} })
	}
}

func (l *storedLog) readCommitted(c *actor.Context[logMessage]) {
	l.committing = true
	node.Read(c, l.node.LinKV(), committedKey(l.key), storeOptions, func(a actor.Answer[int64]) logMessage { return committedRead{a} })
}

func (l *storedLog) learnCommitted(c *actor.Context[logMessage], a actor.Answer[int64]) {
	absent := hasCode(a.Err, maelstrom.KeyDoesNotExist)
	if a.Err == nil {
		l.committed = max(l.committed, a.Value)
	}
	if a.Err == nil || absent {
		l.stale = false
		if l.config.Retention > 0 {
			l.trim(l.config.Retention)
		}
	} else {
		l.committing = true
		c.After(pauseAfterFailure, timerRetryCommitted{})
	}
	for _, m := range l.lists {
		if a.Err == nil || absent {
			m.reply.Send(l.committed)
		} else {
			m.reply.Fail(a.Err)
		}
	}
	l.lists = nil
}

// refuseDropped answers the writes that are in the log, in a chunk that was dropped before it was read here: where they
// stood is not known.
func (l *storedLog) refuseDropped() {
	for i := 0; i < len(l.writes); {
		if !l.has(l.writes[i].by, l.writes[i].seq) {
			i++
			continue
		}
		l.replies[i].Fail(actor.ErrTimeout)
		l.writes, l.replies = slices.Delete(l.writes, i, i+1), slices.Delete(l.replies, i, i+1)
	}
}

// beginAt goes on where the log begins.
func (l *storedLog) beginAt(c *actor.Context[logMessage], a actor.Answer[string]) {
	s, err := parseStart(a.Value)
	if err == nil && a.Err == nil {
		err = l.begin(s)
	}
	if err != nil {
		l.node.Log().Error("key " + l.key + ": " + err.Error())
	}
	if err != nil || a.Err != nil {
		l.pause(c)
	}
}

// advanceTrim drops chunks of the log in lin-kv, where this node has ended one: it first writes where the log begins, then
// drops what is before it.
func (l *storedLog) advanceTrim(c *actor.Context[logMessage]) {
	switch {
	case l.trimming:
	case l.start.Cleared < l.start.Chunk && l.start.mine:
		l.trimming = true
		chunk := l.start.Cleared
		node.Write(c, l.node.LinKV(), chunkKey(l.key, chunk), goneText, storeOptions, func(err error) logMessage { return chunkGone{chunk, err} })
	case l.trimDue && !l.stale:
		next, later := l.trim(l.config.Retention)
		if !later {
			l.trimDue = false
			return
		}
		l.trimming = true
		node.CompareAndSet(c, l.node.LinKV(), startKey(l.key), l.start.text, next.text, l.start.text == "", storeOptions,
			func(err error) logMessage { return startSet{next, err} })
	}
}

// started takes in what became of writing where the log begins.
func (l *storedLog) started(c *actor.Context[logMessage], m startSet) {
	if m.err == nil {
		l.trimDue = false
		if m.start.Chunk > l.start.Chunk {
			l.start = m.start
			l.start.mine = true
		}
		return
	}
	l.trimming = true // another node may have written it, or this one without hearing of it
	node.Read(c, l.node.LinKV(), startKey(l.key), storeOptions, func(a actor.Answer[string]) logMessage { return trimRead{a} })
}

// learnStart takes in where the log begins in lin-kv.
func (l *storedLog) learnStart(c *actor.Context[logMessage], a actor.Answer[string]) {
	if hasCode(a.Err, maelstrom.KeyDoesNotExist) {
		a.Err = nil
	}
	s, err := parseStart(a.Value)
	switch {
	case a.Err != nil:
		l.pauseTrim(c)
	case err != nil:
		l.node.Log().Error("key " + l.key + ": " + err.Error())
		l.trimDue = false
	default:
		l.relearn(s)
	}
}

// gone takes in what became of dropping a chunk.
func (l *storedLog) gone(c *actor.Context[logMessage], m chunkGone) {
	if m.err != nil {
		l.pauseTrim(c)
		return
	}
	l.start.Cleared = max(l.start.Cleared, m.chunk+1)
}

func (l *storedLog) pauseTrim(c *actor.Context[logMessage]) {
	l.trimming = true
	c.After(pauseAfterFailure, timerRetryTrim{})
}

// handBack gives the log back, unless somebody waits for something.
func (l *storedLog) handBack(c *actor.Context[logMessage], m handBack) {
	idle := !l.busy && !l.committing && !l.trimming && !l.trimDue && !l.stale && len(l.writes)+len(l.commits)+len(l.readers)+len(l.lists) == 0
	if !idle {
		m.reply.Send(nil)
		return
	}
	c.Stop()
	m.reply.Send(l.chain)
}

func hasCode(err error, code int) bool {
	var coded *node.Error
	return errors.As(err, &coded) && coded.Code == code
}
