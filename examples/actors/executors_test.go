package actors_test

import (
	"fmt"
	"strings"
	"time"

	"eddy/actor"
)

// play is a system of two actors that knows nothing of its executor.
func play(on actor.Executor) *actor.System {
	sys := actor.NewSystem("n1", on)
	counter := actor.Spawn(sys, "counter", newCounter)
	actor.SpawnTicker[message](sys, "ticker", 10*time.Millisecond, add{1}, counter)
	return sys
}

// trace is all that happens in a simulated one, a line each.
func trace(seed uint64, d time.Duration) string {
	var out strings.Builder
	world := actor.NewWorld(seed) // one goroutine, virtual time
	world.Trace(&out)
	play(world)
	world.Run(d)
	return out.String()
}

func Example_executors() {
	fmt.Println(play(actor.Live()).Stop(time.Second)) // goroutines, wall clock
	for line := range strings.Lines(trace(7, 20*time.Millisecond)) {
		fmt.Println(strings.TrimSpace(line))
	}
	once, again, other := trace(7, time.Minute), trace(7, time.Minute), trace(8, time.Minute)
	fmt.Println(once == again, once == other)
	// Output:
	// <nil>
	// 0 n1 counter spawn
	// 0 n1  spawn
	// 0 n1 ticker spawn
	// 10000000 n1 ticker signal wake
	// 10000000 n1 counter receive actors_test.message
	// 20000000 n1 ticker signal wake
	// 20000000 n1 counter receive actors_test.message
	// true false
}
