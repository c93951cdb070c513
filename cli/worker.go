package cli

import (
	"errors"
	"fmt"
	"os"
	"runtime"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/remote"
	"eddy/testbench/report"
)

// workerFlags are the flags of `eddy worker`.
type workerFlags struct {
	cores int
	name  string
	nats  natsFlags
	bins  string
	wasm  bool
}

func (p *program) workerCommand() *cobra.Command {
	var own workerFlags
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Make runs, and run nodes, for other machines",
		Long: `Worker takes runs from a NATS server with JetStream, makes them in the simulator
and sends their results back, until Ctrl-C. Sweeps ask for them with --on. Without
--nats it starts a server of its own, for itself and others:

  export EDDY_NATS_PASSWORD=secret
  eddy worker --listen 10.0.0.1:4222 --nats-user eddy
  eddy worker --nats nats://10.0.0.1:4222 --nats-user eddy
  eddy sim broadcast --seeds 100000 --on nats://10.0.0.1:4222 --nats-user eddy

A worker makes runs of the services of this very program, in the simulator, and runs
them as nodes of eddy test --engine nats; of other programs only those that --allow-bin
allows. It must be the same build as the program that asks. See docs/many-machines.md.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.IntVar(&own.cores, "cores", runtime.GOMAXPROCS(0), "runs at the same time")
	flags.StringVar(&own.name, "name", "", "how this worker is called in reports (default: host and process)")
	flags.StringVar(&own.bins, "allow-bin", "", "directory of programs that tests may run here, too (default: only this program's services)")
	flags.BoolVar(&own.wasm, "allow-wasm", true, "take programs built for WASI, which reach nothing of this machine, for the simulator")
	own.nats.declare(flags, "data")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if info, err := os.Stat(own.bins); own.bins != "" && (err != nil || !info.IsDir()) {
			return fmt.Errorf("--allow-bin %s: expected a directory of programs", own.bins)
		}
		if own.cores < 1 {
			return fmt.Errorf("--cores %d: expected at least 1", own.cores)
		}
		return p.runWorker(flags, &own)
	}
	return cmd
}

func (p *program) runWorker(flags *pflag.FlagSet, own *workerFlags) error {
	if own.name == "" {
		host, err := os.Hostname()
		if err != nil {
			host = "worker"
		}
		own.name = fmt.Sprintf("%s-%d", host, os.Getpid())
	}
	build, err := remote.Build()
	if err != nil {
		return err
	}
	conn, end, err := own.nats.connect(flags, "eddy worker "+own.name, "Sweeps ask for work with --on")
	if err != nil {
		return err
	}
	defer end()
	ctx, release := endedByInterrupt()
	defer release()
	fmt.Fprintf(os.Stdout, "Worker %s, build %s, with %s, on %s. Ctrl-C ends it.\n", own.name, build, report.Plural(own.cores, "core", "cores"), conn.URL())
	say := func(text string) { fmt.Fprintln(os.Stderr, text) }
	stop := hosting(conn, remote.Host{Name: own.name, Build: build, Cores: own.cores, Say: say, Command: p.awayCommands(own.bins)})
	worked, err := conn.Work(ctx, p.worker(conn, own.name, build, own.cores, own.wasm, say))
	hosted, hostErr := stop()
	if err = errors.Join(err, hostErr); err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "Worker %s ends: %s in %s, %s for tests, %s refused.\n", own.name, report.Plural(worked.Jobs, "run", "runs"),
		report.Plural(worked.Ranges, "range", "ranges"), report.Plural(hosted.Processes, "node", "nodes"), report.Plural(worked.Refused+hosted.Refused, "message", "messages"))
	return nil
}
