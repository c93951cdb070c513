package cli

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"eddy/actor/node"
	"eddy/cli/cmdline"
)

func (p *program) serveCommand() *cobra.Command {
	serve := &cobra.Command{
		Use:   "serve <service> [strategy flags]",
		Short: "Be one node on stdin and stdout",
		Long: `Serve is one Maelstrom node: it reads messages on stdin, writes messages on
stdout and logs on stderr. It is what Maelstrom's --bin runs:

  maelstrom test -w broadcast --bin ./eddy -- serve broadcast

With --cluster its messages travel over NATS, and clients ask it with eddy call:

  eddy serve broadcast --cluster demo --id n1 --nodes n1,n2,n3
  eddy serve broadcast --cluster demo --id n2 --nodes n1,n2,n3 --nats URL
  eddy call demo n2 '{"type": "read"}'`,
		Args: cobra.ArbitraryArgs,
		// The flags are the services': without one it is told that first.
		FParseErrWhitelist: cobra.FParseErrWhitelist{UnknownFlags: true},
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("serve what? name a service, one of %s", strings.Join(p.serviceNames(), ", "))
			}
			_, err := p.service(args[0])
			return err
		},
	}
	for _, s := range p.services {
		if s.Flags != nil {
			serve.AddCommand(serveOne(s))
		}
	}
	return serve
}

func serveOne(s Service) *cobra.Command {
	cmd := &cobra.Command{Use: s.Workload.Name, Short: s.Short, Long: s.Long, Args: cobra.NoArgs}
	build := s.Flags(cmd.Flags())
	level, lineMax, trace := cmdline.DeclareNode(cmd.Flags())
	cluster := declareCluster(cmd.Flags())
	cmd.RunE = func(*cobra.Command, []string) error {
		service, err := build()
		if err != nil {
			return err
		}
		at, err := cmdline.ParseNode(*level, *lineMax)
		if err != nil {
			return err
		}
		tracing, err := trace.Options()
		if err != nil {
			return err
		}
		log, records, closeLog := node.NewTracedLog(os.Stderr, at)
		defer closeLog()
		tracing.To = records
		options := node.Options{LineMax: *lineMax, Log: log, Trace: tracing}
		if cluster.asked(cmd.Flags()) {
			return cluster.serve(cmd.Flags(), s, service, options)
		}
		if err := node.Run(service, options); err != nil {
			return exitStatus(1) // the node has logged why
		}
		return nil
	}
	return cmd
}
