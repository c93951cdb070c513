// Package node makes a Maelstrom node of actors: lines come in on standard
// input, are split by package wire and routed by the type of their body to the
// mailboxes of a service's actors; answers go out through the one actor that
// writes standard output.
//
//	node.Run(func(n *node.Node) error {
//		to := actor.Spawn(n, "echo", newEcho)
//		node.Handle(n, "echo", to, func(r node.Request[body, body]) message { ... })
//		return nil
//	}, node.Options{})
//
// # The way of a message
//
//	stdin -> reader (an edge, may wait) -> the actor its route names -> stdout (a sink)
//	                                    -> rpc, the request table, if it is an answer
//
// The reader decodes; it waits while the mailbox it delivers to is full, so
// that back-pressure reaches the pipe. Messages of one sender reach an actor in
// the order they were read. Before init, everything waits.
//
// # What it promises
//
// Whatever comes in, the node lives: a line that is no JSON, too long, or not a
// message is answered with error 12 where there is someone to tell, an unknown
// type with error 10, a panic over a request with error 13; each is logged in
// one line. A request without msg_id is never answered, nor is a client after
// it has given up: either would end Maelstrom's reading of this node. A line is
// encoded once, integers stay exact, and lines are written whole. At the end of
// the input, what was read is handled and answered.
//
// A node runs live, on standard input and output ([Run]), or as one of many in a
// World, in virtual time ([Simulate]): the same actors, the same bytes.
//
// Its protocol is Maelstrom's doc/protocol.md and doc/services.md. Types and
// codes of errors are those of Maelstrom's Go library; its Node, which takes a
// lock for each send and a goroutine for each message, is not used.
package node
