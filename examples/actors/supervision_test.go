package actors_test

import (
	"fmt"
	"time"

	"eddy/actor"
)

// fragile adds, too, but panics over what it does not know.
func fragile(c *actor.Context[string]) actor.Actor[string] {
	fmt.Println("fragile: life", c.Restarts()+1)
	return actor.Func[string](func(_ *actor.Context[string], m string) {
		if m != "good" {
			panic("what is " + m + "?")
		}
		fmt.Println("fragile: good")
	})
}

// parent spawns it with a budget of one restart in ten seconds, and watches it.
func parent(c *actor.Context[actor.Ended]) actor.Actor[actor.Ended] {
	child := actor.Spawn(c, "fragile", fragile, actor.Restarts(1, 10*time.Second), actor.EndsAlone())
	actor.Watch(c, child, func(e actor.Ended) actor.Ended { return e })
	for _, m := range []string{"bad", "good", "worse", "good"} {
		child.Send(m)
	}
	return actor.Func[actor.Ended](func(_ *actor.Context[actor.Ended], e actor.Ended) {
		fmt.Println("parent:", e.Path, "ended:", e.Err)
	})
}

func Example_supervision() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("n1", world)
	actor.Spawn(sys, "parent", parent)
	world.Run(time.Second)
	// Output:
	// fragile: life 1
	// fragile: life 2
	// fragile: good
	// parent: parent/fragile ended: actor parent/fragile failed more than 1 times in 10s: actor parent/fragile panicked: what is worse?
}
