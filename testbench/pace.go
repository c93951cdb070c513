package testbench

import (
	"fmt"
	"time"
)

// pace watches whether operations begin when they are due. There are two reasons why one may not: the
// bench was late, or all workers were waiting for nodes.
type pace struct {
	started, stopped time.Duration
	freedAt          time.Duration // since when at least one worker has been free
	late             Lateness      // a worker was free; the bench came too late
	held             Lateness      // every worker was busy
	first            int           // operations that were due at no particular time
}

func (p *pace) start(now time.Duration) { p.started, p.freedAt = now, now }
func (p *pace) stop(now time.Duration)  { p.stopped = now }

// freed takes note that a worker came free, so that now as many are.
func (p *pace) freed(now time.Duration, idle int) {
	if idle == 1 {
		p.freedAt = now
	}
}

// begun takes note of an operation that was due at a time (negative: at once), and gives the time from
// which the next one is scheduled. Where a worker was free that is when the operation was due, or a
// bench that wakes up late would lower the rate with every operation. Where none was it is now: what was
// due meanwhile is not made up for, as Jepsen has it.
func (p *pace) begun(now, due time.Duration) time.Duration {
	switch {
	case due < 0:
		p.first++
		return now
	case p.freedAt > due:
		p.held.Add(now - due)
		return now
	}
	p.late.Add(now - due)
	return due
}

func (p *pace) operations() int64 { return p.late.n + p.held.n + int64(p.first) }

// perSecond is the rate that was reached in the main phase.
func (p *pace) perSecond() float64 {
	if p.stopped <= p.started {
		return 0
	}
	return float64(p.operations()) / (p.stopped - p.started).Seconds()
}

// Bounds above which the bench says that it was late: below them figures of a network with
// milliseconds of latency do not suffer.
const (
	latenessP99Max = 10 * time.Millisecond
	latenessMaxMax = 100 * time.Millisecond
	// heldShareMax is the share of the time in which an operation may be due and no worker free.
	heldShareMax = 0.05
)

// Excessive tells whether the bench was so late that figures suffer.
func (f Figures) Excessive() bool {
	return f.Count > 0 && (f.P99 > latenessP99Max || f.Max > latenessMaxMax)
}

// String gives the figures for people.
func (f Figures) String() string {
	return fmt.Sprintf("half within %v, 99 %% within %v, the worst %v, of %d",
		roundTime(f.P50), roundTime(f.P99), roundTime(f.Max), f.Count)
}

func roundTime(d time.Duration) time.Duration {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond)
	}
	return d.Round(time.Millisecond)
}

// times counts occasions.
func times(n int64) string {
	if n == 1 {
		return "once"
	}
	return fmt.Sprintf("%d times", n)
}

// warnings says where the bench or the number of workers, and not the nodes alone, shaped the figures.
func (p *pace) warnings(o *Options) []string {
	var warnings []string
	if late := p.late.Figures(); late.Excessive() {
		warnings = append(warnings, fmt.Sprintf("The bench began operations late (%v): the machine is too slow or too busy for --rate %v with this cluster, and latencies may be too high by as much.",
			late, o.Rate))
	}
	if run := p.stopped - p.started; run > 0 && p.held.sum > time.Duration(heldShareMax*float64(run)) {
		warnings = append(warnings, fmt.Sprintf("All %d workers were waiting for replies when an operation was due, %s, for %v of %v: %.1f operations a second were begun where --rate asks for %v. More workers (--concurrency) would keep the rate.",
			o.Workers(), times(p.held.n), roundTime(p.held.sum), roundTime(run), p.perSecond(), o.Rate))
	}
	return warnings
}
