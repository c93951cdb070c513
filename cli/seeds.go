package cli

import (
	"cmp"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/report"
	"eddy/testbench/search"
	"eddy/testbench/sweep"
	"eddy/testbench/virtual"
)

// verdict is what is kept of one of many runs.
type verdict struct {
	Seed        uint64       `json:"seed"`
	Failure     string       `json:"failure,omitempty"` // empty for a valid run
	Trouble     string       `json:"trouble,omitempty"` // why there was no run
	Vacuous     bool         `json:"vacuous,omitempty"` // it failed, and proved nothing
	Status      int          `json:"status,omitempty"`
	Figures     sweep.Sample `json:"figures"`
	interrupted bool
	seen        *search.Seen // by a search that learns; nil for others
}

// verdictOn is what is kept of an outcome.
func verdictOn(seed uint64, out *testbench.Outcome) verdict {
	v := verdict{Seed: seed, Failure: virtual.Failure(out), Vacuous: virtual.Vacuous(out), Status: out.ExitStatus(), Figures: sweep.Measure(out), interrupted: out.Interrupted}
	if out.Err != nil {
		v.Trouble, _, _ = strings.Cut(out.Err.Error(), "\n")
	}
	return v
}

// pool does jobs, here or on other machines, and hands over their verdicts as [sweep.Pool] does.
type pool func(jobs int, work func(job int) verdict, take func(job int, v verdict) (goOn bool)) error

// here is the pool of so many cores of this machine; of all of them if it is 0.
func here(cores int) pool {
	workers := cmp.Or(cores, runtime.GOMAXPROCS(0))
	return func(jobs int, work func(int) verdict, take func(int, verdict) bool) error {
		sweep.Pool(jobs, workers, work, take)
		return nil
	}
}

// batch is many runs that differ in their seed.
type batch struct {
	simulation
	first     uint64
	count     int
	keepGoing bool
	pool      pool                         // nil for all cores here
	search    *search.Search               // nil for the seeds as they are
	plans     map[uint64]testbench.Options // by seed, of a search that learns: what it would plan now is another run
}

// newBatch makes the runs of a search from the simulation's seed on.
func newBatch(s simulation, count int, keepGoing bool, strategy string) (batch, error) {
	chosen, err := search.New(strategy, s.options)
	return batch{simulation: s, first: s.options.Seed, count: count, keepGoing: keepGoing, search: chosen, plans: map[uint64]testbench.Options{}}, err
}

// planned is the run of a seed.
func (b batch) planned(seed uint64) simulation {
	if o, kept := b.plans[seed]; kept {
		return b.with(o)
	}
	if b.search == nil {
		return b.seeded(seed)
	}
	return b.with(b.search.Plan(int(seed - b.first)))
}

// learn tells the search, in the order of seeds, what a generation of runs came to.
func (b batch) learn(generation []verdict) {
	if b.search.Generation() == 0 {
		return
	}
	slices.SortFunc(generation, func(x, y verdict) int { return cmp.Compare(x.Seed, y.Seed) })
	for _, v := range generation {
		b.plans[v.Seed] = b.planned(v.Seed).options
	}
	for _, v := range generation {
		b.search.Learn(b.plans[v.Seed], v.seen)
	}
}

// run makes the runs. Its result depends on the seeds only: of a batch that stops at the first failure it has the
// runs up to the first seed that fails, whatever the order in which runs ended, and wherever.
func (b batch) run(shown *progress, interrupted func() bool) (r sweepResult, err error) {
	work := func(i int) verdict {
		seed, seen := b.first+uint64(i), b.search.Watch()
		out := b.planned(seed).watchedBy(seen)
		v := verdictOn(seed, &out)
		v.seen = seen
		return v
	}
	if b.pool == nil {
		b.pool = here(0)
	}
	failed := 0
	take := func(_ int, v verdict) bool {
		r.all = append(r.all, v)
		if v.failed() {
			failed++
		}
		shown.show(bar(len(r.all), b.count, fmt.Sprintf("seeds, %d failed", failed)))
		return !interrupted() && (b.keepGoing || failed == 0)
	}
	err = b.generations(work, take, &r)
	slices.SortFunc(r.all, func(x, y verdict) int { return cmp.Compare(x.Seed, y.Seed) })
	if first := slices.IndexFunc(r.all, verdict.failed); !b.keepGoing && first >= 0 {
		r.all = r.all[:first+1]
	}
	for _, v := range r.all {
		switch {
		case v.Vacuous:
			r.vacuous = append(r.vacuous, v)
		case v.Failure != "":
			r.failures = append(r.failures, v)
		default:
			r.valid = append(r.valid, v.Figures)
		}
	}
	return r, err
}

