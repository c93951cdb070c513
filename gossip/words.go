package gossip

import "eddy/actor"

// What the actors say of themselves to a trace.

// tellLearned: the node has a value that it did not have.
func tellLearned[M any](c *actor.Context[M], raw []byte) {
	if c.Traced() {
		c.Trace(actor.EventState, actor.Fact{About: actor.FactLearned, Value: string(raw)})
	}
}

// tellSent: the values of these numbers go to a peer, for the first time
// (EventState) or again (EventRetry).
func tellSent[M any](c *actor.Context[M], kind actor.EventKind, peer string, first, last int64) {
	c.Trace(kind, actor.Fact{About: actor.FactSent, Peer: peer, First: first, Last: last})
}

// tellAcked: a peer has told that it has everything up to a number.
func tellAcked[M any](c *actor.Context[M], peer string, upTo int64) {
	c.Trace(actor.EventState, actor.Fact{About: actor.FactAcked, Peer: peer, Last: upTo})
}

// tellHas: all that a peer has sent up to a number has come.
func tellHas[M any](c *actor.Context[M], peer string, upTo int64) {
	c.Trace(actor.EventState, actor.Fact{About: actor.FactHas, Peer: peer, Last: upTo})
}

// tellForgot: a peer has lost its memory.
func tellForgot[M any](c *actor.Context[M], peer string) {
	c.Trace(actor.EventState, actor.Fact{About: actor.FactForgot, Peer: peer})
}
