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
//	sys := actor.NewSystem("n1", actor.Live())
//	adder := actor.Spawn(sys, "adder", func(*actor.Context[int]) actor.Actor[int] {
//		sum := 0
//		return actor.Func[int](func(_ *actor.Context[int], n int) { sum += n })
//	})
//	adder.Send(42)
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
