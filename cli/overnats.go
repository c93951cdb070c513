package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/pflag"

	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/remote"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/workload"
)

// clusterFlags are the flags of a node whose messages travel over NATS.
type clusterFlags struct {
	name   string
	id     string
	nodes  []string
	nats   natsFlags
	listed []string // all of them
}

func declareCluster(flags *pflag.FlagSet) *clusterFlags {
	c := &clusterFlags{}
	own := cmdline.NewFlagSet("cluster")
	own.StringVar(&c.name, "cluster", "", "be a node of this cluster over NATS, and not on stdin and stdout")
	own.StringVar(&c.id, "id", "", "with --cluster: which of its nodes")
	own.StringSliceVar(&c.nodes, "nodes", nil, "with --cluster: all its nodes, the same everywhere")
	c.nats.declare(own, "nats-data")
	own.VisitAll(func(f *pflag.Flag) { c.listed = append(c.listed, f.Name) })
	flags.AddFlagSet(own)
	return c
}

// asked tells whether any of the flags was given.
func (c *clusterFlags) asked(flags *pflag.FlagSet) bool {
	return slices.ContainsFunc(c.listed, flags.Changed)
}

// serve is a node until Ctrl-C.
func (c *clusterFlags) serve(flags *pflag.FlagSet, s Service, built node.Service, options node.Options) error {
	if c.name == "" {
		return fmt.Errorf("a node over NATS without --cluster: name the cluster, as in --cluster demo --id n1 --nodes n1,n2,n3")
	}
	say := func(text string) { fmt.Fprintln(os.Stderr, text) }
	n := remote.Node{
		Cluster: c.name, Service: s.Workload.Name, ID: c.id, Nodes: c.nodes, Say: say,
		Run: func(in io.Reader, out io.Writer) error {
			options.In, options.Out = in, out
			return node.Run(built, options)
		},
	}
	if err := n.Validate(); err != nil {
		return err
	}
	var err error
	if n.Setup, err = setupOf(s.Workload, c.id, c.nodes); err != nil {
		return err
	}
	conn, end, err := c.nats.connect(flags, fmt.Sprintf("eddy node %s of %s", c.id, c.name), "Other nodes join with --nats")
	if err != nil {
		return err
	}
	defer end()
	ctx, release := endedByInterrupt()
	defer release()
	carried, err := conn.Serve(ctx, n)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Node %s ends: %s heard, %d sent, %s of services, %d refused, %d lost.\n", c.id,
		report.Plural(carried.Heard, "message", "messages"), carried.Sent, report.Plural(carried.Asked, "request", "requests"), carried.Refused, carried.Lost)
	return nil
}

// setupOf are the requests that a cluster begins with, as the test bench makes them.
func setupOf(w workload.Workload, id string, nodes []string) ([][]byte, error) {
	setup := [][]byte{workload.InitRequest(id, nodes, 1)}
	if w.Topology {
		neighbours, err := workload.Topology("grid", nodes)
		if err != nil {
			return nil, err
		}
		setup = append(setup, workload.TopologyRequest(neighbours, 2))
	}
	return setup, nil
}

// endedByInterrupt is a context that ends with Ctrl-C.
func endedByInterrupt() (ctx context.Context, release func()) {
	ctx, cancel := context.WithCancel(context.Background())
	interrupts, restore := realtime.Interrupts()
	go func() {
		select {
		case <-interrupts:
			cancel()
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(); restore() }
}
