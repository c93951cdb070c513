package cli

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/cli/service"
	"eddy/internal/cputime"
	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/search"
	"eddy/testbench/sweep"
	"eddy/testbench/virtual"
)

// huntFlags are the flags of `eddy hunt`.
type huntFlags struct {
	searches    []string
	bugs        []string
	repetitions int
	seeds       int
	seed        uint64
	csv, read   string
	quiet       bool
}

func (p *program) huntCommand() *cobra.Command {
	own := huntFlags{}
	cmd := &cobra.Command{
		Use:   "hunt [service...]",
		Short: "Measure how soon each strategy of search finds deliberate bugs",
		Long: `Hunt switches on the deliberate bugs of services one after the other, and looks
for each with every strategy of search: how many seeds it takes until a run fails,
and how much processor time, as medians of some repetitions. A hunt that finds
nothing within --seeds counts as never. A service without a bug is hunted too:
what fails there is a false alarm.

  eddy hunt lin-kv
  eddy hunt --repetitions 5 --csv hunt.csv
  eddy hunt --read hunt.csv

No strategy knows the bugs. The flags of the runs are those of each service's own
soak test. docs/search.md has the table.

Exit status: 0 measured, 1 a service failed without a bug, 2 could not run.`,
		ValidArgsFunction: p.completeWorkload,
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&own.searches, "search", search.Names(), "the strategies of search, with commas between")
	flags.StringSliceVar(&own.bugs, "bug", nil, "only these bugs, with commas between")
	flags.IntVar(&own.repetitions, "repetitions", 20, "hunts for each bug with each strategy")
	flags.IntVar(&own.seeds, "seeds", 100, "after how many a hunt is given up")
	flags.Uint64Var(&own.seed, "seed", 1, "the first of the first hunt")
	flags.StringVar(&own.csv, "csv", "", "write every hunt to this file")
	flags.StringVar(&own.read, "read", "", "show the table of this file of --csv, and make no runs")
	flags.BoolVar(&own.quiet, "quiet", false, "no progress")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return p.runHunt(cmd.Flags(), args, &own) }
	return cmd
}

func (own *huntFlags) check(flags *pflag.FlagSet) error {
	switch {
	case own.repetitions < 1:
		return fmt.Errorf("--repetitions %d: expected at least 1", own.repetitions)
	case own.seeds < 1:
		return fmt.Errorf("--seeds %d: expected at least 1", own.seeds)
	case own.read != "" && flags.Changed("csv"):
		return errors.New("--read with --csv: the file is there already; leave one of them out")
	}
	for _, name := range own.searches {
		if _, err := search.New(name, testbench.Options{}); err != nil {
			return err
		}
	}
	return nil
}

// target is a bug to hunt for, or a service without one.
type target struct {
	service string
	bug     service.Bug
	simulation
}

// noBug is what tables call a service without a bug.
const noBug = "(none)"

