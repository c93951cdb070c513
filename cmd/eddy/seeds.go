package main

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"time"

	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/sweep"
	"eddy/testbench/virtual"
)

// verdict is what is kept of one of many runs.
type verdict struct {
	seed    uint64
	failure string // empty for a valid run
	status  int
	figures sweep.Sample
}

// batch is many runs that differ in their seed.
type batch struct {
	simulation
	first     uint64
	count     int
	keepGoing bool
}

// run makes the runs, on all cores. Those that fail come ordered by seed; of a
// batch that stops at the first failure that is the first of all, whatever the
// order in which runs ended.
func (b batch) run(shown *progress, interrupted func() bool) (failures []verdict, valid []sweep.Sample) {
	work := func(i int) verdict {
		out := b.seeded(b.first + uint64(i)).run()
		return verdict{b.first + uint64(i), virtual.Failure(&out), out.ExitStatus(), sweep.Measure(&out)}
	}
	sweep.Pool(b.count, runtime.GOMAXPROCS(0), work, func(_ int, v verdict) bool {
		if v.failure != "" {
			failures = append(failures, v)
		} else {
			valid = append(valid, v.figures)
		}
		shown.show(bar(len(failures)+len(valid), b.count, fmt.Sprintf("seeds, %d failed", len(failures))))
		return !interrupted() && (b.keepGoing || len(failures) == 0)
	})
	slices.SortFunc(failures, func(x, y verdict) int { return cmp.Compare(x.seed, y.seed) })
	if !b.keepGoing && len(failures) > 1 {
		failures = failures[:1]
	}
	return failures, valid
}

// runSeeds makes many runs and reports the failures, or that there are none.
func runSeeds(s simulation, own *simFlags) error {
	b := batch{simulation: s, first: s.options.Seed, count: own.seeds, keepGoing: own.keepGoing}
	fmt.Fprintf(os.Stdout, "Running %d seeds from %d in the simulator.\n", b.count, b.first)
	interrupts, release := realtime.Interrupts()
	defer release()
	stopped := false
	interrupted := func() bool {
		select {
		case <-interrupts:
			stopped = true
		default:
		}
		return stopped
	}
	shown := newProgress(own.quiet)
	failures, valid := b.run(shown, interrupted)
	shown.clear()
	status := 0
	for _, f := range failures {
		status = max(status, f.status)
	}
	if err := b.report(failures, valid, own); err != nil {
		return err
	}
	if len(failures) > 0 && !own.noShrink && !stopped {
		shrinkAndTell(s.seeded(failures[0].seed), failures[0].failure, shown, interrupted)
	}
	if stopped {
		fmt.Fprintf(os.Stdout, "\n%s: interrupted after %d of %d seeds\n", s.options.Workload, len(valid)+len(failures), b.count)
		status = testbench.ExitCouldNot
	}
	return statusError(status)
}

// report tells how the runs went: the first failure in full, the others by the
// command that replays each.
func (b batch) report(failures []verdict, valid []sweep.Sample, own *simFlags) error {
	if len(failures) == 0 {
		fmt.Fprint(os.Stdout, sweep.Ranges(valid))
		fmt.Fprintf(os.Stdout, "\n%s: valid, %d of %d seeds\n", b.options.Workload, len(valid), b.count)
		return nil
	}
	for i, f := range failures {
		s := b.seeded(f.seed)
		s.meta.Flags = nil
		outcome := s.runForFiles(own)
		fmt.Fprintf(os.Stdout, "\nseed %d: %s\n", f.seed, f.failure)
		if i == 0 {
			s.explain(&outcome)
			if err := finish(&outcome, &testFlags{}); err != nil && outcome.ExitStatus() == 0 {
				return err
			}
		} else if outcome.Meta.Dir != "" {
			fmt.Fprintf(os.Stdout, "  files   %s\n", outcome.Meta.Dir)
		}
		fmt.Fprintf(os.Stdout, "  replay  %s\n", s.command())
	}
	made := fmt.Sprintf("all %d seeds", b.count)
	if run := len(failures) + len(valid); run < b.count {
		made = fmt.Sprintf("%d seeds until the first failure; --keep-going makes all %d", run, b.count)
	}
	fmt.Fprintf(os.Stdout, "\n%s: invalid, %d failed of %s\n", b.options.Workload, len(failures), made)
	return nil
}

// runForFiles makes a run again, so that it leaves its files where they are wanted.
func (s simulation) runForFiles(own *simFlags) testbench.Outcome {
	if own.noStore {
		return s.run()
	}
	return s.record(own.store, watch{})
}

// Bounds on looking for a smaller run: it should be cheap.
const (
	shrinkTriesMax = 200
	shrinkTimeMax  = time.Minute
)

// shrink looks for a smaller run that fails in the same way.
func (s simulation) shrink(failure string, shown *progress, interrupted func() bool) (simulation, int) {
	began, tried := time.Now(), 0
	smallest, tries := virtual.Shrink(s.options, shrinkTriesMax, func(o testbench.Options) bool {
		if interrupted() || time.Since(began) > shrinkTimeMax {
			return false
		}
		tried++
		shown.show(fmt.Sprintf("looking for a smaller run that fails: %d tried, at %d nodes and %v", tried, len(o.Nodes()), o.TimeLimit))
		out := s.with(o).run()
		return virtual.Failure(&out) == failure
	})
	return s.with(smallest), tries
}

// shrinkAndTell prints the smallest run that was found as the last line.
func shrinkAndTell(s simulation, failure string, shown *progress, interrupted func() bool) {
	smallest, tries := s.shrink(failure, shown, interrupted)
	shown.clear()
	if smallest.command() == s.command() {
		fmt.Fprintf(os.Stdout, "\nNo smaller run that fails the same way was found; %d were tried.\n", tries)
		return
	}
	o, was := smallest.options, s.options
	fmt.Fprintf(os.Stdout, "\nShrunk from %d nodes, %v and %v operations a second to %d nodes, %v and %v; %d runs were tried. It still fails (%s):\n",
		len(was.Nodes()), was.TimeLimit, was.Rate, len(o.Nodes()), o.TimeLimit, o.Rate, tries, failure)
	fmt.Fprintln(os.Stdout, "  "+smallest.command())
}
