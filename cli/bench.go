package cli

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/sweep"
)

// benchFlags are the flags of `eddy bench` that are not options of its runs.
type benchFlags struct {
	testFlags
	vary    []axis
	seeds   int
	csv     string
	html    string
	svg     string
	against string
	replay  string
	engine  string
	farm    *farm
}

// seedsPerPoint is how many runs a point gets by default.
const seedsPerPoint = 5

func (p *program) benchCommand() *cobra.Command {
	options, own := testbench.Defaults(p.workloads), benchFlags{}
	cmd := &cobra.Command{
		Use:   "bench [workload] [flags] --vary flag=v1,v2 ... [-- strategy flags]",
		Short: "Compare configurations over a grid of flags",
		Long: p.withWorkloads(`Bench runs every combination of the flags that it is told to vary, several seeds
each, in the simulator on all cores, and tells what each costs: messages an op,
median and longest stable latency, with 95 % confidence intervals.

  eddy bench broadcast --challenge 3d --vary interval=50ms,200ms
  eddy bench broadcast --vary-test node-count=5,25,100 --csv nodes.csv
  eddy bench broadcast --challenge 3d --config '' --config '--strategy flood'
  eddy bench --replay nodes.csv --against nodes.csv

--vary takes a flag of the strategy or, if strategies have none of that name, of
the test; --vary-test takes one of the test. --config takes whole sets of strategy
flags, for a comparison that is no grid. Combinations that make no sense are
skipped, and the reason told. Seeds run from --seed (default 1) on.

With --engine builtin the nodes are processes, of any --bin too: then it also tells
latencies of requests, operations a second, processor time for 1,000 operations
and peak memory. Ctrl-C ends it with what is done.

  eddy bench broadcast --engine builtin --bin ./mynode --vary rate=100,1000

Exit status: 0 all runs valid, 1 some are not, 2 could not run.`),
		ValidArgsFunction: p.completeWorkload,
	}
	cmdline.Declare(cmd.Flags(), &options)
	p.declareBench(cmd.Flags(), &own)
	own.farm = p.declareFarm(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if own.replay != "" {
			return p.replayBench(cmd, args, &own)
		}
		return p.runBench(cmd, args, &options, &own)
	}
	p.completeChallenge(cmd)
	return cmd
}

func (p *program) declareBench(flags *pflag.FlagSet, own *benchFlags) {
	flags.StringVarP(&own.workload, "workload", "w", "", "the workload, as Maelstrom's flag: the same as naming it")
	flags.StringVar(&own.challenge, "challenge", "", "the official flags and targets of a Gossip Glomers challenge: "+strings.Join(p.challengeNumbers(), ", "))
	flags.Var(axes{to: &own.vary}, "vary", "a flag, of the strategy before the test's, and its values; repeatable")
	flags.Var(axes{to: &own.vary, ofTest: true}, "vary-test", "the same for a flag of the test that strategies have too")
	flags.Var(configurations{to: &own.vary}, "config", "strategy flags as one point of the comparison; repeatable, '' for none")
	flags.StringVar(&own.engine, "engine", "sim", "sim, or builtin: real processes, one run at a time")
	flags.IntVar(&own.seeds, "seeds", seedsPerPoint, "runs a point")
	flags.StringVar(&own.csv, "csv", "", "write the figures to this file, from which the sweep can be made again")
	flags.StringVar(&own.html, "html", "", "write a page with a chart to this file")
	flags.StringVar(&own.svg, "svg", "", "write the chart to this file")
	flags.StringVar(&own.against, "against", "", "compare with the sweep in this file of --csv")
	flags.StringVar(&own.replay, "replay", "", "make the sweep in this file of --csv again")
	flags.BoolVar(&own.quiet, "quiet", false, "no progress")
}

// outputs are flags that say what to do with a sweep, not what it is.
var outputs = append([]string{"csv", "html", "svg", "against", "replay", "quiet"}, farmFlags...)

// replayBench makes a stored sweep again: its arguments, this command's outputs.
func (p *program) replayBench(cmd *cobra.Command, args []string, own *benchFlags) error {
	var added []string
	var foreign error
	cmd.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case f.Name == "replay":
		case slices.Contains(outputs, f.Name):
			added = append(added, "--"+f.Name+"="+f.Value.String())
		case foreign == nil:
			foreign = fmt.Errorf("--%s with --replay: the file says what to run; beside it go only %s", f.Name, strings.Join(outputs, ", "))
		}
	})
	if len(args) > 0 && foreign == nil {
		foreign = fmt.Errorf("%s with --replay: the file says what to run", args[0])
	}
	if foreign != nil {
		return foreign
	}
	stored, err := sweep.ReadFile(own.replay)
	if err != nil {
		return err
	}
	whole := stored.Command
	if dash := slices.Index(whole, "--"); dash >= 0 {
		whole = slices.Insert(slices.Clone(whole), dash, added...)
	} else {
		whole = append(slices.Clone(whole), added...)
	}
	again := p.benchCommand()
	again.SilenceErrors, again.SilenceUsage = true, true
	again.SetArgs(whole)
	return again.Execute()
}

