package actors_test

import (
	"fmt"
	"time"

	"eddy/actor"
)

// What the asker is told: to begin, and what came of its questions.
type (
	question any
	begin    struct{}
	answered struct {
		who string
		actor.Answer[int]
	}
)

// asker asks three actors for a total, all at once: nothing here waits.
type asker struct{ asked map[string]actor.Ref[message] }

func (a *asker) Receive(c *actor.Context[question], m question) {
	switch m := m.(type) {
	case begin:
		for _, who := range []string{"counter", "silent", "gone"} {
			actor.Ask(c, a.asked[who], time.Second,
				func(r actor.Reply[int]) message { return total{r} },
				func(answer actor.Answer[int]) question { return answered{who, answer} })
		}
	case answered:
		fmt.Println(c.Elapsed(), m.who, m.Value, m.Err)
	}
}

func Example_ask() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("n1", world)
	counter := actor.Spawn(sys, "counter", newCounter)
	counter.Send(add{42})
	silent := actor.Spawn(sys, "silent", func(*actor.Context[message]) actor.Actor[message] {
		return actor.Func[message](func(*actor.Context[message], message) {})
	})
	gone := actor.Spawn(sys, "gone", newCounter)
	gone.Stop()
	world.Run(0)
	actor.Spawn(sys, "asker", func(c *actor.Context[question]) actor.Actor[question] {
		return &asker{map[string]actor.Ref[message]{"counter": counter, "silent": silent, "gone": gone}}
	}).Send(begin{})
	world.Run(time.Minute)
	// Output:
	// 0s gone 0 actor: the actor has ended
	// 0s counter 42 <nil>
	// 1s silent 0 actor: no answer before the deadline
}
