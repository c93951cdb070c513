package gossip

import (
	"strconv"

	"eddy/actor"
)

// What the actors say of themselves to a trace; docs/traces.md has the words. Each
// costs a comparison where nothing is traced.

// tellLearned: the node has a value that it did not have.
func tellLearned[M any](c *actor.Context[M], raw []byte) {
	if c.Traced() {
		c.Trace(actor.EventState, "+value "+string(raw))
	}
}

// tellSent: the values of these numbers go to a peer, for the first time
// (EventState) or again (EventRetry).
func tellSent[M any](c *actor.Context[M], kind actor.EventKind, peer string, first, last int64) {
	if c.Traced() {
		c.Trace(kind, "sent "+peer+" "+strconv.FormatInt(first, 10)+".."+strconv.FormatInt(last, 10))
	}
}

// tellAcked: a peer has told that it has everything up to a number.
func tellAcked[M any](c *actor.Context[M], peer string, upTo int64) {
	if c.Traced() {
		c.Trace(actor.EventState, "acked "+peer+" up to "+strconv.FormatInt(upTo, 10))
	}
}

// tellHas: all that a peer has sent up to a number has come.
func tellHas[M any](c *actor.Context[M], peer string, upTo int64) {
	if c.Traced() {
		c.Trace(actor.EventState, "has "+peer+" up to "+strconv.FormatInt(upTo, 10))
	}
}

// tellForgot: a peer has lost its memory.
func tellForgot[M any](c *actor.Context[M], peer string) {
	if c.Traced() {
		c.Trace(actor.EventState, "forgot "+peer)
	}
}
