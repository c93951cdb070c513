package kafka

import (
	"strconv"

	"eddy/actor"
)

// tellEntry tells a trace that the log of the actor's key has an entry at an offset.
func tellEntry[M any](c *actor.Context[M], offset int64) {
	if c.Traced() {
		c.Trace(actor.EventState, actor.Fact{About: "+entry", Value: strconv.FormatInt(offset, 10)})
	}
}

// tellCommitted tells a trace that a committed offset is known here.
func tellCommitted[M any](c *actor.Context[M], key string, offset int64) {
	if c.Traced() {
		c.Trace(actor.EventState, actor.Fact{About: "committed", Value: key + " " + strconv.FormatInt(offset, 10)})
	}
}
