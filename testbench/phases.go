package testbench

import (
	"fmt"
	"time"

	"eddy/internal/panicsite"
	"eddy/testbench/nemesis"
	"eddy/workload"
)

// mainPhase is the part of the run in which the workload's operations and the faults come, each at
// their rate, until the time limit.
type mainPhase struct {
	generator workload.Generator
	next      time.Duration // when the next operation is due; negative: at once
	cutoff    time.Duration // nothing due from then on is begun
	faults    time.Duration // no fault comes before
	wake      time.Duration // the latest time at which a callback is known to come
	finals    []nemesis.Act // acts that end the faults, still to be done
}

// begin starts the main phase. The first operation and the first fault come at once.
func (c *Conductor) begin() {
	c.phase = phaseMain
	now := c.clock.Now()
	generator, err := c.newGenerator()
	if err != nil {
		c.fail(err)
		return
	}
	c.main = mainPhase{generator: generator, next: -1, cutoff: now + c.options.TimeLimit, wake: -1}
	if c.options.Apart {
		c.main.faults = now + 1 // or it would depend on a fault what the first operation is
	}
	c.main.finals = c.nemesis.Final()
	c.pace.start(now)
	for _, d := range c.hand.early {
		c.perform(d)
	}
	c.step()
}

// setting is what the workload may know of this run.
func (c *Conductor) setting() workload.Setting {
	return workload.Setting{Options: c.options.Operations, Workers: c.threads.workers, Nodes: len(c.fleet.nodes), Now: c.clock.Now}
}

// step goes on with whatever can be begun now. It is called whenever a thread comes free and when
// something is due.
func (c *Conductor) step() {
	for {
		more := false
		switch c.phase {
		case phaseMain:
			more = c.stepMain()
		case phaseHeal:
			more = c.stepHeal()
		case phaseFinal:
			if c.final.open == 0 && c.threads.allFree() {
				c.end()
			}
		}
		if !more {
			return
		}
	}
}

// stepMain begins the one operation or fault that is due first, and reports whether there may be more
// to do at once.
func (c *Conductor) stepMain() (more bool) {
	now := c.clock.Now()
	at, begin := c.soonest(now)
	switch {
	case begin == nil && c.options.Rate > 0:
		return false // everybody is busy: whoever comes free calls again
	case begin == nil || at >= c.main.cutoff:
		return c.leaveMain(now)
	case at > now:
		c.wakeAt(at)
		return false
	}
	begin(now)
	return true
}

// soonest finds what is due first among those who are free, the workers and the nemesis; of two due
// together one is drawn, as in Jepsen's generators.
func (c *Conductor) soonest(now time.Duration) (at time.Duration, begin func(now time.Duration)) {
	if c.threads.idle > 0 && c.options.Rate > 0 {
		at, begin = max(now, c.main.next), c.beginOperation
	}
	if c.threads.isFree(c.threads.nemesis()) {
		due, any := c.nemesis.Due(max(now, c.main.faults))
		if any && (begin == nil || due < at || due == at && c.chance.faults.IntN(2) == 0) {
			at, begin = due, func(now time.Duration) { c.act(c.nemesis.Take(now)) }
		}
	}
	return at, begin
}

// beginOperation hands the next operation to a worker and draws when the one after it is due.
func (c *Conductor) beginOperation(now time.Duration) {
	mean := time.Duration(float64(time.Second) / c.options.Rate)
	c.main.next = c.pace.begun(now, c.main.next) + nemesis.Stagger(c.chance.operations, mean)
	thread, inv, err := c.nextOperation()
	if err == nil {
		err = c.workload.CheckInvocation(inv)
	}
	if err != nil {
		c.fail(err)
		return
	}
	c.invoke(thread, inv)
}

// nextOperation asks the generator for an operation, and says which worker performs it.
func (c *Conductor) nextOperation() (thread int, inv workload.Invocation, err error) {
	defer c.generatorPanicked(&err)
	switch placer, places := c.main.generator.(workload.Placer); {
	case places:
		thread, inv = placer.Place(pool{c}, c.chance.operations)
		return thread, inv, nil
	case c.workload.AnyWorker:
		thread = c.threads.freeWorker(c.chance.operations.IntN(c.threads.idle))
	default:
		thread = c.threads.inTurn()
	}
	return thread, c.main.generator.Next(c.chance.operations), nil
}

// newGenerator starts the operations.
func (c *Conductor) newGenerator() (g workload.Generator, err error) {
	defer c.generatorPanicked(&err)
	if g = c.workload.NewGenerator(c.setting(), c.chance.operations); g == nil {
		return nil, fmt.Errorf("the NewGenerator of workload %s gave no generator, but nil", c.workload.Name)
	}
	return g, nil
}

// generatorPanicked makes an error of a panic of the generator; it is deferred.
func (c *Conductor) generatorPanicked(err *error) {
	if value := recover(); value != nil {
		*err = fmt.Errorf("the generator of workload %s panicked: %v%s", c.workload.Name, value, panicsite.Here())
	}
}

// pool shows the workers to the workload.
type pool struct{ run *Conductor }

func (p pool) Free(from, to int) (worker int, any bool) { return p.run.threads.inTurnOf(from, to) }
func (p pool) Process(worker int) int                   { return p.run.workers[worker].process }

// wakeAt calls step again at a time, once.
func (c *Conductor) wakeAt(at time.Duration) {
	if c.main.wake >= 0 && c.main.wake <= at && c.main.wake > c.clock.Now() {
		return
	}
	c.main.wake = at
	c.clock.At(at, func() {
		if c.main.wake == at {
			c.main.wake = -1
		}
		c.step()
	})
}

// leaveMain goes on to the end of the run once all threads are free.
func (c *Conductor) leaveMain(now time.Duration) (more bool) {
	if c.options.Rate == 0 && now < c.main.cutoff {
		c.wakeAt(c.main.cutoff) // no operations: the time limit is slept through
		return false
	}
	if !c.threads.allFree() {
		return false
	}
	c.pace.stop(now)
	if c.workload.Final == nil {
		c.end()
		return false
	}
	c.phase = phaseHeal
	return true
}

// stepHeal ends the faults one after the other, then waits for recovery.
func (c *Conductor) stepHeal() (more bool) {
	if !c.threads.allFree() {
		return false
	}
	if c.hand.harmed {
		c.hand.harmed = false
		c.threads.busy(c.threads.nemesis())
		c.clock.At(c.clock.Now(), c.mendHand) // as the nemesis acts
		return false
	}
	if len(c.main.finals) > 0 {
		a := c.main.finals[0]
		c.main.finals = c.main.finals[1:]
		c.act(a)
		return false
	}
	c.phase = phaseRecovery
	c.traffic.quietFrom = c.clock.Now()
	c.clock.At(c.clock.Now()+c.options.Recovery, c.readFinally)
	return false
}