// generations makes the runs: all at once, or, where a search learns, so many at a time.
func (b batch) generations(work func(int) verdict, take func(int, verdict) bool, r *sweepResult) error {
	size := cmp.Or(b.search.Generation(), b.count)
	goOn := true
	for begun := 0; begun < b.count && goOn; begun += size {
		err := b.pool(min(size, b.count-begun), func(i int) verdict { return work(begun + i) }, func(i int, v verdict) bool {
			goOn = take(i, v)
			return goOn
		})
		if err != nil {
			return err
		}
		if goOn {
			b.learn(slices.Clone(r.all[begun:]))
		}
	}
	return nil
}

// failed tells a run that failed and did prove something.
func (v verdict) failed() bool { return v.Failure != "" && !v.Vacuous }

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
		status = max(status, f.Status)
	}
	if len(r.valid) == 0 && len(r.vacuous) > 0 {
		status = max(status, 1)
	}
	return status
}

// outcome is what the failures come to.
func (r *sweepResult) outcome() string {
	if slices.ContainsFunc(r.failures, func(f verdict) bool { return f.Status != testbench.ExitCouldNot }) {
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
		fmt.Fprintf(os.Stdout, "  vacuous         seed %d: %s\n", v.Seed, v.Failure)
	}
	if float64(len(r.vacuous)) > vacuousShareMax*float64(len(r.all)) {
		fmt.Fprintf(os.Stdout, "  More than a tenth of the seeds proved nothing: faults held up nearly every request. A longer --time-limit, a\n"+
			"  higher --rate or --concurrency, or a longer --nemesis-interval leaves clients something to do.\n")
	}
}

// runSeeds makes many runs and reports the failures, or that there are none.
func runSeeds(s simulation, own *simFlags) error {
	b, err := newBatch(s, own.seeds, own.keepGoing, own.search)
	if err != nil {
		return err
	}
	var before earlier
	if own.against != "" {
		if before, err = readEarlier(own.against, s.options.Workload); err != nil {
			return err
		}
	}
	fmt.Fprintf(os.Stdout, "Running %d seeds from %d in the simulator%s.\n", b.count, b.first, own.farm.where())
	interrupted, release := untilInterrupted()
	defer release()
	shown := newProgress(own.quiet)
	if own.farm.asked() {
		b.pool = own.farm.pool(sweepWork{Runs: [][]string{cmdline.Arguments(s.options, s.nodeArgs)}, First: b.first, Seeds: b.count}, shown, interrupted)
	}
	made, err := b.run(shown, interrupted)
	shown.clear()
	if err != nil {
		return err
	}
	status, failures := made.status(), made.failures
	why, err := b.report(&made, own)
	if err != nil {
		return err
	}
	if own.keepGoing && (len(failures) > 1 || before != nil) {
		b.triage(&made, own, why, before, shown, interrupted)
	} else if len(failures) > 0 && !own.noShrink && !interrupted() {
		shrinkAndTell(b.planned(failures[0].Seed), failures[0].Failure, shown, interrupted)
	}
	if interrupted() {
		fmt.Fprintf(os.Stdout, "\n%s: interrupted after %d of %d seeds\n", s.options.Workload, len(made.all), b.count)
		own.farm.tellResume(os.Stdout, b.seeded(b.first).command(), fmt.Sprintf("--seeds %d", b.count))
		status = testbench.ExitCouldNot
	}
	if own.jsonFile == "" {
		return statusError(status)
	}
	return unwritten(statusError(status), b.writeJSON(own.jsonFile, &made, why))
}

