package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/workload"
)

// testFlags are the flags of `eddy test` that are not options of the run.
type testFlags struct {
	workloads workload.Workloads // that judge
	workload  string
	challenge string
	engine    string
	jsonFile  string
	html      string
	store     string
	quiet     bool
	testCount int
	trace     *cmdline.Trace // of eddy test
	processes bool           // nodes are processes
	away      *away          // of eddy test
}

func (p *program) testCommand() *cobra.Command {
	options, own := testbench.Defaults(p.workloads), testFlags{}
	cmd := &cobra.Command{
		Use:   "test [workload] [flags] [-- strategy flags]",
		Short: "Run a cluster and judge it",
		Long: p.withWorkloads(`Test runs a cluster of nodes under a workload, with the flags of Maelstrom's
own test command, and judges what the clients saw.

It runs under Maelstrom where $MAELSTROM or the PATH leads to it, else under the
built-in bench: real processes too, but no JVM. The nodes are eddy's own
(what comes after -- are flags of ` + "`eddy serve`" + `), or with --bin any program
that speaks Maelstrom's protocol (what comes after -- are its arguments).

  eddy test broadcast --challenge 3d
  eddy test broadcast --challenge 3d -- --strategy flood --topology tree:4
  eddy test broadcast --node-count 5 --nemesis partition --bin ./mynode
  eddy test broadcast --engine nats --on nats://10.0.0.1:4222

Exit status: 0 valid, 1 invalid or a target missed, 2 could not run.`),
		ValidArgsFunction: p.completeWorkload,
	}
	cmdline.Declare(cmd.Flags(), &options)
	p.declareOwn(cmd.Flags(), &own)
	cmd.Flags().StringVar(&own.engine, "engine", "", "maelstrom, builtin, or nats: nodes on the machines of workers (default: Maelstrom where it is found)")
	own.away = declareAway(cmd.Flags())
	own.trace = cmdline.DeclareTrace(cmd.Flags())
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return p.runTest(cmd, args, &options, &own)
	}
	p.completeChallenge(cmd)
	return cmd
}

func (p *program) completeChallenge(cmd *cobra.Command) {
	_ = cmd.RegisterFlagCompletionFunc("challenge", func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return p.challengeNumbers(), cobra.ShellCompDirectiveNoFileComp
	})
}

func (p *program) declareOwn(flags *pflag.FlagSet, own *testFlags) {
	own.workloads = p.workloads
	flags.StringVarP(&own.workload, "workload", "w", "", "the workload, as Maelstrom's flag: the same as naming it")
	flags.StringVar(&own.challenge, "challenge", "", "the official flags and targets of a Gossip Glomers challenge: "+strings.Join(p.challengeNumbers(), ", "))
	flags.StringVar(&own.jsonFile, "json", "", "also write the results to this file")
	flags.StringVar(&own.store, "store", testbench.DefaultStore, "directory for the files of runs")
	flags.StringVar(&own.html, "html", "", "also write a space-time diagram to this file; it needs --trace, and without it makes that full")
	flags.IntVar(&own.testCount, "test-count", 1, "make the run so many times, up to the first that fails")
	flags.BoolVar(&own.quiet, "quiet", false, "no progress")
}

// runTest runs what the command line asks for and reports it.
func (p *program) runTest(cmd *cobra.Command, args []string, o *testbench.Options, own *testFlags) error {
	args, nodeArgs := splitAtDash(cmd, args)
	named := own.workload
	if len(args) > 0 {
		named = args[0]
	}
	known, _ := p.workloads.Named(named) // settle refuses one that is unknown
	engine, err := chooseEngine(own.engine, known)
	if err != nil {
		return err
	}
	if err := own.away.check(cmd.Flags(), own.engine); err != nil {
		return err
	}
	own.processes = true
	meta := report.Meta{Flags: os.Args[1:]}
	nodeArgs, err = p.settle(cmd.Flags(), args, nodeArgs, o, own, &meta)
	if err != nil {
		return err
	}
	if o.ServiceTime != 0 {
		return errors.New("--service-time: steps of real processes take their own time; it is for eddy sim")
	}
	if len(o.Deeds) > 0 {
		return errors.New("--deeds: they name moments that only a seed repeats; they are for eddy sim")
	}
	if o.Preempt != 0 || o.Apart || len(o.Branches) > 0 {
		return errors.New("--preempt, --apart and --branch: the order of messages between real processes cannot be chosen; they are for eddy sim")
	}
	if o.Bin == "" { // of other programs the network's journal is drawn
		if err := own.traceForPicture(cmd.Flags()); err != nil {
			return err
		}
	}
	trace := own.trace.Arguments(cmd.Flags())
	if len(trace) > 0 && o.Bin != "" { // nodes on actor/node heed it, others do not
		asked, err := own.trace.Options()
		if err != nil {
			return err
		}
		o.Env = append(o.Env, asked.Variable())
	}
	bin := o.Bin
	if bin == "" {
		nodeArgs = append(slices.Clone(nodeArgs), trace...)
		if err := p.serveItself(o, nodeArgs); err != nil {
			return err
		}
	} else {
		o.Args = nodeArgs
	}
	if own.engine == engineNATS {
		if err := own.away.settle(bin, o, nodeArgs); err != nil {
			return err
		}
		engine.run = own.away.run(p)
	}
	if err := o.Validate(); err != nil {
		return err
	}
	if err := prepareOutputs(own.jsonFile, own.html); err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, engine.says)
	meta.NodeOf = o.NodeOf()
	return repeated(own.testCount, func(i int) error {
		run := *o
		if o.Seed != 0 {
			run.Seed += uint64(i)
		}
		interrupts, release := realtime.Interrupts()
		outcome := engine.run(run, own, meta, interrupts)
		release()
		explainTest(&outcome, own.trace.Mode == string(node.TraceFull))
		return own.draw(outcome.Meta.Dir, finish(&outcome, own))
	})
}

