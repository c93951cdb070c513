package cli

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/cli/lessons"
	"eddy/testbench"
	"eddy/testbench/play"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// playFlags are the flags of `eddy play` that are not options of the run.
type playFlags struct {
	testFlags
	port   int
	export string
}

func (p *program) playCommand() *cobra.Command {
	options, own := testbench.Defaults(p.workloads), playFlags{}
	cmd := &cobra.Command{
		Use:   "play [workload | run] [flags] [-- strategy flags]",
		Short: "Walk through a simulated run in a browser, with a hand in it",
		Long: p.withWorkloads(`Play serves a page on this machine on which a simulated cluster runs: watch its
messages, stop the time, cut links, kill nodes, and see what the checker would say.

  eddy play broadcast
  eddy play broadcast --node-count 5 --seed 7 -- --strategy flood
  eddy play store/latest                a run of eddy sim
  eddy play --export site               a page that needs no server

The flags are those of eddy sim, with defaults of a small run that can be watched:
5 nodes, 10 operations a second, 50 ms between nodes, 20 seconds. The page's address holds the seed and what you
did: a link opens the same moment.`),
		ValidArgsFunction: p.completeWorkload,
	}
	cmdline.Declare(cmd.Flags(), &options)
	own.workloads = p.workloads
	cmd.Flags().IntVar(&own.port, "port", 0, "of the page (default: one that is free)")
	cmd.Flags().StringVar(&own.export, "export", "", "write the page to this directory as a site that needs no server, and serve nothing; it takes Go and Eddy's source")
	cmd.Flags().StringVar(&own.challenge, "challenge", "", "the official flags of a Gossip Glomers challenge")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return p.runPlay(cmd, args, &options, &own) }
	return cmd
}

func (p *program) runPlay(cmd *cobra.Command, args []string, o *testbench.Options, own *playFlags) error {
	args, nodeArgs := splitAtDash(cmd, args)
	open, err := p.playStart(cmd.Flags(), args, nodeArgs, o, own)
	if err != nil {
		return err
	}
	bench := p.playBench(open)
	if open.again {
		open.start.At = p.whereItFailed(bench, open.start)
		bench.Start = open.start
	}
	if own.export != "" {
		if err := p.exportPlay(own.export, open); err != nil {
			return err
		}
		fmt.Fprintf(os.Stdout, "%s holds the page. Any server of files shows it, such as: python3 -m http.server --bind 127.0.0.1 -d %s\n", own.export, cmdline.Shell([]string{own.export}))
		return nil
	}
	listener, err := listenForPlay(own.port)
	if err != nil {
		return err
	}
	server := newPlayServer(listener, bench)
	fmt.Fprintf(os.Stdout, "%s\n\nOpen this address in a browser. Ctrl-C ends it.\n", server.address())
	interrupts, release := realtime.Interrupts()
	defer release()
	failed := make(chan error, 1)
	go func() {
		s := &http.Server{Handler: server, ReadHeaderTimeout: 10 * time.Second}
		failed <- s.Serve(listener)
	}()
	select {
	case err := <-failed:
		return fmt.Errorf("serve the page: %w", err)
	case <-interrupts:
		return nil
	}
}

// playBench answers with the services of the program, and the program of --bin that was given, if there was one.
func (p *program) playBench(open opened) *play.Bench {
	return &play.Bench{
		Workloads: cmdline.PlayWorkloads(p.services), Start: open.start, Stored: open.stored, Local: true, Lessons: lessons.For(p.serviceNames()),
		Make: func(arguments []string) (play.Simulation, error) { return p.played(arguments, open.bin) },
	}
}

// played makes what a scene asks for. It may have come with a link, so that it names no program but the one that this
// command was given.
func (p *program) played(arguments []string, bin string) (play.Simulation, error) {
	o, nodeArgs, err := cmdline.ParseGiven(p.workloads, arguments)
	if err != nil {
		return play.Simulation{}, err
	}
	if o.Bin != "" && o.Bin != bin {
		return play.Simulation{}, fmt.Errorf("--bin %s was not given to this eddy play: end it, and begin it again with that program", o.Bin)
	}
	s, err := p.newSimulation(o, nodeArgs, report.Meta{})
	if err != nil {
		return play.Simulation{}, err
	}
	return play.Simulation{
		Options: s.options, Command: s.command(),
		Config: func(logs *virtual.Logs, traced node.TraceOptions) virtual.Config {
			s.nodes.Trace = traced
			return s.config(logs)
		},
	}, s.checkDisks()
}

