package virtual

import (
	"bytes"
	"math/rand/v2"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/internal/disk"
	"eddy/testbench/nemesis"
)

// Actors are nodes made of actors, with a simulated disk each.
type Actors struct {
	Service node.Service
	LineMax int               // see [node.Options]
	Trace   node.TraceOptions // what is recorded in Logs
	Logs    *Logs             // nil for nowhere
}

// Start makes the nodes of one run; each run needs its own.
func (a Actors) Start() Start {
	reader := &node.Reader{}
	disks := make(map[string]*disk.Simulated)
	return func(w *actor.World, id string, out func([]byte)) Process {
		if disks[id] == nil {
			disks[id] = &disk.Simulated{}
		}
		options := node.Options{Disk: disks[id].Open(), LineMax: a.LineMax, Reader: reader}
		if a.Logs != nil {
			options.Log, options.Trace = a.Logs.logger(id), a.Trace
			options.Trace.To = a.Logs.Records(id)
		}
		process := node.Simulate(w, id, a.Service, func(l node.Line) { out(bytes.TrimSuffix(l.Data, []byte("\n"))) }, options)
		return mortal{process, disks[id], w.Rand()}
	}
}

// mortal is a node whose disk outlives it, but for what was not synced.
type mortal struct {
	*node.Simulated
	disk *disk.Simulated
	rng  *rand.Rand
}

func (m mortal) Kill() {
	m.Simulated.Kill()
	m.disk.Kill(m.rng)
}

// Unsynced reports whether the node has written something that a kill may take.
func (m mortal) Unsynced() bool { return m.disk.Unsynced() }

// HarmDisk is for --nemesis disk.
func (m mortal) HarmDisk(harm string, slowdown int) bool {
	if !m.disk.Used() {
		return false
	}
	f := &m.disk.Faults
	switch harm {
	case nemesis.DiskFull:
		f.Full = true
	case nemesis.DiskSlow:
		f.Slow = slowdown
	case nemesis.DiskSync:
		f.SyncFails = true
	case nemesis.DiskFlip:
		return m.disk.Flip(m.rng)
	}
	return true
}

// MendDisk ends what is wrong with the disk.
func (m mortal) MendDisk() (restart bool) {
	restart = m.disk.Faults.SyncFails
	m.disk.Faults = disk.Faults{}
	return restart
}
