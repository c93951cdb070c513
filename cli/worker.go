package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime"

	"github.com/spf13/cobra"

	"eddy/remote"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
)

// workerFlags are the flags of `eddy worker`.
type workerFlags struct {
	nats   string
	cores  int
	name   string
	listen string
	data   string
	access *remote.Access
}

func (p *program) workerCommand() *cobra.Command {
	var own workerFlags
	cmd := &cobra.Command{
		Use:   "worker",
		Short: "Make runs for sweeps that other machines ask for",
		Long: `Worker takes runs from a NATS server with JetStream, makes them in the simulator
and sends their results back, until Ctrl-C. Sweeps ask for them with --on. Without
--nats it starts a server of its own, for itself and others:

  export EDDY_NATS_PASSWORD=secret
  eddy worker --listen 10.0.0.1:4222 --nats-user eddy
  eddy worker --nats nats://10.0.0.1:4222 --nats-user eddy
  eddy sim broadcast --seeds 100000 --on nats://10.0.0.1:4222 --nats-user eddy

A worker makes runs of the services of this very program and of no other, in the
simulator. It must be the same build as the program that asks. See docs/many-machines.md.`,
		Args: cobra.NoArgs,
	}
	flags := cmd.Flags()
	flags.StringVar(&own.nats, "nats", "", "URL of the NATS server, or of several of a cluster with commas between (default: one within this program)")
	flags.IntVar(&own.cores, "cores", runtime.GOMAXPROCS(0), "runs at the same time")
	flags.StringVar(&own.name, "name", "", "how this worker is called in reports (default: host and process)")
	flags.StringVar(&own.listen, "listen", remote.ListenDefault, "without --nats: where the server listens; elsewhere than on this machine it asks for credentials")
	flags.StringVar(&own.data, "data", "", "without --nats: directory of what the server keeps (default: a temporary one)")
	own.access = declareAccess(flags)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if own.nats != "" && (flags.Changed("listen") || flags.Changed("data")) {
			return errors.New("--listen and --data with --nats: they are for a server within this program; leave one of them out")
		}
		if own.cores < 1 {
			return fmt.Errorf("--cores %d: expected at least 1", own.cores)
		}
		return p.runWorker(&own)
	}
	return cmd
}

func (p *program) runWorker(own *workerFlags) error {
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
	access := withEnvironment(*own.access)
	access.URL, access.Name = own.nats, "eddy worker "+own.name
	if own.nats == "" {
		server, err := remote.Serve(remote.ServerOptions{Listen: own.listen, Data: own.data, Access: access})
		if err != nil {
			return err
		}
		defer server.Close()
		access.URL = server.URL()
		access.Cert, access.Key = "", "" // they are the server's
		host, _, _ := net.SplitHostPort(own.listen)
		fmt.Fprintf(os.Stdout, "NATS server at %s, on %s. Sweeps ask for work with --on %s.\n", server.URL(), host, server.URL())
	}
	conn, err := remote.Connect(access)
	if err != nil {
		return err
	}
	defer conn.Close()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	interrupts, release := realtime.Interrupts()
	defer release()
	go func() {
		select {
		case <-interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	fmt.Fprintf(os.Stdout, "Worker %s, build %s, with %s, on %s. Ctrl-C ends it.\n", own.name, build, report.Plural(own.cores, "core", "cores"), conn.URL())
	worked, err := conn.Work(ctx, p.worker(own.name, build, own.cores, func(text string) { fmt.Fprintln(os.Stderr, text) }))
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "Worker %s ends: %s in %s, %s refused.\n", own.name, report.Plural(worked.Jobs, "run", "runs"),
		report.Plural(worked.Ranges, "range", "ranges"), report.Plural(worked.Refused, "message", "messages"))
	return nil
}
