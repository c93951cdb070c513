package actor_test

import (
	"fmt"
	"time"

	"eddy/actor"
)

// A counter that answers: its state is a local variable, its owner one goroutine.
func Example() {
	type message struct {
		add   int
		total actor.Reply[int]
	}
	sys := actor.NewSystem("n1", actor.Live())
	counter := actor.Spawn(sys, "counter", func(*actor.Context[message]) actor.Actor[message] {
		sum := 0
		return actor.Func[message](func(_ *actor.Context[message], m message) {
			sum += m.add
			m.total.Send(sum)
		})
	})
	counter.Send(message{add: 40})
	total, err := actor.Call(counter, time.Second, func(r actor.Reply[int]) message {
		return message{add: 2, total: r}
	})
	fmt.Println(total, err)
	fmt.Println(sys.Stop(time.Second))
	// Output:
	// 42 <nil>
	// <nil>
}

// The same actors in virtual time: an hour passes in no time at all.
func ExampleWorld() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("n1", world)
	ticks := 0
	beat := actor.Spawn(sys, "heart", func(*actor.Context[string]) actor.Actor[string] {
		return actor.Func[string](func(*actor.Context[string], string) { ticks++ })
	})
	actor.SpawnTicker(sys, "ticker", time.Second, "beat", beat)
	world.Run(time.Hour)
	fmt.Println(ticks)
	// Output: 3600
}
