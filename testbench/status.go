package testbench

import (
	"fmt"
	"time"

	"eddy/testbench/history"
)

// tally counts the operations of clients by how they ended.
type tally struct {
	invoked, ok, failed, unknown int
}

func (t *tally) count(op history.Op) {
	if op.Process == history.Nemesis {
		return
	}
	switch op.Type {
	case history.Invoke:
		t.invoked++
	case history.OK:
		t.ok++
	case history.Fail:
		t.failed++
	case history.Info:
		t.unknown++
	}
}

// Status is a run as it stands.
type Status struct {
	Phase                        string
	Elapsed                      time.Duration
	Invoked, OK, Failed, Unknown int
	Cuts                         int // directed links that a partition cuts now
	Down, Paused                 int // nodes that the nemesis has killed or made to stand still
	Problems                     int
}

// Status gives the state of the run at this moment.
func (c *Conductor) Status() Status {
	s := Status{
		Phase: c.phase.String(), Elapsed: c.clock.Now(),
		Invoked: c.tally.invoked, OK: c.tally.ok, Failed: c.tally.failed, Unknown: c.tally.unknown,
		Cuts: c.network.Cuts(), Problems: len(c.inspector.findings.list),
	}
	for _, n := range c.fleet.nodes {
		if n.life != alive {
			s.Down++
		}
		if n.paused {
			s.Paused++
		}
	}
	return s
}

// What a node may be to the bench.
const (
	NodeRunning  = "running"
	NodePaused   = "paused"
	NodeDown     = "down"
	NodeStarting = "starting"
)

// NodeState says what a node is at this moment.
func (c *Conductor) NodeState(node int) string {
	switch n := c.fleet.nodes[node]; {
	case n.life == dead || n.exited:
		return NodeDown
	case n.life == rising:
		return NodeStarting
	case n.paused:
		return NodePaused
	}
	return NodeRunning
}

// IsCut tells whether what one node sends another is lost in a partition at this moment.
func (c *Conductor) IsCut(from, to int) bool {
	return c.network.IsCut(c.fleet.nodes[to].id, c.fleet.nodes[from].id)
}

// Changes counts the changes of what [Conductor.NodeState] and [Conductor.IsCut] say. It tells when to ask them again.
func (c *Conductor) Changes() int { return c.fleet.changes + c.network.Changes() }

// String is the status on one line.
func (s Status) String() string {
	text := fmt.Sprintf("%5.1fs  %s  %d operations: %d ok, %d failed, %d unknown",
		s.Elapsed.Seconds(), s.Phase, s.Invoked, s.OK, s.Failed, s.Unknown)
	if open := s.Invoked - s.OK - s.Failed - s.Unknown; open > 0 {
		text += fmt.Sprintf(", %d open", open)
	}
	if s.Cuts > 0 {
		text += fmt.Sprintf("  partitioned (%d links cut)", s.Cuts)
	}
	if s.Down > 0 {
		text += fmt.Sprintf("  %d nodes down", s.Down)
	}
	if s.Paused > 0 {
		text += fmt.Sprintf("  %d nodes paused", s.Paused)
	}
	if s.Problems > 0 {
		text += fmt.Sprintf("  %d problems", s.Problems)
	}
	return text
}