// runBench makes the sweep that the command line asks for.
func (p *program) runBench(cmd *cobra.Command, args []string, o *testbench.Options, own *benchFlags) error {
	args, nodeArgs := splitAtDash(cmd, args)
	if !cmd.Flags().Changed("seed") {
		o.Seed = 1
	}
	command := benchArguments(cmd.Flags(), args, nodeArgs, o.Seed, own)
	var meta report.Meta
	own.processes = own.engine == "builtin"
	nodeArgs, err := p.settle(cmd.Flags(), args, nodeArgs, o, &own.testFlags, &meta)
	if err != nil {
		return err
	}
	if own.engine != "sim" && own.engine != "builtin" {
		return fmt.Errorf("--engine %s: there is no such; choose one of sim, builtin", own.engine)
	}
	if own.seeds < 1 {
		return fmt.Errorf("--seeds %d: expected at least 1", own.seeds)
	}
	if own.farm.asked() && own.engine != "sim" {
		return fmt.Errorf("--on with --engine %s: only runs in the simulator can be made elsewhere", own.engine)
	}
	if err := own.farm.check(cmd.Flags(), o); err != nil {
		return err
	}
	placed, err := p.placeAxes(own.vary, o)
	if err != nil {
		return err
	}
	var earlier sweep.Sweep
	if own.against != "" {
		if earlier, err = sweep.ReadFile(own.against); err != nil {
			return err
		}
	}
	if err := tryOutputs(own.csv, own.html, own.svg); err != nil {
		return err
	}
	collectLess(o)
	where := "in the simulator" + own.farm.where()
	if own.engine == "builtin" {
		where = "on the built-in bench"
	}
	out := besides(own.csv, own.html, own.svg)
	fmt.Fprintf(out, "Running %s, seeds %d to %d at each point.\n\n", where, o.Seed, o.Seed+uint64(own.seeds)-1)
	made, interrupted, err := p.runSweep(*o, nodeArgs, placed, own)
	if err != nil {
		return err
	}
	made.Command = command
	err = own.tell(out, made, earlier, targetsOf(meta.Targets))
	if interrupted != "" {
		fmt.Fprintln(out, "\n"+interrupted)
		own.farm.tellResume(out, cmdline.Shell(append([]string{programName(), "bench"}, command...)))
		return exitStatus(exitCouldNotRun)
	}
	return err
}

// benchArguments are the arguments that make the same sweep: what was given,
// less the outputs, and the seeds, whose defaults may change.
func benchArguments(flags *pflag.FlagSet, args, nodeArgs []string, seed uint64, own *benchFlags) []string {
	all := append(slices.Clone(args), fmt.Sprintf("--seed=%d", seed), fmt.Sprintf("--seeds=%d", own.seeds))
	elsewhere := append(slices.Clone(outputs), "seed", "seeds", "vary", "vary-test", "config")
	flags.Visit(func(f *pflag.Flag) {
		value := f.Value.String()
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), ",")
		}
		if !slices.Contains(elsewhere, f.Name) {
			all = append(all, "--"+f.Name+"="+value)
		}
	})
	for _, a := range own.vary {
		all = append(all, a.written()...)
	}
	if len(nodeArgs) > 0 {
		all = append(append(all, "--"), nodeArgs...)
	}
	return all
}

// point is a place in the grid: what to run there, or why nothing is.
type point struct {
	values  []string
	run     runner
	first   uint64   // seed
	remote  []string // arguments that make the run elsewhere
	skipped string
}

