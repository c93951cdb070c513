package cmdline

import (
	"errors"
	"fmt"
	"slices"
	"strconv"

	"eddy/actor/node"
	"eddy/cli/service"
	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/testbench/play"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
	"eddy/workload"
)

// Workloads are those of services.
func Workloads(services []service.Service) workload.Workloads {
	var all workload.Workloads
	for _, s := range services {
		all = append(all, s.Workload)
	}
	return all
}

// Again is the command line that makes this very run, of a program called so: every flag that is not at its default, and
// always the seed.
func Again(program string, o testbench.Options, nodeArgs []string) string {
	return Shell(append([]string{program, "sim"}, slices.Insert(Arguments(o, nodeArgs), 1, "--seed", strconv.FormatUint(o.Seed, 10))...))
}

// Config is that of an engine whose nodes are these, and log to logs, or nowhere.
func (n Nodes) Config(meta report.Meta, logs *virtual.Logs) virtual.Config {
	nodes := virtual.Actors{Service: n.Service, LineMax: n.LineMax, Trace: n.Trace, Logs: logs}
	return virtual.Config{Meta: meta, Start: nodes.Start()}
}

// Traced are the same nodes, with another trace.
func (n Nodes) Traced(trace node.TraceOptions) Nodes {
	n.Trace = trace
	return n
}

// CheckDisks refuses bad disks for nodes that have none.
func (n Nodes) CheckDisks(o *testbench.Options) error {
	if slices.Contains(o.Nemesis, nemesis.FaultDisk) && !n.OnDisk {
		return fmt.Errorf("--nemesis %s: the nodes keep nothing on a disk: add -- --data simulated", nemesis.FaultDisk)
	}
	return nil
}

// Simulations makes what a program called so makes of a command line, of nodes that are services.
func Simulations(program string, services []service.Service) play.Make {
	all := Workloads(services)
	return func(arguments []string) (play.Simulation, error) {
		o, nodeArgs, err := ParseGiven(all, arguments)
		if err != nil {
			return play.Simulation{}, err
		}
		if o.Bin != "" {
			return play.Simulation{}, errors.New("--bin: programs of your own are played by eddy play on your machine, not in a page alone")
		}
		if err := o.Validate(); err != nil {
			return play.Simulation{}, err
		}
		i := slices.IndexFunc(services, func(s service.Service) bool { return s.Workload.Name == o.Workload && s.Flags != nil })
		if i < 0 {
			return play.Simulation{}, fmt.Errorf("there is no service for the workload %s%s", o.Workload, suggest.Among(o.Workload, all.Names()))
		}
		nodes, err := DeclareStrategy(services[i]).Parse(nodeArgs)
		if err != nil {
			return play.Simulation{}, err
		}
		meta := report.Meta{NodeOf: o.NodeOf()}
		return play.Simulation{
			Options: o, Command: Again(program, o, nodeArgs),
			Config: func(logs *virtual.Logs, traced node.TraceOptions) virtual.Config {
				return nodes.Traced(traced).Config(meta, logs)
			},
		}, nodes.CheckDisks(&o)
	}
}
