package main

import (
	"errors"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// What the actor is sent.
type (
	message any

	request = node.Request[node.None, ticket]

	again struct{}                      // a pause is over
	read  struct{ actor.Answer[int64] } // what lin-kv holds: the highest number that is taken
	took  struct {                      // whether the numbers from first to last are this node's now
		first, last int64
		err         error
	}
)

type ticket struct {
	Number int64 `json:"number"`
}

// tickets is the configuration of the service.
type tickets struct{ ahead int }

// counter is the actor. The highest number that any node has taken is in lin-kv: the node reads it, and puts a higher one
// in its place, which makes the numbers between its own. Requests that come meanwhile wait, and are answered together.
type counter struct {
	tickets
	node    *node.Node
	waiting []waiting
	asking  bool  // lin-kv is asked, or will be after a pause
	next    int64 // numbers from next to last are left from the last time
	last    int64
}

// waiting is a request, and when the node has to give up: clients wait for 5 s.
type waiting struct {
	request
	until time.Duration
}

const (
	giveUpAfter = 3 * time.Second
	pauseMax    = 20 * time.Millisecond

	key                = "highest"
	keyDoesNotExist    = 20
	preconditionFailed = 22
	unavailable        = 11
)

func (s *counter) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case request:
		s.waiting = append(s.waiting, waiting{m, c.Elapsed() + giveUpAfter})
	case again:
		s.asking = false
	case read:
		s.asking = false
		if m.Err != nil && codeOf(m.Err) != keyDoesNotExist {
			s.fail(m.Err)
		} else {
			s.take(c, m.Value)
		}
	case took:
		s.asking = false
		switch {
		case m.err == nil:
			s.next, s.last = m.first, m.last
		case codeOf(m.err) != preconditionFailed:
			s.fail(m.err)
		default: // another node was faster; a pause by lot, or the same one always is
			s.giveUp(c.Elapsed())
			s.asking = true
			c.After(time.Duration(c.Rand().Int64N(int64(pauseMax))), again{})
		}
	}
	s.proceed(c)
}

// proceed answers those who wait while there are numbers, and asks for more.
func (s *counter) proceed(c *actor.Context[message]) {
	for len(s.waiting) > 0 && s.next <= s.last && s.last > 0 {
		s.waiting[0].Reply(ticket{s.next})
		s.waiting, s.next = s.waiting[1:], s.next+1
	}
	if len(s.waiting) == 0 || s.asking {
		return
	}
	s.asking = true
	node.Read(c, s.node.LinKV(), key, node.KVOptions{}, func(a actor.Answer[int64]) message { return read{a} })
}

// take asks for as many numbers as there are requests, and those to reserve.
func (s *counter) take(c *actor.Context[message], highest int64) {
	s.asking = true
	mine := took{first: highest + 1, last: highest + int64(len(s.waiting)+s.ahead)}
	node.CompareAndSet(c, s.node.LinKV(), key, highest, mine.last, true, node.KVOptions{}, func(err error) message {
		mine.err = err
		return mine
	})
}

// giveUp fails the requests whose clients may not wait much longer.
func (s *counter) giveUp(now time.Duration) {
	for len(s.waiting) > 0 && s.waiting[0].until < now {
		s.waiting[0].Fail(node.Errorf(unavailable, "other nodes were faster for %v", giveUpAfter))
		s.waiting = s.waiting[1:]
	}
}

func (s *counter) fail(err error) {
	for _, r := range s.waiting {
		r.Fail(err)
	}
	s.waiting = nil
}

// serve builds the node: its actor, and which messages go to it.
func (t tickets) serve(n *node.Node) error {
	to := actor.Spawn(n, "counter", func(*actor.Context[message]) actor.Actor[message] { return &counter{tickets: t, node: n} })
	node.Handle(n, "take", to, func(r request) message { return r })
	return nil
}

// codeOf is the code of an error of the protocol; -1 for any other.
func codeOf(err error) int {
	if e := (*node.Error)(nil); errors.As(err, &e) {
		return e.Code
	}
	return -1
}