// runSweep makes all runs of the grid on all cores.
func (p *program) runSweep(base testbench.Options, nodeArgs []string, all []axis, own *benchFlags) (made sweep.Sweep, interrupted string, err error) {
	for _, a := range all {
		made.Axes = append(made.Axes, a.Axis)
	}
	var points []point
	var runnable []int
	for _, values := range sweep.Points(made.Axes) {
		at := point{values: values, first: base.Seed}
		o, strategy, err := p.atPoint(base, nodeArgs, all, values)
		if err == nil {
			at.remote = cmdline.Arguments(o, strategy)
			at.run, err = p.runnerAt(o, strategy, own.engine)
		}
		if err != nil {
			at.skipped = strings.ReplaceAll(err.Error(), "\n", "; ")
		} else {
			runnable = append(runnable, len(points))
		}
		points = append(points, at)
	}
	if len(runnable) == 0 {
		return made, "", fmt.Errorf("no point of the grid makes sense: %s", points[0].skipped)
	}
	samples, failures, interrupted, err := runPoints(points, runnable, own)
	if err != nil {
		return made, "", err
	}
	for i, at := range points {
		row := sweep.Row{Values: at.values, Skipped: at.skipped}
		if at.skipped == "" {
			row = sweep.Collect(at.values, samples[i], failures[i])
		}
		made.Rows = append(made.Rows, row)
	}
	return made, interrupted, nil
}

// runPoints gives for each point, in the order of its seeds, what runs measured
// and how they failed, of those that were made. interrupted says how many that are, where not all.
func runPoints(points []point, runnable []int, own *benchFlags) (samples [][]sweep.Sample, failures [][]string, interrupted string, err error) {
	samples, failures = make([][]sweep.Sample, len(points)), make([][]string, len(points))
	madeOf := make([][]*verdict, len(points))
	work := sweepWork{First: points[runnable[0]].first, Seeds: own.seeds}
	for _, i := range runnable {
		madeOf[i] = make([]*verdict, own.seeds)
		work.Runs = append(work.Runs, points[i].remote)
	}
	interrupts, release := realtime.Interrupts()
	defer release()
	shown, jobs, done := newProgress(own.quiet), own.seeds*len(runnable), 0
	stopped := func() bool {
		select {
		case <-interrupts:
			interrupted = "interrupted"
		default:
		}
		return interrupted != ""
	}
	makes := here(0)
	switch {
	case own.farm.asked():
		makes = own.farm.pool(work, shown, stopped)
	case own.engine == "builtin":
		makes = here(1) // runs side by side would take each other's processors
	}
	err = makes(jobs, func(job int) verdict {
		at := points[runnable[job/own.seeds]]
		seed := at.first + uint64(job%own.seeds)
		out := at.run(seed, interrupts)
		return verdictOn(seed, &out)
	}, func(job int, v verdict) bool {
		if v.interrupted {
			interrupted = "interrupted"
			return false
		}
		madeOf[runnable[job/own.seeds]][job%own.seeds] = &v
		done++
		shown.show(bar(done, jobs, "runs"))
		return !stopped()
	})
	shown.clear()
	if interrupted != "" {
		interrupted = fmt.Sprintf("interrupted after %d of %d runs", done, jobs)
	}
	for _, i := range runnable {
		for _, v := range madeOf[i] {
			if v != nil {
				samples[i], failures[i] = append(samples[i], v.Figures), append(failures[i], cmp.Or(v.Trouble, v.Failure))
			}
		}
	}
	return samples, failures, interrupted, err
}

// tell writes the sweep wherever it is wanted.
func (own *benchFlags) tell(to io.Writer, made, earlier sweep.Sweep, targets sweep.Targets) error {
	fmt.Fprint(to, made.Table())
	if own.against != "" {
		fmt.Fprintf(to, "\nAgainst %s:\n\n%s", own.against, made.Against(earlier))
	}
	title := cmdline.Shell(append([]string{programName(), "bench"}, made.Command...))
	var failed []error
	for _, output := range []struct {
		path  string
		write func(io.Writer) error
	}{
		{own.csv, made.WriteCSV},
		{own.html, func(w io.Writer) error { return made.HTML(w, title, targets) }},
		{own.svg, func(w io.Writer) error { return made.SVG(w, title, targets) }},
	} {
		if output.path == "" {
			continue
		}
		failed = append(failed, writeOutput(output.path, output.write))
	}
	status := 0
	if slices.ContainsFunc(made.Rows, func(r sweep.Row) bool { return r.Failed > 0 }) {
		status = 1
	}
	return unwritten(statusError(status), errors.Join(failed...))
}

// targetsOf are a challenge's targets as bounds of the chart.
func targetsOf(all []report.Target) sweep.Targets {
	var bounds sweep.Targets
	for _, t := range all {
		switch t.Name {
		case report.ServerMessagesPerOp(0).Name:
			bounds[sweep.MessagesPerOp] = t.Below
		case report.MedianStableLatency(0).Name:
			bounds[sweep.MedianMs] = t.Below
		case report.MaxStableLatency(0).Name:
			bounds[sweep.MaxMs] = t.Below
		}
	}
	return bounds
}
