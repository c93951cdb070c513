package testbench

import (
	"fmt"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Run is what was measured, before anybody judges it.
type Run struct {
	History     history.History
	Net         network.Stats
	Problems    []checker.Problem // what nodes did against the protocol; any makes the run invalid
	Errors      []string          // which errors nodes answered clients with; see [inspector.errorRows]
	Idle        []string          // deeds that did nothing, and why; each is a warning, too
	Warnings    []string          // where the bench's own limits shaped the figures, and what else to know
	Interrupted bool              // ended before its time
	Elapsed     time.Duration
	Late        Figures // how late operations began though a worker was free
	Held        Figures // how long operations waited for a worker
	Delivery    Figures // how late messages were handed to nodes, in real time
	PerSecond   float64 // operations begun a second while the workload ran
	Usage       Usage   // of the nodes, where they are processes
	// Runaway tells of a cluster that sends without end, in a clause; empty for any other.
	Runaway string
	// Err says why the run could not be made, such as a node that did not answer init; nil if it was.
	Err error
}

// Usage is what the processes of nodes have used. The zero value says that it was not measured.
type Usage struct {
	CPU       time.Duration // of all together
	PeakBytes int64         // the most memory that one of them held at once
}

// Run gives what was measured. It is complete once the run has ended.
func (c *Conductor) Run() Run {
	for _, n := range c.fleet.nodes {
		c.inspector.unfinished(n)
		if f, found := c.silence.of(n, c.silent); found {
			c.inspector.find(n, f)
		}
	}
	run := Run{
		History:     c.history,
		Net:         c.network.Stats(),
		Problems:    c.inspector.findings.problems(),
		Errors:      c.inspector.errorRows(),
		Interrupted: c.interrupted,
		Elapsed:     c.clock.Now(),
		Late:        c.pace.late.Figures(),
		Held:        c.pace.held.Figures(),
		PerSecond:   c.pace.perSecond(),
		Runaway:     c.traffic.finding(len(c.fleet.nodes), c.pace.started, c.pace.stopped),
		Err:         c.failures.err(),
	}
	if c.interrupted {
		run.Warnings = append(run.Warnings, fmt.Sprintf("The run was interrupted after %v: what was on its way then was not waited for, so that values may look lost.", roundTime(run.Elapsed)))
	}
	if c.silent {
		run.Warnings = append(run.Warnings, c.silence.text(c.options.TimeLimit))
	}
	run.Idle = c.hand.idle
	for _, d := range c.options.Deeds {
		if d.At > run.Elapsed {
			run.Idle = append(run.Idle, fmt.Sprintf("The deed %q did nothing: the run was over.", d))
		}
	}
	run.Warnings = append(run.Warnings, run.Idle...)
	run.Warnings = append(run.Warnings, c.pace.warnings(&c.options)...)
	if workers := c.threads.workers; workers < len(c.fleet.nodes) {
		run.Warnings = append(run.Warnings, fmt.Sprintf("%d workers for %d nodes: no client talks to %s and after. --concurrency 1n gives every node one.",
			workers, len(c.fleet.nodes), c.fleet.nodes[workers].id))
	}
	if ignored := c.ignoredText(); ignored != "" {
		run.Warnings = append(run.Warnings, ignored)
	}
	run.Warnings = append(run.Warnings, c.inspector.findings.warnings()...)
	return run
}

// ignoredText tells how many lines of nodes were passed over; empty for none.
func (c *Conductor) ignoredText() string {
	sum, nodes := 0, []string(nil)
	for _, n := range c.fleet.nodes {
		if sum += n.output.ignored; n.output.ignored > 0 {
			nodes = append(nodes, n.id)
		}
	}
	if sum == 0 {
		return ""
	}
	of := strings.Join(nodes, ", ")
	if len(nodes) > othersShown {
		of = fmt.Sprintf("%d nodes", len(nodes))
	}
	verb := "were"
	if sum == 1 {
		verb = "was"
	}
	return fmt.Sprintf("%s of %s %s ignored after a line that could not be delivered.", report.Plural(sum, "line", "lines"), of, verb)
}