// report tells how the runs went: the first failure in full, the others by the
// command that replays each. It gives the reasons of failures, as far as they were looked for, by seed.
func (b batch) report(r *sweepResult, own *simFlags) (why map[uint64]string, err error) {
	why = map[uint64]string{}
	failures := r.failures
	if len(failures) == 0 {
		fmt.Fprint(os.Stdout, sweep.Ranges(r.valid))
		b.tellVacuous(r)
		if len(r.vacuous) > 0 {
			fmt.Fprintf(os.Stdout, "\n%s: %d seeds: %d valid, %d vacuous\n", b.options.Workload, len(r.all), len(r.valid), len(r.vacuous))
			return why, nil
		}
		fmt.Fprintf(os.Stdout, "\n%s: valid, %d of %d seeds\n", b.options.Workload, len(r.valid), b.count)
		return why, nil
	}
	for i, f := range failures {
		s := b.planned(f.Seed)
		s.meta.Flags = nil
		outcome := s.runForFiles(own)
		fmt.Fprintf(os.Stdout, "\nseed %d: %s\n", f.Seed, f.Failure)
		if i < reasonsMax {
			s.explain(&outcome)
			why[f.Seed] = reason(outcome.Meta.Cause)
		}
		if i == 0 {
			if err := finish(&outcome, &testFlags{}); err != nil && outcome.ExitStatus() == 0 {
				return why, err
			}
		} else if outcome.Meta.Dir != "" {
			fmt.Fprintf(os.Stdout, "  files   %s\n", outcome.Meta.Dir)
		}
		fmt.Fprintf(os.Stdout, "  replay  %s\n", s.command())
	}
	made := fmt.Sprintf("all %d seeds", b.count)
	if run := len(r.all); run < b.count {
		made = fmt.Sprintf("%s until the first failure; --keep-going makes all %d", report.Plural(run, "seed", "seeds"), b.count)
	}
	fmt.Fprintf(os.Stdout, "\n%s: %s, %d failed of %s%s\n", b.options.Workload, r.outcome(), len(failures), made, alsoVacuous(len(r.vacuous)))
	return why, nil
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
	decideTriesMax = 600
	shrinkTimeMax  = time.Minute
)

// shrink looks for a smaller run that fails in the same way: with smaller options, and then with fewer decisions,
// which are the deeds of the run that it gives. Where these cannot be told apart, it gives the smaller options.
func (s simulation) shrink(failure string, shown *progress, interrupted func() bool) (simulation, int) {
	tried := 0
	until := time.Now().Add(shrinkTimeMax)
	fails := func(o testbench.Options) bool {
		if interrupted() || time.Now().After(until) {
			return false
		}
		tried++
		shown.show(fmt.Sprintf("looking for a smaller run that fails: %d tried, at %d nodes and %v", tried, len(o.Nodes()), o.TimeLimit))
		out := s.with(o).run()
		return virtual.Failure(&out) == failure
	}
	smallest, _ := virtual.Shrink(s.options, shrinkTriesMax, fails)
	until = time.Now().Add(shrinkTimeMax)
	if decided, found := virtual.Decide(smallest, s.config(nil), decideTriesMax, fails); found {
		smallest = decided
	}
	return s.with(smallest), tried
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
	fmt.Fprintf(os.Stdout, "\nShrunk from %d nodes, %v and %v operations a second to %d nodes, %v and %v; %d runs were tried. It still fails (%s)%s:\n",
		len(was.Nodes()), was.TimeLimit, was.Rate, len(o.Nodes()), o.TimeLimit, o.Rate, tries, failure, smallest.decisionsText())
	fmt.Fprintln(os.Stdout, "  "+smallest.command())
}
