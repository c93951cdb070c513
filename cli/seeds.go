package cli

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
	vacuous bool   // it failed, and proved nothing
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
func (b batch) run(shown *progress, interrupted func() bool) (r sweepResult) {
	work := func(i int) verdict {
		out := b.seeded(b.first + uint64(i)).run()
		return verdict{seed: b.first + uint64(i), failure: virtual.Failure(&out), vacuous: virtual.Vacuous(&out), status: out.ExitStatus(), figures: sweep.Measure(&out)}
	}
	sweep.Pool(b.count, runtime.GOMAXPROCS(0), work, func(_ int, v verdict) bool {
		r.all = append(r.all, v)
		switch {
		case v.vacuous:
			r.vacuous = append(r.vacuous, v)
		case v.failure != "":
			r.failures = append(r.failures, v)
		default:
			r.valid = append(r.valid, v.figures)
		}
		shown.show(bar(len(r.all), b.count, fmt.Sprintf("seeds, %d failed", len(r.failures))))
		return !interrupted() && (b.keepGoing || len(r.failures) == 0)
	})
	for _, list := range [][]verdict{r.all, r.vacuous, r.failures} {
		slices.SortFunc(list, func(x, y verdict) int { return cmp.Compare(x.seed, y.seed) })
	}
	if !b.keepGoing && len(r.failures) > 1 {
		r.failures = r.failures[:1]
	}
	return r
}

// sweepResult is how the runs of a batch went.
type sweepResult struct {
	all      []verdict
	failures []verdict
	vacuous  []verdict // runs that proved nothing
	valid    []sweep.Sample
}

// status is that of the worst failure; a sweep without one valid run has not passed either.
func (r *sweepResult) status() int {
	status := 0
	for _, f := range r.failures {
		status = max(status, f.status)
	}
	if len(r.valid) == 0 && len(r.vacuous) > 0 {
		status = max(status, 1)
	}
	return status
}

// outcome is what the failures come to.
func (r *sweepResult) outcome() string {
	if slices.ContainsFunc(r.failures, func(f verdict) bool { return f.status != testbench.ExitCouldNot }) {
		return "invalid"
	}
	return "could not run"
}

// vacuousShareMax is the share of vacuous runs from which on a sweep is told how to get fewer.
const vacuousShareMax = 0.1

// tellVacuous lists the runs that proved nothing, and says which flag to change where there are many.
func (b batch) tellVacuous(r *sweepResult) {
	const shownMax = 3
	for i, v := range r.vacuous {
		if i == shownMax {
			fmt.Fprintf(os.Stdout, "  vacuous         and %d more\n", len(r.vacuous)-shownMax)
			break
		}
		fmt.Fprintf(os.Stdout, "  vacuous         seed %d: %s\n", v.seed, v.failure)
	}
	if float64(len(r.vacuous)) > vacuousShareMax*float64(len(r.all)) {
		fmt.Fprintf(os.Stdout, "  More than a tenth of the seeds proved nothing: faults held up nearly every request. A longer --time-limit, a\n"+
			"  higher --rate or --concurrency, or a longer --nemesis-interval leaves clients something to do.\n")
	}
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
	made := b.run(shown, interrupted)
	shown.clear()
	status, failures := made.status(), made.failures
	if err := b.report(&made, own); err != nil {
		return err
	}
	if len(failures) > 0 && !own.noShrink && !stopped {
		shrinkAndTell(s.seeded(failures[0].seed), failures[0].failure, shown, interrupted)
	}
	if stopped {
		fmt.Fprintf(os.Stdout, "\n%s: interrupted after %d of %d seeds\n", s.options.Workload, len(made.all), b.count)
		status = testbench.ExitCouldNot
	}
	if own.jsonFile == "" {
		return statusError(status)
	}
	return unwritten(statusError(status), b.writeJSON(own.jsonFile, &made))
}

// report tells how the runs went: the first failure in full, the others by the
// command that replays each.
func (b batch) report(r *sweepResult, own *simFlags) error {
	failures := r.failures
	if len(failures) == 0 {
		fmt.Fprint(os.Stdout, sweep.Ranges(r.valid))
		b.tellVacuous(r)
		if len(r.vacuous) > 0 {
			fmt.Fprintf(os.Stdout, "\n%s: %d seeds: %d valid, %d vacuous\n", b.options.Workload, len(r.all), len(r.valid), len(r.vacuous))
			return nil
		}
		fmt.Fprintf(os.Stdout, "\n%s: valid, %d of %d seeds\n", b.options.Workload, len(r.valid), b.count)
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
	if run := len(r.all); run < b.count {
		made = fmt.Sprintf("%d seeds until the first failure; --keep-going makes all %d", run, b.count)
	}
	fmt.Fprintf(os.Stdout, "\n%s: %s, %d failed of %s%s\n", b.options.Workload, r.outcome(), len(failures), made, alsoVacuous(len(r.vacuous)))
	return nil
}

func alsoVacuous(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d vacuous", n)
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
