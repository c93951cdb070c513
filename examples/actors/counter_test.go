// Package actors_test shows the runtime in programs of a page each. What
// docs/actors.md quotes stands here, and is run by go test.
package actors_test

import (
	"fmt"
	"time"

	"eddy/actor"
)

// What a counter can be told.
type (
	message any
	add     struct{ n int }
	total   struct{ reply actor.Reply[int] }
)

// counter is the actor: its state, and what it does with each message.
type counter struct{ sum int }

func (a *counter) Receive(_ *actor.Context[message], m message) {
	switch m := m.(type) {
	case add:
		a.sum += m.n
	case total:
		m.reply.Send(a.sum)
	}
}

// newCounter makes one, at its spawn and again at each restart.
func newCounter(*actor.Context[message]) actor.Actor[message] { return &counter{} }

func Example_counter() {
	sys := actor.NewSystem("n1", actor.Live())
	counter := actor.Spawn(sys, "counter", newCounter)
	counter.Send(add{40})
	counter.Send(add{2})
	sum, err := actor.Call(counter, time.Second, func(r actor.Reply[int]) message { return total{r} })
	fmt.Println(sum, err)
	fmt.Println(sys.Stop(time.Second))
	// Output:
	// 42 <nil>
	// <nil>
}
