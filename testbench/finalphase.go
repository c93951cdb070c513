package testbench

import (
	"time"

	"eddy/workload"
)

// finalPhase is the part of the run after recovery in which every worker does what its script says, one
// operation after the other.
type finalPhase struct {
	scripts []workload.Script
	open    int           // workers whose script goes on
	cutoff  time.Duration // nothing due from then on is begun; 0: no limit
}

// readFinally begins the final phase, with the workers in an order that is drawn.
func (c *Conductor) readFinally() {
	if c.phase != phaseRecovery {
		return
	}
	c.phase = phaseFinal
	c.traffic.quietTo = c.clock.Now()
	c.final = finalPhase{open: c.threads.workers}
	if c.workload.FinalLimit > 0 {
		c.final.cutoff = c.clock.Now() + c.workload.FinalLimit
	}
	for range c.threads.workers {
		c.final.scripts = append(c.final.scripts, c.workload.Final(c.main.generator))
	}
	for _, thread := range c.chance.operations.Perm(c.threads.workers) {
		c.continueFinally(thread)
	}
	c.step()
}

// continueFinally has a free worker begin its next operation when that is due.
func (c *Conductor) continueFinally(thread int) {
	now := c.clock.Now()
	inv, due, more := c.final.scripts[thread].Next(now, c.chance.operations)
	due = max(now, due)
	switch {
	case !more || c.final.cutoff > 0 && due >= c.final.cutoff:
		c.final.open--
	case due == now:
		c.invoke(thread, inv)
	default:
		c.clock.At(due, func() {
			if c.phase == phaseFinal {
				c.invoke(thread, inv)
			}
		})
	}
}
