package cli

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/search"
)

// simFlags are the flags of `eddy sim` that are not options of the run.
type simFlags struct {
	testFlags
	seeds     int
	search    string
	keepGoing bool
	noShrink  bool
	against   string
	noStore   bool
	trace     *cmdline.Trace
	farm      *farm
}

func (p *program) simCommand() *cobra.Command {
	options, own := testbench.Defaults(p.workloads), simFlags{}
	cmd := &cobra.Command{
		Use:   "sim [workload] [flags] [-- strategy flags]",
		Short: "Run a cluster in one process and virtual time, and judge it",
		Long: p.withWorkloads(`Sim makes the run that test makes, with the same flags, but with every node in
this process and in virtual time. A seed fixes all of it: the same seed and the
same binary give the same history, messages and trace, byte for byte.

  eddy sim broadcast --challenge 3d
  eddy sim broadcast --node-count 5 --nemesis partition --seed 7
  eddy sim broadcast --nemesis partition --seeds 1000 -- --strategy flood

With --bin the nodes are programs built for WASI (docs/wasi.md), unchanged: files,
directories of Go packages, or several of them with commas between for a cluster
whose nodes differ. What comes after -- are their arguments.

  eddy sim broadcast --bin ./mynode --nemesis partition --seeds 1000

With --seeds many runs are made, on all cores, from --seed on; --search says
which, of all that the flags allow (docs/search.md). The first that
fails ends them; it is made again to leave its files, and the command that
replays it is printed. Then smaller runs that fail in the same way are looked
for, and the command of the smallest is the last line. With --on the runs are made
by workers on other machines (docs/many-machines.md).

  eddy sim broadcast --seeds 100000 --on nats://10.0.0.1:4222

Exit status: 0 valid, 1 invalid, 2 could not run.`),
		ValidArgsFunction: p.completeWorkload,
	}
	cmdline.Declare(cmd.Flags(), &options)
	p.declareOwn(cmd.Flags(), &own.testFlags)
	declareSim(cmd.Flags(), &own)
	own.farm = p.declareFarm(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return p.runSim(cmd, args, &options, &own) }
	p.completeChallenge(cmd)
	return cmd
}

func declareSim(flags *pflag.FlagSet, own *simFlags) {
	flags.IntVar(&own.seeds, "seeds", 0, "make this many runs, from --seed on; only those that fail leave files")
	flags.StringVar(&own.search, "search", search.Random, "with --seeds: which runs are made, "+strings.Join(search.Names(), ", ")+" (docs/search.md)")
	flags.BoolVar(&own.keepGoing, "keep-going", false, "with --seeds: make all runs, though one fails")
	flags.StringVar(&own.against, "against", "", "with --keep-going: an earlier sweep's file of --json; says which failures are new, still there and gone")
	flags.BoolVar(&own.noShrink, "no-shrink", false, "with --seeds: look for no smaller run that fails")
	flags.BoolVar(&own.noStore, "no-store", false, "leave no files")
	own.trace = cmdline.DeclareTrace(flags)
	flags.Lookup("bin").Usage = "programs built for WASI, or directories of Go packages, with commas between (default: eddy's own nodes)"
}

func (p *program) runSim(cmd *cobra.Command, args []string, o *testbench.Options, own *simFlags) error {
	meta := report.Meta{Flags: os.Args[1:]}
	args, nodeArgs := splitAtDash(cmd, args)
	nodeArgs, err := p.settle(cmd.Flags(), args, nodeArgs, o, &own.testFlags, &meta)
	if err != nil {
		return err
	}
	if err := own.repeat(cmd.Flags()); err != nil {
		return err
	}
	if err := own.check(cmd.Flags(), o); err != nil {
		return err
	}
	if err := own.traceForPicture(cmd.Flags()); err != nil {
		return err
	}
	if err := prepareOutputs(own.jsonFile, own.html); err != nil {
		return err
	}
	if !cmd.Flags().Changed("seed") {
		o.Seed = drawSeed()
	}
	made, err := p.newSimulation(*o, nodeArgs, meta)
	if err != nil {
		return err
	}
	if err := made.checkDisks(); err != nil {
		return err
	}
	if len(own.trace.Arguments(cmd.Flags())) > 0 { // beside the strategy's, which make the run
		if made.nodes.Trace, err = own.trace.Options(); err != nil {
			return err
		}
	}
	collectLess(o)
	if own.seeds > 0 {
		return runSeeds(made, own)
	}
	return runOnce(made, own)
}