// repeated makes a run so many times, and ends with the first that fails or could not be made.
func repeated(times int, run func(i int) error) error {
	for i := range times {
		if times > 1 {
			fmt.Fprintf(os.Stdout, "Run %d of %d.\n", i+1, times)
		}
		if err := run(i); err != nil {
			return err
		}
	}
	return nil
}

// settle works out the workload, the challenge's flags and the nodes' arguments.
func (p *program) settle(flags *pflag.FlagSet, args, nodeArgs []string, o *testbench.Options, own *testFlags, meta *report.Meta) ([]string, error) {
	if len(args) > 1 {
		return nil, fmt.Errorf("name one workload, not %s; what is meant for the nodes comes after --", strings.Join(args, " and "))
	}
	if len(args) == 1 {
		if own.workload != "" && own.workload != args[0] {
			return nil, fmt.Errorf("the workload is given twice: %s and --workload %s", args[0], own.workload)
		}
		own.workload = args[0]
	}
	if own.challenge != "" {
		c, err := p.challenge(own.challenge)
		if err != nil {
			return nil, err
		}
		if own.workload != "" && own.workload != c.workload {
			return nil, fmt.Errorf("--challenge %s is one of the workload %s, not %s", c.Number, c.workload, own.workload)
		}
		own.workload, meta.Targets = c.workload, c.Targets
		if len(nodeArgs) == 0 && o.Bin == "" {
			nodeArgs = c.strategyOn(own.processes)
		}
		if meta.Unofficial, err = p.applyChallenge(c, flags); err != nil {
			return nil, err
		}
	}
	if own.workload == "" {
		return nil, fmt.Errorf("no workload is given: name a workload, one of %s, or a --challenge", strings.Join(p.workloads.Names(), ", "))
	}
	if names := p.workloads.Names(); !slices.Contains(names, own.workload) {
		return nil, fmt.Errorf("there is no workload %q%s", own.workload, suggest.Among(own.workload, names))
	}
	o.Workload, meta.Workload = own.workload, own.workload
	return nodeArgs, cmdline.Check(p.workloads, flags, o)
}

func splitAtDash(cmd *cobra.Command, args []string) (own, rest []string) {
	if dash := cmd.ArgsLenAtDash(); dash >= 0 {
		return args[:dash], args[dash:]
	}
	return args, nil
}

// serveItself makes the nodes of this very program. Their flags are looked at
// here, so that a slip is one error and not one from every node.
func (p *program) serveItself(o *testbench.Options, flags []string) error {
	if _, err := p.parseNodes(o.Workload, flags); err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program of the nodes: %w", err)
	}
	o.Bin, o.Args = self, append([]string{"serve", o.Workload}, flags...)
	return nil
}

// finish reports an outcome, where it is wanted, and turns it into a status.
func finish(outcome *testbench.Outcome, own *testFlags) error {
	if outcome.Err != nil {
		if err := report.CouldNotRun(os.Stdout, outcome.Err, outcome.Meta); err != nil {
			return err
		}
		return exitStatus(exitCouldNotRun)
	}
	if err := report.Terminal(os.Stdout, outcome.Results, outcome.Meta); err != nil {
		return err
	}
	status := outcome.ExitStatus()
	if status == 0 && report.Missed(outcome.Results, outcome.Meta) > 0 {
		status = 1
	}
	if own.jsonFile == "" {
		return statusError(status)
	}
	return unwritten(statusError(status), writeResults(own.jsonFile, outcome.Results))
}

func writeResults(path string, r checker.Results) error {
	return writeOutput(path, func(w io.Writer) error { return writeJSON(w, r) })
}
