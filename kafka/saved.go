package kafka

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// What a node has on its disk with --data are sayings: the entries that it gave an offset, the offsets that its clients
// committed, and, where there is no leader, how high its clock may go. What peers told it they have on theirs; it is told
// again after a kill. An entry is told to peers, shown and acknowledged when it is durable.

// openSaved opens the journal of a node and gives what is in it.
func openSaved(n *node.Node, config Config) (*journal.Journal[message], []item, error) {
	o := config.Journal
	o.Holds, o.Format = "kafka --strategy "+string(config.Strategy), 1
	j, records, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return nil, nil, err
	}
	j.CompactBy(compaction(config.Retention))
	saved := make([]item, len(records))
	for i, text := range records {
		if err := shapeOfItem.Unmarshal(text, &saved[i]); err != nil {
			return nil, nil, fmt.Errorf("record %d of the journal of %s: %w", i+1, n.ID(), err)
		}
	}
	return j, saved, nil
}

// compaction keeps of each key the highest committed offset, and of the reservations the highest. Of the entries it keeps
// those of each key that are not committed, and so many besides; all where retention is 0.
func compaction(retention int) func(records [][]byte) [][]byte {
	return func(records [][]byte) (kept [][]byte) {
		items := make([]item, len(records))
		committed, reserved := make(map[string]item), item{Type: itemPromise}
		left := make(map[string]int) // entries of a key from here to the end
		for i, text := range records {
			s := &items[i]
			if err := shapeOfItem.Unmarshal(text, s); err != nil {
				panic("kafka: " + err.Error()) // cannot happen: it was written here
			}
			switch s.Type {
			case itemEntry:
				left[s.Key]++
			case itemCommit:
				if last, there := committed[s.Key]; !there || last.Offset < s.Offset {
					committed[s.Key] = *s
				}
			case itemPromise:
				reserved.Offset = max(reserved.Offset, s.Offset)
			}
		}
		var dropped forwarded
		for i, s := range items {
			last, there := committed[s.Key]
			switch {
			case s.Type == itemForwarded:
				dropped.add(&s)
			case s.Type != itemEntry:
			case retention > 0 && left[s.Key] > retention && there && s.Offset <= last.Offset:
				left[s.Key]--
				dropped.add(&s)
			default:
				kept = append(kept, records[i])
			}
		}
		kept = append(kept, dropped.encode()...)
		for _, key := range slices.Sorted(maps.Keys(committed)) {
			kept = append(kept, committed[key].encode())
		}
		if reserved.Offset > 0 {
			kept = append(kept, reserved.encode())
		}
		return kept
	}
}

// enter enters what the journal has of logs and committed offsets, and gives the highest offset in it.
func (m *memory) enter(c *actor.Context[message], saved []item, bound int64) (highest int64) {
	for _, s := range saved {
		switch s.Type {
		case itemEntry:
			t := m.topicOf(s.Key)
			t.log.(*openLog).put(s.Offset, s.Value, bound)
			t.next = max(t.next, s.Offset)
			highest = max(highest, s.Offset)
		case itemCommit:
			m.advance(c, s.Key, s.Offset)
		}
	}
	return highest
}

// keepCommits has saved which offsets grow, then calls then. It gives the keys that grew to it.
func (m *memory) keepCommits(c *actor.Context[message], offsets map[string]int64, then func(grown []string, err error)) {
	if m.journal == nil {
		then(m.advanceAll(c, offsets), nil)
		return
	}
	for _, key := range slices.Sorted(maps.Keys(offsets)) {
		if last, there := m.committed[key]; !there || last < offsets[key] {
			m.journal.Append(c, item{Type: itemCommit, Key: key, Offset: offsets[key]}.encode(), func(error) {})
		}
	}
	m.journal.After(func(err error) {
		if err != nil {
			then(nil, err)
			return
		}
		then(m.advanceAll(c, offsets), nil)
	})
}

// recall enters what the journal has, and has the peers told of it before anything new: they may not have it.
func (l *replica) recall(c *actor.Context[message], saved []item) {
	l.now = l.enter(c, saved, 0)
	for _, s := range saved {
		if s.Type == itemPromise {
			l.reserved = max(l.reserved, s.Offset)
		}
	}
	if len(saved) == 0 {
		return
	}
	l.recalled = true
	for _, m := range l.mirrors {
		for _, s := range saved {
			if s.Type == itemEntry {
				m.link.Push(s.encode(), 0)
			}
		}
		for _, key := range slices.Sorted(maps.Keys(l.committed)) {
			m.link.Push(item{Type: itemCommit, Key: key, Offset: l.committed[key]}.encode(), 0)
		}
	}
	l.untold = true
	c.After(aloneFor, report{l.tellRecalled})
}

// aloneFor is how long a node that was started again waits for a message of a peer before it sends peers what its journal has:
// they may not run yet.
const aloneFor = 5 * time.Second

// tellRecalled has the peers told of what the journal had, once.
func (l *replica) tellRecalled(c *actor.Context[message]) {
	if l.untold {
		l.untold = false
		l.window.Soon(c)
	}
}

// keep has an entry saved that this node gave its offset, then calls then.
func (l *replica) keep(c *actor.Context[message], s item, then func(error)) {
	if l.journal == nil {
		then(nil)
		return
	}
	l.underway = append(l.underway, s.Offset)
	l.journal.Append(c, s.encode(), func(err error) {
		if err == nil || l.journal.Failed() == nil { // else it may be found after a restart, and the place stays taken
			l.underway = slices.DeleteFunc(l.underway, func(o int64) bool { return o == s.Offset })
		}
		then(err)
		l.promiseSoon(c)
	})
}

// complete is up to where this node's own entries are all told, and up to where it will give out no offset any more.
func (l *replica) complete() int64 {
	upTo := l.now
	if len(l.underway) > 0 {
		upTo = min(upTo, l.underway[0]-1)
	}
	if l.reserves {
		upTo = min(upTo, l.reserved)
	}
	return upTo
}

// reserveAhead is how far ahead of the clock the journal is, in offsets: a restart skips as many at most.
const reserveAhead = 1 << 14

// reserve has saved how high the clock may go, well before it does. A start begins there, so that it gives out no offset
// at or below a promise of an earlier incarnation.
func (l *replica) reserve(c *actor.Context[message]) {
	if !l.reserves || l.reserving || l.now+reserveAhead/2 < l.reserved {
		return
	}
	l.reserving = true
	upTo := l.now + reserveAhead
	l.journal.Append(c, item{Type: itemPromise, Offset: upTo}.encode(), func(err error) {
		l.reserving = false
		if err == nil {
			l.reserved = max(l.reserved, upTo)
			l.promiseSoon(c)
		}
	})
}
