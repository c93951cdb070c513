package virtual

import (
	"bytes"
	"fmt"
	"time"

	"eddy/actor"
	"eddy/testbench"
)

// host leads from the conductor to a process, tells when that has ended, and
// does to it what the nemesis asks for.
type host struct {
	id        string
	world     *actor.World
	start     Start
	printed   *int64                              // bytes of all nodes
	unsynced  func(at time.Duration, node string) // nil for nobody
	process   Process
	conductor *testbench.Conductor
	ended     bool
	ahead     time.Duration // of its clock, which is the same one in its next life
	skews     *int          // how often a clock of the run was set
}

var (
	_ testbench.Mortal   = (*host)(nil)
	_ testbench.Pausable = (*host)(nil)
	_ testbench.Skewable = (*host)(nil)
	_ testbench.Disked   = (*host)(nil)
)

// begin starts a process.
func (n *host) begin() {
	n.ended = false
	n.process = n.start(n.world, n.id, func(line []byte) {
		*n.printed += int64(len(line))
		n.conductor.FromNode(n.id, line)
	})
	if told, ok := n.process.(Attached); ok {
		told.Attach(bench{n})
	}
	if n.ahead != 0 {
		n.process.SetClock(n.ahead)
	}
}

func (n *host) Deliver(line []byte, _ time.Duration) {
	if n.ended {
		return
	}
	if err := n.process.Err(); err != nil {
		n.ended = true
		n.conductor.Exited(n.id, fmt.Sprintf("error: %v", err), nil)
		return
	}
	n.process.Feed(bytes.TrimSuffix(line, []byte("\n")))
}

// Kill ends the process, and tells of one that had written something that is not synced.
func (n *host) Kill() {
	if p, keeps := n.process.(interface{ Unsynced() bool }); keeps && n.unsynced != nil && p.Unsynced() {
		n.unsynced(n.world.Elapsed(), n.id)
	}
	n.process.Kill()
}

func (n *host) Pause()  { n.process.Pause() }
func (n *host) Resume() { n.process.Resume() }

func (n *host) Start(started func(error)) {
	n.begin()
	started(nil)
}

func (n *host) SetClock(ahead time.Duration) {
	n.ahead = ahead
	*n.skews++
	n.process.SetClock(ahead)
}

// HarmDisk harms the disk of a process that has one.
func (n *host) HarmDisk(harm string, slowdown int) bool {
	d, has := n.process.(testbench.Disked)
	return has && d.HarmDisk(harm, slowdown)
}

// MendDisk mends it.
func (n *host) MendDisk() (restart bool) {
	d, has := n.process.(testbench.Disked)
	return has && d.MendDisk()
}

// close frees what the process holds.
func (n *host) close() {
	if held, ok := n.process.(Attached); ok {
		held.Close()
	}
}

// bench is what a node's process may tell of itself.
type bench struct{ *host }

func (b bench) Exited(status string, lastStderr []string) {
	b.ended = true
	b.conductor.Exited(b.id, status, lastStderr)
}

func (b bench) Warn(kind, what, expected string) { b.conductor.Warn(b.id, kind, what, expected) }

func (b bench) LineTooLong(start []byte, limit int) { b.conductor.LineTooLong(b.id, start, limit) }
