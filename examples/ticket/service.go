package main

import (
	"errors"

	"eddy/actor"
	"eddy/actor/node"
)

// What the actor is sent.
type (
	message any

	request = node.Request[node.None, ticket]

	read struct{ actor.Answer[int64] } // what lin-kv holds: the highest number that is taken
	took struct {                      // whether the numbers from first to last are this node's now
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
	waiting []request
	asking  bool  // lin-kv is asked
	next    int64 // numbers from next to last are left from the last time
	last    int64
}

const (
	key                = "highest"
	keyDoesNotExist    = 20
	preconditionFailed = 22
)

func (s *counter) Receive(c *actor.Context[message], m message) {
	switch m := m.(type) {
	case request:
		s.waiting = append(s.waiting, m)
	case read:
		s.asking = false
		if m.Err != nil && codeOf(m.Err) != keyDoesNotExist {
			s.fail(m.Err)
			return
		}
		s.take(c, m.Value)
	case took:
		s.asking = false
		if m.err == nil {
			s.next, s.last = m.first, m.last
		} else if codeOf(m.err) != preconditionFailed {
			s.fail(m.err)
			return
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

// take asks for as many numbers as there are requests, and those to reserve. Another node may be faster: then it
// begins again.
func (s *counter) take(c *actor.Context[message], highest int64) {
	s.asking = true
	mine := took{first: highest + 1, last: highest + int64(len(s.waiting)+s.ahead)}
	node.CompareAndSet(c, s.node.LinKV(), key, highest, mine.last, true, node.KVOptions{}, func(err error) message {
		mine.err = err
		return mine
	})
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
