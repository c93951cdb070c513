package actor_test

import (
	"errors"
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

// What a thermostat is sent.
type (
	order   any
	set     struct{ degrees int }
	current struct{ reply actor.Reply[int] }
	cool    struct{} // a timer's
)

// thermostat is a whole actor: its state, and what it does with each message.
type thermostat struct{ degrees int }

func (t *thermostat) Receive(c *actor.Context[order], m order) {
	switch m := m.(type) {
	case set:
		t.degrees = m.degrees
		c.After(time.Minute, cool{}) // a message to itself, later
	case cool:
		t.degrees--
	case current:
		m.reply.Send(t.degrees)
	}
}

func newThermostat(*actor.Context[order]) actor.Actor[order] { return &thermostat{} }

func Example_first() {
	world := actor.NewWorld(1) // in virtual time; actor.Live() for goroutines and the wall clock
	sys := actor.NewSystem("house", world)
	ref := actor.Spawn(sys, "thermostat", newThermostat)
	ref.Send(set{21})
	ask := func(r actor.Reply[int]) order { return current{r} }
	before, _ := actor.Call(ref, time.Second, ask)
	world.Run(time.Hour)
	after, err := actor.Call(ref, time.Second, ask)
	fmt.Println(before, after, err) // 21 20 <nil>
	// Output: 21 20 <nil>
}

// Questions to other actors go out, and what becomes of them arrives as messages: an answer, a refusal, or that there was none in time.
func ExampleAsk() {
	type told struct {
		who string
		actor.Answer[int]
	}
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	kitchen := actor.Spawn(sys, "kitchen", newThermostat)
	attic := actor.Spawn(sys, "attic", func(*actor.Context[order]) actor.Actor[order] {
		return actor.Func[order](func(*actor.Context[order], order) {}) // never answers
	})
	kitchen.Send(set{21})
	actor.Spawn(sys, "asker", func(c *actor.Context[told]) actor.Actor[told] {
		for _, room := range []struct {
			name string
			ref  actor.Ref[order]
		}{{"kitchen", kitchen}, {"attic", attic}} {
			actor.Ask(c, room.ref, time.Second,
				func(r actor.Reply[int]) order { return current{r} },
				func(a actor.Answer[int]) told { return told{room.name, a} })
		}
		return actor.Func[told](func(c *actor.Context[told], m told) { fmt.Println(c.Elapsed(), m.who, m.Value, m.Err) })
	})
	world.Run(time.Minute)
	// Output:
	// 0s kitchen 21 <nil>
	// 1s attic 0 actor: no answer before the deadline
}

// Call is for the edges, such as main: it waits.
func ExampleCall() {
	sys := actor.NewSystem("house", actor.Live())
	ref := actor.Spawn(sys, "thermostat", newThermostat)
	ref.Send(set{19})
	fmt.Println(actor.Call(ref, time.Second, func(r actor.Reply[int]) order { return current{r} }))
	fmt.Println(sys.Stop(time.Second))
	// Output:
	// 19 <nil>
	// <nil>
}

func ExampleWatch() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	ref := actor.Spawn(sys, "thermostat", newThermostat)
	actor.Spawn(sys, "watcher", func(c *actor.Context[actor.Ended]) actor.Actor[actor.Ended] {
		actor.Watch(c, ref, func(e actor.Ended) actor.Ended { return e })
		return actor.Func[actor.Ended](func(_ *actor.Context[actor.Ended], e actor.Ended) { fmt.Println(e.Path, "ended:", e.Err) })
	})
	world.Run(0)
	ref.Stop()
	world.Run(0)
	// Output: thermostat ended: <nil>
}

// An actor spawns children on its Context; their paths begin with its own.
func ExampleSpawn() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	actor.Spawn(sys, "floor", func(c *actor.Context[order]) actor.Actor[order] {
		for _, room := range []string{"bath", "hall"} {
			actor.Spawn(c, room, func(c *actor.Context[order]) actor.Actor[order] {
				fmt.Println(c.Path())
				return &thermostat{}
			})
		}
		return actor.Func[order](func(*actor.Context[order], order) {})
	})
	world.Run(0)
	// Unordered output:
	// floor/bath
	// floor/hall
}

// A ticker sends one message to one actor or several, again and again. Its Ref changes the pace.
func ExampleSpawnTicker() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	clock := actor.Spawn(sys, "clock", func(*actor.Context[string]) actor.Actor[string] {
		return actor.Func[string](func(c *actor.Context[string], m string) { fmt.Println(c.Elapsed(), m) })
	})
	pace := actor.SpawnTicker(sys, "ticker", time.Second, "tick", clock)
	world.Run(2 * time.Second)
	pace.Send(actor.Pace{Every: 10 * time.Second})
	world.Run(10 * time.Second)
	// Output:
	// 1s tick
	// 2s tick
	// 12s tick
}

// The same actor on goroutines and the wall clock. Stop handles what is queued, ends all actors, and names those that hang.
func ExampleLive() {
	sys := actor.NewSystem("house", actor.Live())
	actor.Spawn(sys, "thermostat", newThermostat).Send(set{21})
	fmt.Println(sys.Stop(time.Second))
	// Output: <nil>
}

