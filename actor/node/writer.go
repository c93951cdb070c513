package node

import (
	"io"

	"eddy/actor"
)

// writer is the sink that writes lines to standard output: all that wait in one
// write, and no line in two. It sends to nobody, so its senders may wait.
type writer struct {
	to      io.Writer
	buffer  []byte
	leaving *outlet // nil without a trace
}

const (
	writerCapacity = 1024
	writerBytes    = 256 << 10 // written as soon as this much waits
)

func spawnWriter(s actor.Scope, to io.Writer, tracer *tracer) actor.Ref[Line] {
	return actor.Spawn(s, "stdout", func(*actor.Context[Line]) actor.Actor[Line] {
		return &writer{to: to, leaving: tracer.outlet()}
	}, actor.Capacity(writerCapacity), actor.WhenFull(actor.Wait), actor.Restarts(0, 0))
}

func (w *writer) Receive(c *actor.Context[Line], line Line) {
	if line.departure != nil {
		w.leaving.leave(&line, c.Elapsed)
	}
	w.buffer = append(w.buffer, line.Data...)
	if len(w.buffer) >= writerBytes {
		w.flush()
	}
}

// Idle writes what has gathered: there is nothing else to do.
func (w *writer) Idle() { w.flush() }

// Stopped writes the rest.
func (w *writer) Stopped() { w.flush() }

// flush fails the node where its output is closed: nobody hears it any more.
func (w *writer) flush() {
	w.leaving.flush()
	if len(w.buffer) == 0 {
		return
	}
	if _, err := w.to.Write(w.buffer); err != nil {
		w.buffer = nil
		panic(&writeError{err})
	}
	if cap(w.buffer) > 4*writerBytes {
		w.buffer = nil // a long line's room is not kept
	} else {
		w.buffer = w.buffer[:0]
	}
}

type writeError struct{ err error }

func (e *writeError) Error() string { return "write to standard output: " + e.err.Error() }
func (e *writeError) Unwrap() error { return e.err }
