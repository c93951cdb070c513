package peers

import "time"

// message is what travels: always behind a pointer.
type message struct{ n int }

// peer is one way to have actors.
type peer struct {
	name string
	open func() runtime
}

// runtime is a peer at work.
type runtime interface {
	// spawn starts an actor whose mailbox has room for so many messages, where the peer bounds one.
	spawn(capacity int, handle func(*message)) address
	// responder starts an actor that answers every request with the request, and gives the way to ask it.
	responder() func(m *message, within time.Duration) (*message, error)
	// close ends all actors, as fast as the peer can.
	close()
}

// address is where an actor is reached.
type address interface {
	// tell sends from an actor, as the peer advises it; an error says that the message will not be handled.
	tell(m *message) error
	// pour sends from outside, and waits for room where the peer can.
	pour(m *message)
	// stop ends the actor as gently as the peer can, and returns when it has ended or the peer says so.
	stop()
}

// peers are the rows, in the order of the tables.
var peers = []peer{
	{"channels", openChannels},
	{"eddy", openEddy},
	{"protoactor-go", openProto},
}