// Systems of one World share its clock and its seed, as the nodes of a cluster do.
func ExampleNewSystem() {
	world := actor.NewWorld(1)
	for _, name := range []string{"n1", "n2"} {
		sys := actor.NewSystem(name, world)
		actor.Spawn(sys, "hello", func(c *actor.Context[string]) actor.Actor[string] {
			fmt.Println(c.System().Name(), c.Path())
			return actor.Func[string](func(*actor.Context[string], string) {})
		})
	}
	world.Run(0)
	// Unordered output:
	// n1 hello
	// n2 hello
}

// The same seed gives the same run: what actors draw, and which of them goes next.
func ExampleNewWorld() {
	draw := func(seed uint64) (drawn uint64) {
		world := actor.NewWorld(seed)
		sys := actor.NewSystem("n1", world)
		actor.Spawn(sys, "drawer", func(c *actor.Context[string]) actor.Actor[string] {
			drawn = c.Rand().Uint64()
			return actor.Func[string](func(*actor.Context[string], string) {})
		})
		world.Run(0)
		return drawn
	}
	once, again, other := draw(7), draw(7), draw(8)
	fmt.Println(once == again, once == other)
	// Output: true false
}

// In a world that nothing steps no message is handled, so a mailbox of one is full with the first.
func ExampleCapacity() {
	sys := actor.NewSystem("house", actor.NewWorld(1))
	ref := actor.Spawn(sys, "thermostat", newThermostat, actor.Capacity(1))
	fmt.Println(ref.Send(set{20}), ref.Send(set{21}))
	// Output: accepted rejected
}

func ExampleWhenFull() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	ref := actor.Spawn(sys, "thermostat", newThermostat, actor.Capacity(1), actor.WhenFull(actor.DropOldest))
	fmt.Println(ref.Send(set{20}), ref.Send(set{21}))
	world.Run(0)
	fmt.Println(actor.Call(ref, time.Second, func(r actor.Reply[int]) order { return current{r} }))
	// Output:
	// accepted accepted
	// 21 <nil>
}

// fragile panics over each message, and prints how often it was restarted.
func fragile(c *actor.Context[string]) actor.Actor[string] {
	fmt.Println("restarts:", c.Restarts())
	return actor.Func[string](func(_ *actor.Context[string], m string) { panic(m) })
}

// One restart in a minute; with the second panic the failure is the system's.
func ExampleRestarts() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	ref := actor.Spawn(sys, "fragile", fragile, actor.Restarts(1, time.Minute))
	ref.Send("one")
	ref.Send("two")
	world.Run(0)
	fmt.Println(sys.Err() != nil)
	// Output:
	// restarts: 0
	// restarts: 1
	// true
}

// The failure of an actor that ends alone is not its parent's.
func ExampleEndsAlone() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	actor.Spawn(sys, "fragile", fragile, actor.Restarts(0, 0), actor.EndsAlone()).Send("one")
	world.Run(0)
	fmt.Println(sys.Err())
	// Output:
	// restarts: 0
	// <nil>
}

// An actor that has much to finish is given a second for it.
func ExampleStopWithin() {
	sys := actor.NewSystem("house", actor.Live())
	ref := actor.Spawn(sys, "thermostat", newThermostat, actor.StopWithin(time.Second))
	ref.Send(set{21})
	ref.Stop()
	fmt.Println(sys.Stop(time.Second))
	// Output: <nil>
}

// events prints what befalls actors; the system's own path is empty.
type events struct{}

func (events) Record(e *actor.Record) {
	if e.Path != "" {
		fmt.Println(e.Kind, e.Path)
	}
}

func ExampleWithObserver() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world, actor.WithObserver(events{}))
	actor.Spawn(sys, "fragile", fragile, actor.Restarts(1, time.Minute)).Send("one")
	world.Run(0)
	// Output:
	// spawn fragile
	// restarts: 0
	// panic fragile
	// restart fragile
	// restarts: 1
}

func ExampleContext_After() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	actor.Spawn(sys, "egg", func(c *actor.Context[string]) actor.Actor[string] {
		c.After(5*time.Minute, "hard")
		soft := c.After(3*time.Minute, "soft")
		soft.Cancel()
		return actor.Func[string](func(c *actor.Context[string], m string) { fmt.Println(c.Elapsed(), m) })
	})
	world.Run(time.Hour)
	// Output: 5m0s hard
}

func ExampleRef_Send() {
	world := actor.NewWorld(1)
	sys := actor.NewSystem("house", world)
	ref := actor.Spawn(sys, "thermostat", newThermostat)
	fmt.Println(ref.Send(set{21}))
	ref.Stop()
	world.Run(0)
	fmt.Println(ref.Send(set{22}))
	// Output:
	// accepted
	// stopped
}

func ExampleReply_Fail() {
	sys := actor.NewSystem("house", actor.Live())
	ref := actor.Spawn(sys, "broken", func(*actor.Context[order]) actor.Actor[order] {
		return actor.Func[order](func(_ *actor.Context[order], m order) { m.(current).reply.Fail(errors.New("no sensor")) })
	})
	_, err := actor.Call(ref, time.Second, func(r actor.Reply[int]) order { return current{r} })
	fmt.Println(err, sys.Stop(time.Second))
	// Output: no sensor <nil>
}
