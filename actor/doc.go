// Package actor runs actors: pieces of state with one owner each, a goroutine
// that is reached only by sending it a value of its message type.
//
// A sender holds a [Ref], the typed sending half of the actor's mailbox; the
// actor holds a [Context], its own half: all that it sees of time, randomness,
// timers and other actors. That is what lets one actor run live, a goroutine an
// actor on the wall clock ([Live]), and simulated, every actor of every node in
// one goroutine and virtual time ([World]), unchanged. The same seed gives a
// World the same run, byte for byte.
//
// # A first actor
//
// An actor is three things: the messages that it is sent, its state with what it
// does with each of them, and a constructor.
//
//	type (
//		order   any
//		set     struct{ degrees int }
//		current struct{ reply actor.Reply[int] }
//		cool    struct{} // a timer's
//	)
//
//	// thermostat is a whole actor: its state, and what it does with each message.
//	type thermostat struct{ degrees int }
//
//	func (t *thermostat) Receive(c *actor.Context[order], m order) {
//		switch m := m.(type) {
//		case set:
//			t.degrees = m.degrees
//			c.After(time.Minute, cool{}) // a message to itself, later
//		case cool:
//			t.degrees--
//		case current:
//			m.reply.Send(t.degrees)
//		}
//	}
//
//	func newThermostat(*actor.Context[order]) actor.Actor[order] { return &thermostat{} }
//
// Spawn starts it, and gives the only way in. Here an hour passes in virtual time;
// on Live it is the same actor.
//
//	world := actor.NewWorld(1) // in virtual time; actor.Live() for goroutines and the wall clock
//	sys := actor.NewSystem("house", world)
//	ref := actor.Spawn(sys, "thermostat", newThermostat)
//	ref.Send(set{21})
//	ask := func(r actor.Reply[int]) order { return current{r} }
//	before, _ := actor.Call(ref, time.Second, ask)
//	world.Run(time.Hour)
//	after, err := actor.Call(ref, time.Second, ask)
//	fmt.Println(before, after, err) // 21 20 <nil>
//
// A handler never waits. What it wants to know of another actor it asks with [Ask],
// and the answer, the refusal or the timeout is a message like any other; [Call] is
// for main and tests. [SpawnTicker] sends a message again and again. An actor that
// spawns others on its Context is their supervisor. A function that needs no type of
// its own is an actor by [Func]. Each function has an example.
//
// # What it promises
//
// A send never blocks a handler, and what becomes of it is answered: see
// [Delivery]. Messages of one sender are handled in the order they were sent.
// No message is lost in silence: what an actor does not handle is refused, to
// the message itself ([Refusable]), to its asker ([Ask]), and in the counters
// ([Stats]). Requests, timers and the ends of other actors ([Watch]) arrive as
// messages in the actor's own mailbox.
//
// A panic ends one incarnation of one actor. The actor is made anew by its
// constructor, its mailbox kept, within the budget that its supervisor gave it
// at the spawn ([Restarts]); beyond it the failure is the parent's, and so on up
// to the root, which ends the [System] with an error. A restart first ends the
// actor's children: the constructor spawns them again.
//
// A stop drains: what is queued is handled, what comes later is refused, the
// children end, all within a bound after which the stop names those that hang.
//
// # What it refuses
//
// Locks: there is no mutex and no atomic in it, which a test enforces; counters
// that many goroutines count are channels of empty structs. A handler that
// waits. A second way in: a Context must not leave its actor.
package actor