// newSimulation makes nodes of the strategy's flags. Every slip is found here.
func (p *program) newSimulation(o testbench.Options, nodeArgs []string, meta report.Meta) (simulation, error) {
	return p.simulationWith(o, nodeArgs, meta, loadGuests)
}

// simulationWith has the programs that --bin names loaded by load.
func (p *program) simulationWith(o testbench.Options, nodeArgs []string, meta report.Meta, load func(bin string) (*guests, error)) (simulation, error) {
	if err := o.Validate(); err != nil {
		return simulation{}, err
	}
	if err := checkServiceTime(&o); err != nil {
		return simulation{}, err
	}
	if o.Bin != "" {
		loaded, err := load(o.Bin)
		return simulation{guests: loaded, nodeArgs: nodeArgs, meta: meta}.with(o), err
	}
	made, err := p.parseNodes(o.Workload, nodeArgs)
	if err != nil {
		return simulation{}, err
	}
	return simulation{nodes: made, nodeArgs: nodeArgs, meta: meta}.with(o), nil
}

// repeat takes Maelstrom's --test-count for --seeds.
func (own *simFlags) repeat(flags *pflag.FlagSet) error {
	if own.testCount == 1 {
		return nil
	}
	if flags.Changed("seeds") || own.keepGoing {
		return fmt.Errorf("--test-count %d with --seeds or --keep-going: it is Maelstrom's name for --seeds %d; give one of them", own.testCount, own.testCount)
	}
	own.seeds = own.testCount
	return nil
}

func (own *simFlags) check(flags *pflag.FlagSet, o *testbench.Options) error {
	switch {
	case o.Bin != "" && len(own.trace.Arguments(flags)) > 0:
		return fmt.Errorf("%s with --bin: other programs have no such flag; the messages of a run are recorded anyway", own.trace.Arguments(flags)[0])
	case own.noStore && len(own.trace.Arguments(flags)) > 0:
		return fmt.Errorf("--no-store with %s: there would be no file to hold the trace; leave one of them out", own.trace.Arguments(flags)[0])
	case flags.Changed("seeds") && own.seeds < 1:
		return fmt.Errorf("--seeds %d: expected at least 1", own.seeds)
	case own.html != "" && (own.seeds > 0 || own.noStore):
		return errors.New("--html with --seeds or --no-store: a picture is made of one run's files; replay the seed of interest with --seed and --html")
	case own.seeds == 0 && flags.Changed("search"):
		return fmt.Errorf("--search %s without --seeds: a search makes many runs; add --seeds 100", own.search)
	case own.farm.asked() && own.search != search.Random:
		return fmt.Errorf("--search %s with --on: workers make the seeds as they are; leave one of them out", own.search)
	case own.against != "" && !own.keepGoing:
		return fmt.Errorf("--against %s without --keep-going: a sweep that stops at its first failure does not know what is gone", own.against)
	case own.seeds == 0 && (own.keepGoing || own.noShrink || own.farm.asked()):
		return errors.New("--keep-going, --no-shrink and --on go with --seeds")
	}
	return own.farm.check(flags, o)
}

// drawSeed draws a seed that is easy to type.
func drawSeed() uint64 { return rand.Uint64N(1_000_000_000) }

// interruptible ends a run at a signal.
func interruptible(interrupts <-chan os.Signal) watch {
	return watch{attend: func(c *testbench.Conductor) {
		select {
		case <-interrupts:
			c.Interrupt()
		default:
		}
	}}
}

// untilInterrupted gives what tells, on one goroutine, whether Ctrl-C has come, and what gives Ctrl-C back to the system.
func untilInterrupted() (interrupted func() bool, release func()) {
	interrupts, release := realtime.Interrupts()
	stopped := false
	return func() bool {
		select {
		case <-interrupts:
			stopped = true
		default:
		}
		return stopped
	}, release
}

// runOnce makes one run and reports it.
func runOnce(s simulation, own *simFlags) error {
	fmt.Fprintf(os.Stdout, "Running in the simulator from seed %d.\n", s.options.Seed)
	interrupts, release := realtime.Interrupts()
	defer release()
	shown := newProgress(own.quiet)
	w := interruptible(interrupts)
	end := w.attend
	w.attend = func(c *testbench.Conductor) {
		if shown.due() {
			shown.show(c.Status().String())
		}
		end(c)
	}
	var outcome testbench.Outcome
	if own.noStore {
		outcome = s.show(w)
	} else {
		outcome = s.record(own.store, w)
	}
	s.explain(&outcome)
	shown.clear()
	return own.draw(outcome.Meta.Dir, finish(&outcome, &own.testFlags))
}
