package cmdline

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/workload"
)

// Declare declares Maelstrom's flags, with its names and defaults, and a
// few of the built-in bench.
func Declare(flags *pflag.FlagSet, o *testbench.Options) {
	flags.IntVar(&o.NodeCount, "node-count", o.NodeCount, "number of nodes (default: five, n1 to n5)")
	flags.StringSliceVar(&o.NodeNames, "nodes", nil, "the nodes by name, with commas between (default: n1,n2,n3,n4,n5)")
	flags.StringVar(&o.Concurrency, "concurrency", o.Concurrency, "number of clients; with an n, times the number of nodes")
	flags.Float64Var(&o.Rate, "rate", o.Rate, "operations a second, about")
	flags.Var(Seconds{&o.TimeLimit}, "time-limit", "how long operations are started, in seconds")
	flags.Var(Milliseconds{&o.LatencyMs}, "latency", "mean latency between nodes, in ms")
	flags.Var((*distribution)(&o.LatencyDist), "latency-dist", "constant, uniform or exponential")
	flags.StringSliceVar(&o.Nemesis, "nemesis", nil, "faults, with commas between: "+strings.Join(nemesis.Known(), ", ")+"; Maelstrom knows partition, and versions from July 2026 on kill and pause")
	flags.Var(Seconds{&o.NemesisInterval}, "nemesis-interval", "between faults on average, in seconds")
	flags.StringVar(&o.Topology, "topology", o.Topology, "offered to broadcast nodes: line, grid, tree, tree2, tree3, tree4 or total")
	flags.StringVar(&o.Availability, "availability", "", "total, or the least fraction of operations that must succeed")
	flags.StringSliceVar(&o.ConsistencyModels, "consistency-models", nil, "for workloads of transactions: the models to check")
	flags.IntVar(&o.Operations.KeyCount, "key-count", 0, "for transactions and kafka: keys in use at a time (default: the workload's own)")
	flags.IntVar(&o.Operations.MinTxnLength, "min-txn-length", o.Operations.MinTxnLength, "not under Maelstrom, for transactions: fewest operations in one")
	flags.IntVar(&o.Operations.MaxTxnLength, "max-txn-length", o.Operations.MaxTxnLength, "for transactions: most operations in one")
	flags.IntVar(&o.Operations.MaxWritesPerKey, "max-writes-per-key", o.Operations.MaxWritesPerKey, "for transactions and kafka: writes to a key before another takes its place")
	flags.StringVar(&o.Bin, "bin", "", "program of a node (default: eddy serve <workload>)")
	flags.BoolVar(&o.LogStderr, "log-stderr", false, "show what nodes write to stderr")
	flags.BoolVar(&o.LogNetSend, "log-net-send", false, "show messages as they are sent")
	flags.BoolVar(&o.LogNetRecv, "log-net-recv", false, "show messages as they are received")
	flags.Uint64Var(&o.Seed, "seed", 0, "of all chance, but under Maelstrom (default: drawn)")
	flags.DurationVar(&o.Recovery, "recovery", o.Recovery, "not under Maelstrom: between the last fault and the final reads")
	flags.BoolVar(&o.IdealDelivery, "ideal-delivery", false, "not under Maelstrom: no message waits behind another")
	flags.Float64Var(&o.Loss, "p-loss", 0, "not under Maelstrom: probability that a message between nodes is lost")
	flags.Var(mebibytes{&o.StoreBytesMax}, "store-max", "not under Maelstrom: of recorded messages, beyond it only some are, and of a node's stderr; 0: no bound")
	flags.DurationVar(&o.ServiceTime, "service-time", 0, "only in the simulator with --bin: what a step of a node costs")
	flags.Var(deeds{&o.Deeds}, "deeds", "only in the simulator: what is done by hand, with semicolons between, such as '1.5s cut n0 n1; 4s heal' (docs/play.md)")
	flags.BoolVar(&o.Apart, "apart", false, "only in the simulator: each message, the operations and the faults have chance of their own, so that leaving one out changes no other")
	flags.IntVar(&o.Preempt, "preempt", 0, "only in the simulator: how many times what a node sends is held up, drawn from the seed")
	flags.Var(branches{&o.Branches}, "branch", "only in the simulator: a moment at which chance begins again from another seed, such as 1.5s=7; repeatable")
	declareFaults(flags, o)
}

// Arguments are the workload and the flags of a simulated run, but for the seed.
func Arguments(o testbench.Options, nodeArgs []string) []string {
	args := append([]string{o.Workload}, Flags(o, "seed")...)
	if len(nodeArgs) > 0 {
		args = append(append(args, "--"), nodeArgs...)
	}
	return args
}

// Flags gives the flags that make options of the defaults.
func Flags(o testbench.Options, but ...string) []string {
	var args []string
	for _, f := range flagValues(o, but...) {
		if f.isBool {
			args = append(args, strings.TrimSuffix("--"+f.name+"="+f.value, "=true"))
			continue
		}
		args = append(args, "--"+f.name, f.value)
	}
	return args
}

// flagValue is a flag that is not at its default.
type flagValue struct {
	name, value string
	isBool      bool
}

func flagValues(o testbench.Options, but ...string) []flagValue {
	shown, set := testbench.Defaults(o.Workloads), pflag.NewFlagSet("", pflag.ContinueOnError)
	Declare(set, &shown)
	shown = o // the flags point into it
	var all []flagValue
	set.VisitAll(func(f *pflag.Flag) {
		value := f.Value.String()
		if slices.Contains(but, f.Name) || value == f.DefValue {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), ",")
		}
		all = append(all, flagValue{f.Name, value, f.Value.Type() == "bool"})
	})
	return all
}

// Parse is the run of the arguments that [Arguments] writes, its seed included. What the flags ask for is not checked yet.
func Parse(all workload.Workloads, args []string) (o testbench.Options, nodeArgs []string, err error) {
	o, nodeArgs, _, err = parse(all, args)
	return o, nodeArgs, err
}

// ParseGiven is [Parse] for arguments that a person may have written: what the command would refuse is refused.
func ParseGiven(all workload.Workloads, args []string) (o testbench.Options, nodeArgs []string, err error) {
	o, nodeArgs, flags, err := parse(all, args)
	if err != nil {
		return o, nil, err
	}
	if names := all.Names(); !slices.Contains(names, o.Workload) {
		return o, nil, fmt.Errorf("there is no workload %q%s", o.Workload, suggest.Among(o.Workload, names))
	}
	return o, nodeArgs, Check(all, flags, &o)
}

func parse(all workload.Workloads, args []string) (o testbench.Options, nodeArgs []string, flags *pflag.FlagSet, err error) {
	if len(args) == 0 {
		return o, nil, nil, errors.New("no workload is named")
	}
	o = testbench.Defaults(all)
	flags = NewFlagSet("sim")
	Declare(flags, &o)
	o.Workload = args[0]
	own := args[1:]
	if dash := slices.Index(own, "--"); dash >= 0 {
		own, nodeArgs = own[:dash], own[dash+1:]
	}
	if err := flags.Parse(own); err != nil {
		return o, nil, flags, ExplainUnknown(err, flags)
	}
	if flags.NArg() > 0 {
		return o, nil, flags, fmt.Errorf("%q is no flag", flags.Arg(0))
	}
	return o, nodeArgs, flags, nil
}