// targets are the bugs of the services that are named, of all if none is.
func (p *program) targets(names, bugs []string) ([]target, error) {
	for _, name := range names {
		if _, err := p.service(name); err != nil {
			return nil, err
		}
	}
	var all []target
	var known []string
	for _, s := range p.services {
		if len(s.Bugs) == 0 || len(names) > 0 && !slices.Contains(names, s.Workload.Name) {
			continue
		}
		correct := service.Bug{Name: noBug, Flags: s.Bugs[0].Flags}
		for _, b := range append([]service.Bug{correct}, s.Bugs...) {
			known = append(known, b.Name)
			if len(bugs) > 0 && !slices.Contains(bugs, b.Name) {
				continue
			}
			made, err := p.withBug(s, b)
			if err != nil {
				return nil, fmt.Errorf("hunt %s of %s: %w", b.Name, s.Workload.Name, err)
			}
			all = append(all, target{service: s.Workload.Name, bug: b, simulation: made})
		}
	}
	for _, name := range bugs {
		if !slices.Contains(known, name) {
			slices.Sort(known)
			return nil, fmt.Errorf("--bug %s: no service that is asked for has such a bug; they have %s", name, strings.Join(slices.Compact(known), ", "))
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s has no deliberate bugs to hunt for", strings.Join(names, ", "))
	}
	return all, nil
}

// withBug is the simulation in which a bug is looked for.
func (p *program) withBug(s Service, b service.Bug) (simulation, error) {
	o := testbench.Defaults(p.workloads)
	flags := cmdline.NewFlagSet("hunt")
	cmdline.Declare(flags, &o)
	if err := flags.Parse(slices.Concat(s.Hunt, b.Run)); err != nil {
		return simulation{}, err
	}
	o.Workload = s.Workload.Name
	nodeArgs := slices.Clone(b.Flags)
	if b.Name != noBug {
		nodeArgs = append(nodeArgs, "--bug", b.Name)
	}
	return p.newSimulation(o, nodeArgs, report.Meta{})
}

// hunt is one search for one bug.
type hunt struct {
	service, bug, search string
	repetition           int
	seeds                int // that it took
	found                bool
	cpu, virtual         float64 // seconds
	failure, command     string  // of the run that failed
}

// repetitionSeeds lie between two repetitions.
const repetitionSeeds = 1_000_000

// hunt makes runs until one fails, or so many have not.
func (t target) hunt(name string, repetition int, own *huntFlags, interrupted func() bool) hunt {
	h := hunt{service: t.service, bug: t.bug.Name, search: name, repetition: repetition}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	began := cputime.OfThread()
	o := t.options
	o.Seed = own.seed + uint64(repetition)*repetitionSeeds
	found, err := search.New(name, o)
	for err == nil && h.seeds < own.seeds && !h.found && !interrupted() {
		s := t.with(found.Plan(h.seeds))
		seen := found.Watch()
		out := s.watchedUntil(seen, bounded())
		found.Learn(s.options, seen)
		h.seeds++
		h.virtual += out.Run.Elapsed.Seconds()
		if failure := virtual.Failure(&out); failure != "" && !virtual.Vacuous(&out) && !out.Interrupted {
			h.found, h.failure, h.command = true, failure, s.command()
		}
	}
	h.cpu = (cputime.OfThread() - began).Seconds()
	return h
}

// watchedBy makes the run for a search that may learn of it.
func (s simulation) watchedBy(seen *search.Seen) testbench.Outcome { return s.watchedUntil(seen, nil) }

// bounded ends a run that does not end, as nodes with a bug may send each other messages for ever. It proves nothing
// then.
func bounded() func(*testbench.Conductor) {
	looks := 0
	return func(c *testbench.Conductor) {
		if looks++; looks == looksMax {
			c.Interrupt()
		}
	}
}

// looksMax is several times as many as a run of a soak test takes: a look is taken every few thousand steps.
// printedMax is many times what its nodes print: two leaders of one term send each other all they have, and more and
// more of it.
const (
	looksMax   = 100
	printedMax = 64 << 20
)

func (s simulation) watchedUntil(seen *search.Seen, attend func(*testbench.Conductor)) testbench.Outcome {
	c := s.config(nil)
	if c.Attend = attend; attend != nil {
		c.PrintedMax = printedMax
	}
	if seen != nil {
		c.Recorder = seen
	}
	return virtual.Run(s.options, c)
}

func (p *program) runHunt(flags *pflag.FlagSet, args []string, own *huntFlags) error {
	if err := own.check(flags); err != nil {
		return err
	}
	if own.read != "" {
		hunts, err := readHunts(own.read)
		if err != nil {
			return err
		}
		tellHunts(os.Stdout, hunts)
		return nil
	}
	targets, err := p.targets(args, own.bugs)
	if err != nil {
		return err
	}
	if err := prepareOutputs(own.csv, ""); err != nil {
		return err
	}
	interrupts, release := realtime.Interrupts()
	defer release()
	stop := make(chan struct{})
	over := make(chan struct{})
	go func() {
		select {
		case <-interrupts:
			close(stop)
		case <-over:
		}
	}()
	defer close(over)
	interrupted := func() bool {
		select {
		case <-stop:
			return true
		default:
			return false
		}
	}
	hunts := own.all(targets, interrupted)
	if len(hunts) > 0 {
		tellHunts(os.Stdout, hunts)
	}
	if own.csv != "" {
		if err := writeOutput(own.csv, func(w io.Writer) error { return writeHunts(w, hunts) }); err != nil {
			return err
		}
	}
	switch {
	case interrupted():
		fmt.Printf("\ninterrupted after %s\n", report.Plural(len(hunts), "hunt", "hunts"))
		return exitStatus(exitCouldNotRun)
	case slices.ContainsFunc(hunts, func(h hunt) bool { return h.bug == noBug && h.found }):
		return exitStatus(1)
	}
	return nil
}

// all makes the hunts, those for one bug with one strategy after each other. Once more than half of them have found
// nothing, their median is known, and no more are made.
func (own *huntFlags) all(targets []target, interrupted func() bool) []hunt {
	shown := newProgress(own.quiet)
	jobs := len(targets) * len(own.searches)
	results := make([][]hunt, jobs)
	work := func(job int) (made []hunt) {
		t, never := targets[job/len(own.searches)], 0
		for r := 0; r < own.repetitions && 2*never <= own.repetitions && !interrupted(); r++ {
			h := t.hunt(own.searches[job%len(own.searches)], r, own, interrupted)
			if !h.found && interrupted() {
				break // it was not made to its end
			}
			if made = append(made, h); !h.found {
				never++
			}
		}
		return made
	}
	done := 0
	sweep.Pool(jobs, runtime.GOMAXPROCS(0), work, func(job int, made []hunt) bool {
		results[job] = made
		done++
		shown.show(bar(done, jobs, "bugs and strategies"))
		return !interrupted()
	})
	shown.clear()
	return slices.Concat(results...)
}

// huntColumns are those of the file of hunts.
var huntColumns = []string{"service", "bug", "search", "repetition", "found", "seeds", "cpu-seconds", "virtual-seconds", "failure", "command"}

func writeHunts(to io.Writer, hunts []hunt) error {
	w := csv.NewWriter(to)
	_ = w.Write(huntColumns) // errors stay with the writer
	seconds := func(s float64) string { return strconv.FormatFloat(s, 'f', 3, 64) }
	for _, h := range hunts {
		_ = w.Write([]string{h.service, h.bug, h.search, strconv.Itoa(h.repetition), strconv.FormatBool(h.found), strconv.Itoa(h.seeds),
			seconds(h.cpu), seconds(h.virtual), h.failure, h.command})
	}
	w.Flush()
	return w.Error()
}

func readHunts(path string) ([]hunt, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("--read: %w", err)
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil || len(rows) == 0 || !slices.Equal(rows[0], huntColumns) {
		return nil, fmt.Errorf("--read %s: it is no file that eddy hunt --csv wrote", path)
	}
	var hunts []hunt
	for i, row := range rows[1:] {
		h := hunt{service: row[0], bug: row[1], search: row[2], found: row[4] == "true", failure: row[8], command: row[9]}
		var wrong [4]error
		h.repetition, wrong[0] = strconv.Atoi(row[3])
		h.seeds, wrong[1] = strconv.Atoi(row[5])
		h.cpu, wrong[2] = strconv.ParseFloat(row[6], 64)
		h.virtual, wrong[3] = strconv.ParseFloat(row[7], 64)
		if err := errors.Join(wrong[:]...); err != nil {
			return nil, fmt.Errorf("--read %s: line %d: %w", path, i+2, err)
		}
		hunts = append(hunts, h)
	}
	return hunts, nil
}
