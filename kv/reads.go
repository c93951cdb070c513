package kv

import (
	"encoding/binary"
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node/wire"
)

// reading is a read that waits.
type reading struct {
	key      string
	txn      wire.Raw // in place of the key: see Machine
	answer   func(result)
	deadline time.Duration
}

// batch is reads that one question to the leader serves.
type batch struct {
	number    uint64
	reads     []reading
	asked     int    // tick
	term      uint64 // at that time
	confirmed bool
	index     uint64 // to be applied before they are answered
}

// reads are those of clients of this node that do not go through the log.
type reads struct {
	queue   []reading // not asked for yet
	batches []*batch
}

// ask makes a batch of the reads that wait.
func (q *reads) ask(number uint64, tick int, term uint64) *batch {
	b := &batch{number: number, reads: q.queue, asked: tick, term: term}
	q.queue = nil
	q.batches = append(q.batches, b)
	return b
}

// confirm notes up to where the log must be applied for a batch, if there still
// is one of that number.
func (q *reads) confirm(number, index uint64) {
	for _, b := range q.batches {
		if b.number == number && !b.confirmed {
			b.confirmed, b.index = true, index
		}
	}
}

// question is what the library hands back with the answer to a question of how
// far the log was committed: the life of the replica that asked, since an answer
// to a former life may still be on its way, and the question's number in it.
func question(life, number uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, life), number)
}

// questioned is the inverse of question.
func questioned(context []byte) (life, number uint64) {
	if len(context) != 16 {
		return 0, 0
	}
	return binary.BigEndian.Uint64(context), binary.BigEndian.Uint64(context[8:])
}

// serve answers what is confirmed and applied.
func (q *reads) serve(applied uint64, s *store) {
	var left []*batch
	for _, b := range q.batches {
		if !b.confirmed || b.index > applied {
			left = append(left, b)
			continue
		}
		for _, r := range b.reads {
			r.answer(s.lookUp(r))
		}
	}
	q.batches = left
}

// tick gives up on reads whose time is over, and asks again for those that have
// not been heard of for some ticks, or since another term began. That a read is
// not answered is definite: it changes nothing.
func (q *reads) tick(now time.Duration, tick, patience int, term uint64) {
	var left []*batch
	var again []reading
	for _, b := range q.batches {
		if b.confirmed || tick-b.asked < patience && b.term == term {
			b.reads = inTime(b.reads, now)
			left = append(left, b)
		} else {
			again = append(again, b.reads...)
		}
	}
	q.batches = left
	q.queue = inTime(append(again, q.queue...), now)
}

func inTime(all []reading, now time.Duration) []reading {
	late := 0
	for _, r := range all {
		if r.deadline <= now {
			late++
		}
	}
	if late == 0 {
		return all
	}
	kept := make([]reading, 0, len(all)-late)
	for _, r := range all {
		if r.deadline > now {
			kept = append(kept, r)
			continue
		}
		r.answer(failed(maelstrom.TemporarilyUnavailable, "no leader has answered"))
	}
	return kept
}
