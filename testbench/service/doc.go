// Package service plays the services that Maelstrom offers to nodes: lin-kv, seq-kv, lww-kv and lin-tso,
// with its semantics and its pathologies (doc/services.md and src/maelstrom/service.clj there).
//
//	s := service.New("seq-kv")
//	reply, err := s.Handle("n1", []byte(`{"type":"read","key":"x","msg_id":7}`), rng)
//
// A [Service] is a state machine: it takes the body of a request and gives that of the reply, at once,
// without clock, goroutine or network. What takes a request to it, and how long that takes, is the
// business of package network. All chance is drawn from the generator that comes with the request.
//
// Keys and values are any JSON and compared by value: {"a":1,"b":2} is {"b":2,"a":1}, and 1 is not 1.0. A
// field that is missing is null. A value is read as it was written.
//
// What the services promise, and what they do not:
//
//   - lin-kv: every request takes place on the latest state.
//   - seq-kv: a request that changes nothing (a read, a write of the value that is there, a compare and
//     set that fails) may take place on any of the last 32 states that is not older than what this client
//     saw last. One that changes something takes place on the latest, and so brings its client up to the
//     present. A client that is more than 31 states behind may see the store go back, as it may at Maelstrom.
//   - lww-kv: two replicas; every request goes to one that is drawn, and one that is drawn is merged into
//     another before. An answered write may lose to one that
//     was answered before it. It ignores
//     create_if_not_exists.
//   - lin-tso: 0, 1, 2 and so on.
//
// It refuses a request whose type it does not know with an [UnknownTypeError], and answers nothing then, as
// Maelstrom does.
package service
