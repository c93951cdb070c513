// Package link is the reliable connection between two nodes whose network loses, repeats, delays and reorders
// messages, and whose memories end when they are killed.
//
// A [Link] is one node's half. It is a pure state machine: messages and the time go in ([Link.Hear],
// [Link.Push]), messages come out ([Link.Due]), and [Link.Next] says when to ask again. It has no clock, no
// goroutine and no I/O; the actor that owns it drives it:
//
//	l := link.New(incarnation, link.Config{Retry: time.Second, RetryMax: 2 * time.Second, AckDelay: 100 * time.Millisecond, Bytes: 64 << 10, QueueMax: 1 << 16})
//	l.Push(item, 0)
//	for _, m := range l.Due(now) { send(peer, m) } // at the latest at the time that Next gives
//	heard := l.Hear(now, &message)                 // heard.Items are new, in order
//
// # What it promises
//
// Items reach an incarnation of the peer in the order in which they were pushed, each once. What is due at one time
// goes in as few messages as its size allows. An acknowledgement says up to which number everything came; it rides on
// a message that goes anyway, or goes alone after AckDelay. A receiver that has waited 100 ms behind a gap says so,
// and exactly what is missing is sent again, once. What is not acknowledged for Retry is sent again from the first on
// (go-back-N): Tries times all of it, then one message, and the rest when that came through. So a silent peer costs
// one message every RetryMax. A link with nothing to say is silent.
//
// A [Window] drives the links of one actor: they send together, at most once in its length.
//
// # Incarnations
//
// An incarnation is one lifetime of a node's memory, named by a random number. Incarnations have no order: a killed
// node cannot count them, and its clock may step back. So a message of an incarnation never heard of may come from
// the successor of the present one, or from a predecessor whose messages were delayed. The link finds out: it sends
// that incarnation a challenge, a number never used before, and only a message that echoes the number replaces the
// present incarnation, since its sender was alive after the present one was heard of. What such a sender says
// meanwhile is kept, up to a bound, and heard when the echo comes. The first incarnation ever heard of needs no
// challenge: there is nothing that it could replace.
//
// When the peer has a new incarnation, what was pushed for the one before is dropped and [Heard].Lost is true: the user
// pushes again what the peer must know.
//
// # Bounds
//
// At most QueueMax items wait for acknowledgement. The item that would be one too many ends the attempt to tell the
// peer everything one by one: the queue is dropped, nothing is queued until the peer is heard again, and then
// [Heard].Lost is true, as if the peer had been restarted. Behind a gap wait at most QueueMax items, at most 4
// incarnations are challenged at a time, and at most 16 messages are kept of each. What is due at one time ends after
// 1 MiB.
package link
