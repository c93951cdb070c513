package kv

import (
	"time"

	maelstrom "github.com/jepsen-io/maelstrom/demo/go"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// pending is a request that waits for its answer.
type pending struct {
	command  command
	member   *member // a change of membership in place of the command
	answer   func(result)
	deadline time.Duration // since the executor's start
	done     bool

	proposed   bool // at least once: nobody knows whether it is in the log
	queued     bool
	proposedAt int    // tick
	term       uint64 // at that time
}

// finish answers once.
func (p *pending) finish(r result) {
	if !p.done {
		p.done = true
		p.answer(r)
	}
}

// requests are those of clients of this node that change something, or go
// through the log. They wait in the order in which they came.
type requests struct {
	bySerial map[uint64]*pending
	order    []*pending
	queue    []*pending // to be proposed
	serial   uint64
}

// requestsMax bounds how many wait at a time.
const requestsMax = 10_000

func newRequests() *requests { return &requests{bySerial: map[uint64]*pending{}} }

// add takes a request in, and reports whether there was room.
func (q *requests) add(p *pending) bool {
	if len(q.bySerial) >= requestsMax {
		p.finish(failed(maelstrom.TemporarilyUnavailable, "too many requests wait"))
		return false
	}
	q.serial++
	p.command.Serial, p.queued = q.serial, true
	q.bySerial[q.serial] = p
	q.order = append(q.order, p)
	q.queue = append(q.queue, p)
	return true
}

// applied answers the request that a command came from.
func (q *requests) applied(serial uint64, r result) {
	if p := q.bySerial[serial]; p != nil {
		delete(q.bySerial, serial)
		p.finish(r)
	}
}

// tick gives up on those whose time is over, and has those proposed again that
// have not been heard of for some ticks, or since another term began.
func (q *requests) tick(now time.Duration, tick, patience int, term uint64) {
	for len(q.order) > 0 && (q.order[0].done || q.order[0].deadline <= now) {
		p := q.order[0]
		q.order[0] = nil
		q.order = q.order[1:]
		delete(q.bySerial, p.command.Serial)
		p.finish(givenUp(p.proposed))
	}
	for _, p := range q.order {
		if !p.done && p.proposed && !p.queued && (tick-p.proposedAt >= patience || p.term != term) {
			p.queued = true
			q.queue = append(q.queue, p)
		}
	}
}

// givenUp is what a client is told whose request found no end. Only what was
// never proposed certainly did not happen.
func givenUp(proposed bool) result {
	if proposed {
		return failed(maelstrom.Timeout, "proposed, but not known to be committed")
	}
	return failed(maelstrom.TemporarilyUnavailable, "no leader is known")
}

// take gives the requests to propose next: commands of up to so many bytes, or a
// single change of membership.
func (q *requests) take(bytesMax int) []*pending {
	var taken []*pending
	bytes := 0
	for len(q.queue) > 0 {
		p := q.queue[0]
		size := len(p.command.Key) + len(p.command.From) + len(p.command.To) + commandBytes
		if len(taken) > 0 && (bytes+size > bytesMax || p.member != nil || taken[0].member != nil) {
			break
		}
		q.queue[0] = nil
		q.queue = q.queue[1:]
		p.queued = false
		if !p.done {
			taken, bytes = append(taken, p), bytes+size
		}
	}
	return taken
}

// commandBytes is what a command takes besides its key and values, about.
const commandBytes = 100

// putBack has requests wait that nobody would take.
func (q *requests) putBack(taken []*pending) {
	for _, p := range taken {
		p.queued = true
	}
	q.queue = append(taken, q.queue...)
}

// What clients say: Maelstrom's doc/workloads.md, lin-kv. Keys and values are any
// JSON.

type readBody struct {
	Key wire.Raw `json:"key" wire:"required"`
}

type writeBody struct {
	ID    int64    `json:"msg_id"`
	Key   wire.Raw `json:"key" wire:"required"`
	Value wire.Raw `json:"value" wire:"required"`
}

type casBody struct {
	ID     int64    `json:"msg_id"`
	Key    wire.Raw `json:"key" wire:"required"`
	From   wire.Raw `json:"from" wire:"required"`
	To     wire.Raw `json:"to" wire:"required"`
	Create bool     `json:"create_if_not_exists"`
}

type valueBody struct {
	Value wire.Raw `json:"value"`
}

type (
	readRequest  = node.Request[readBody, valueBody]
	writeRequest = node.Request[writeBody, node.None]
	casRequest   = node.Request[casBody, node.None]
	raftMessage  = node.Request[raftBody, node.None]
)

// done answers a request that has no value to answer with.
func done[Q any](r node.Request[Q, node.None]) func(result) {
	return func(res result) {
		if res.err {
			r.Fail(node.Errorf(res.Code, "%s", res.Text))
			return
		}
		r.Reply(node.None{})
	}
}

func value(r readRequest) func(result) {
	return func(res result) {
		if res.err {
			r.Fail(node.Errorf(res.Code, "%s", res.Text))
			return
		}
		r.Reply(valueBody{res.Value})
	}
}