// opened is what the page opens.
type opened struct {
	start  play.Start
	bin    string       // the program that the command line names
	stored *play.Stored // a run that can only be shown
	again  bool         // the start is a stored run, made again
}

// playStart is what the command line asks for.
func (p *program) playStart(flags *pflag.FlagSet, args, nodeArgs []string, o *testbench.Options, own *playFlags) (opened, error) {
	if len(args) == 1 && !slices.Contains(p.workloads.Names(), args[0]) {
		if _, err := os.Stat(args[0]); err == nil {
			return p.playStored(flags, args[0])
		}
		if strings.ContainsRune(args[0], filepath.Separator) {
			return opened{}, fmt.Errorf("there is no run %s: eddy runs lists those of the store", args[0])
		}
	}
	if len(args) == 0 && own.challenge == "" {
		args = p.workloads.Names()[:1]
		if slices.Contains(p.workloads.Names(), "broadcast") {
			args = []string{"broadcast"}
		}
	}
	nodeArgs, err := p.settle(flags, args, nodeArgs, o, &own.testFlags, &report.Meta{})
	if err != nil {
		return opened{}, err
	}
	if own.challenge == "" {
		if err := p.watchable(flags, o); err != nil {
			return opened{}, err
		}
	}
	if !flags.Changed("seed") {
		o.Seed = 1
	}
	s, err := p.newSimulation(*o, nodeArgs, report.Meta{})
	if err != nil {
		return opened{}, err
	}
	if err := play.CheckSize(&s.options); err != nil {
		return opened{}, err
	}
	return opened{start: s.start(), bin: o.Bin}, s.checkDisks()
}

// watchable sets flags that were not given to those of a run that can be watched.
func (p *program) watchable(flags *pflag.FlagSet, o *testbench.Options) error {
	w, err := p.workloads.Named(o.Workload)
	if err != nil {
		return err
	}
	values := cmdline.WatchedFlags(*w)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		named := name == "node-count" && flags.Changed("nodes")
		if flags.Changed(name) || named {
			continue
		}
		if err := flags.Set(name, values[name]); err != nil {
			return err
		}
	}
	return nil
}

// playStored has the page open the run that left the files of a directory: made again if it is one of eddy sim, else
// as its files have it.
func (p *program) playStored(flags *pflag.FlagSet, dir string) (opened, error) {
	given := ""
	flags.Visit(func(f *pflag.Flag) {
		if f.Name != "port" && f.Name != "export" {
			given = f.Name
		}
	})
	if given != "" {
		return opened{}, fmt.Errorf("--%s with %s: a stored run has its own flags; leave it out", given, dir)
	}
	made, ok, err := testbench.ReadMade(dir)
	switch {
	case err != nil:
		return opened{}, err
	case !ok:
		return opened{}, fmt.Errorf("%s is no run, or one of an older version: name a workload, or the directory of a run", dir)
	case len(made.Again) > 0:
		s, err := p.madeAgain(dir)
		if err != nil {
			return opened{}, err
		}
		return opened{start: s.start(), bin: s.options.Bin, again: true}, nil
	}
	text, err := os.ReadFile(filepath.Join(dir, testbench.ResultsFile))
	if err != nil {
		return opened{}, fmt.Errorf("%s has not been judged: %w", dir, err)
	}
	results, err := decodeResults(p.workloads, dir, text)
	if err != nil {
		return opened{}, err
	}
	o := made.Cluster()
	o.Workload = made.Workload
	stored, err := play.OpenStored(dir, dir, o, results)
	if err != nil {
		return opened{}, err
	}
	return opened{start: stored.Start(), stored: stored}, nil
}

// whereItFailed is the moment at which a stored run is opened: that from which every future fails, if the run fails; its
// begin if not.
func (p *program) whereItFailed(bench *play.Bench, start play.Start) (at int64) {
	request, err := json.Marshal(play.Request{Do: play.DoCause, Scene: start.Scene, Seed: start.Seed, Deeds: start.Deeds})
	if err != nil {
		return 0
	}
	var cause play.Cause
	if json.Unmarshal(bench.Answer(request), &cause) == nil && cause.Text != "" {
		fmt.Fprintln(os.Stdout, cause.Text)
	}
	return cause.At
}

// start is a simulation as the page opens it.
func (s simulation) start() play.Start {
	o := s.options
	return play.Start{Scene: cmdline.Scene(o, s.nodeArgs), Seed: o.Seed, Deeds: testbench.DeedsText(o.Deeds)}
}
