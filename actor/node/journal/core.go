package journal

import (
	"errors"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
)

// core decides what is written when. It is a state machine: records and what became of writes in, one write at a time
// out. Its user calls done once for each write that next gave.
type core struct {
	name     string // of the disk
	header   []byte
	limits   limits
	snapshot func() [][]byte // the owner's state; nil: it never asks
	compact  compaction      // in place of a snapshot; nil: none

	size  int64 // of the file
	floor int64 // a snapshot is due when the file is twice as long as this, and longer than limits.snapshot

	waiting []entry // in no write yet
	flying  []entry // in the write under way
	busy    bool
	whole   bool  // the write under way replaces all
	failed  error // a sync failed
}

// limits are in numbers of records and in bytes.
type limits struct {
	waiting  int
	snapshot int64
}

// entry is a record whose owner waits for it.
type entry struct {
	record []byte
	then   func(error)
}

// write is something for the disk to do.
type write struct {
	data  []byte
	whole bool  // in place of all
	size  int64 // of the file before

	compact compaction // if not nil, data is what this makes of the file's records, and behind them
	records [][]byte   // these
}

// compaction drops records that later ones make superfluous.
type compaction func(records [][]byte) [][]byte

// add takes a record in, or refuses it at once.
func (s *core) add(record []byte, then func(error)) {
	switch {
	case s.failed != nil:
		then(node.Errorf(maelstrom.TemporarilyUnavailable, "%s failed (%v): nothing is written before the node is restarted", s.name, s.failed))
	case len(s.waiting) >= s.limits.waiting:
		then(node.Errorf(maelstrom.TemporarilyUnavailable, "%d records wait for the disk already", len(s.waiting)))
	default:
		s.waiting = append(s.waiting, entry{record, then})
	}
}

// after has then called when all that was added is durable, or with why the last of it is not.
func (s *core) after(then func(error)) {
	last := s.waiting
	if len(last) == 0 {
		last = s.flying
	}
	switch {
	case len(last) > 0:
		e := &last[len(last)-1]
		first := e.then
		e.then = func(err error) {
			first(err)
			then(err)
		}
	case s.failed != nil:
		then(s.failed)
	default:
		then(nil)
	}
}

// next gives the next write, if there is one and none is under way.
func (s *core) next() (write, bool) {
	due := (s.snapshot != nil || s.compact != nil) && s.size > max(s.limits.snapshot, 2*s.floor)
	if s.busy || s.failed != nil || len(s.waiting) == 0 && !due {
		return write{}, false
	}
	s.busy, s.whole = true, due
	s.flying, s.waiting = s.waiting, nil
	var records [][]byte
	w := write{whole: due, size: s.size}
	if due && s.compact != nil {
		w.compact = s.compact
		for _, e := range s.flying {
			w.records = append(w.records, e.record)
		}
		return w, true
	}
	if due {
		w.data, w.size = append(w.data, s.header...), int64(len(s.header))
		records = s.snapshot()
	}
	for _, e := range s.flying {
		records = append(records, e.record)
	}
	w.data = AppendBatch(w.data, w.size, records)
	w.size = s.size
	return w, true
}

// done takes in what became of the write, after which the file has so many bytes, and tells the owners of its records.
func (s *core) done(size int64, err error) {
	flying := s.flying
	s.busy, s.flying = false, nil
	switch {
	case err == nil:
		s.size = size
		if s.whole {
			s.floor = s.size
		}
		tell(flying, nil)
	case errors.Is(err, node.ErrDiskFull) && s.whole:
		s.floor = s.size // for a while without a snapshot
		s.waiting = append(flying, s.waiting...)
	case errors.Is(err, node.ErrDiskFull):
		// What waits may build on what was not written.
		waiting := s.waiting
		s.waiting = nil
		tell(append(flying, waiting...), node.Errorf(maelstrom.TemporarilyUnavailable, "%v: nothing was written. Make room on it", err))
	default:
		waiting := s.waiting
		s.failed, s.waiting = err, nil
		tell(flying, node.Errorf(maelstrom.Crash, "%v: what was being written may be found after a restart, or not", err))
		tell(waiting, node.Errorf(maelstrom.TemporarilyUnavailable, "%v: nothing was written", err))
	}
}

func tell(entries []entry, err error) {
	for _, e := range entries {
		e.then(err)
	}
}
