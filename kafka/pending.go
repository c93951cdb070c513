package kafka

import (
	"time"

	"eddy/actor"
)

// pending is a request whose reply has parts that come from several logs or nodes.
type pending struct {
	id     int64
	left   int
	pairs  [][]keyed // by part
	err    error     // the first part's that failed
	timer  actor.Timer
	answer func(pairs []keyed, err error) // nil once it was called
	broker *broker
}

// part is one part of the reply.
type part struct {
	of    *pending
	index int
	pair  []keyed
	err   error
}

// gather waits for so many parts. answer is called once: with all parts
// in their order, or, when it takes longer than within, with those that came
// and the error that says so.
func (b *broker) gather(c *actor.Context[message], parts int, within time.Duration, answer func([]keyed, error)) *pending {
	b.lastID++
	q := &pending{id: b.lastID, left: parts, pairs: make([][]keyed, parts), answer: answer, broker: b}
	if parts == 0 {
		answer(nil, nil)
		return q
	}
	b.pending[q.id] = q
	q.timer = c.After(within, timerPending{q.id})
	return q
}

func (q *pending) arrive(index int, pairs []keyed, err error) {
	if q.answer == nil {
		return // too late
	}
	q.pairs[index] = pairs
	if q.err == nil {
		q.err = err
	}
	if q.left--; q.left == 0 {
		q.close(q.err)
	}
}

func (q *pending) expire(*actor.Context[message]) { q.close(actor.ErrTimeout) }

func (q *pending) close(err error) {
	delete(q.broker.pending, q.id)
	q.timer.Cancel()
	var all []keyed
	for _, pairs := range q.pairs {
		all = append(all, pairs...)
	}
	answer := q.answer
	q.answer = nil
	answer(all, err)
}

// How long a client's request may wait for others. A client gives up after 5 s
// and must not be answered later.
const (
	answerWithin = 4500 * time.Millisecond
	pollWithin   = time.Second // then a poll is answered with what there is
)

// share divides the bounds of a poll among its keys.
func (c Config) share(keys int) budget {
	return budget{max(1, c.PollCount/max(keys, 1)), max(1, c.PollBytes/max(keys, 1))}
}
