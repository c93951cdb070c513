package kv

import (
	"fmt"
	"time"

	"eddy/actor"
	"eddy/actor/node"
)

// writing asks the scribe to make a record safe; the answer means that it is.
type writing struct {
	record []byte
	anew   bool // in place of all others
	done   actor.Reply[struct{}]
	synced bool // the scribe's own: the disk has had its time
}

// scribe is the actor that owns the disk. It is the one place of the service
// that waits for I/O, so that no other does; it is asked for one thing at a time.
// An error of the disk ends it and with it the node: what it could not write may
// not be promised.
type scribe struct {
	disk    node.Disk
	latency time.Duration // that a simulated sync takes, on average; 0 for a disk that takes its own
}

func spawnScribe(n *node.Node, disk node.Disk, latency time.Duration) actor.Ref[writing] {
	return actor.Spawn(n, "disk", func(*actor.Context[writing]) actor.Actor[writing] {
		return &scribe{disk: disk, latency: latency}
	}, actor.Restarts(0, 0))
}

func (s *scribe) Receive(c *actor.Context[writing], w writing) {
	switch {
	case w.anew:
		s.must("put a snapshot in place of the log", s.disk.Rewrite(w.record))
	case !w.synced:
		s.must("append to the log", s.disk.Append(w.record))
		if s.latency > 0 {
			w.synced = true
			c.After(time.Duration(c.Rand().Int64N(int64(2*s.latency))), w)
			return
		}
		s.must("sync the log", s.disk.Sync())
	default:
		s.must("sync the log", s.disk.Sync())
	}
	w.done.Send(struct{}{})
}

func (s *scribe) must(what string, err error) {
	if err != nil {
		panic(fmt.Sprintf("kv: cannot %s: %v", what, err))
	}
}

// diskPatience is how long a write may take before the node ends: far beyond any
// disk that works.
const diskPatience = time.Minute
