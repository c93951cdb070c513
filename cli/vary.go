package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/sweep"
)

// axis is a flag that a sweep varies.
type axis struct {
	sweep.Axis
	ofTest bool // asked for as a flag of the test; else the strategy's is looked for first
}

// axes collects --vary and --vary-test in the order in which they are given,
// which is that of the table's columns.
type axes struct {
	to     *[]axis
	ofTest bool
}

func (a axes) String() string { return "" }
func (a axes) Type() string   { return "flag=v1,v2,..." }

func (a axes) Set(text string) error {
	flag, values, found := strings.Cut(text, "=")
	flag = strings.TrimLeft(flag, "-")
	if !found || flag == "" || values == "" {
		return fmt.Errorf("%q: expected a flag and its values, such as interval=50ms,100ms", text)
	}
	added := axis{Axis: sweep.Axis{Flag: flag}, ofTest: a.ofTest}
	for _, value := range strings.Split(values, ",") {
		if slices.Contains(added.Values, value) {
			return fmt.Errorf("%q: %s is there twice", text, value)
		}
		added.Values = append(added.Values, value)
	}
	*a.to = append(*a.to, added)
	return nil
}

// written is the axis as arguments.
func (a axis) written() []string {
	if a.ofConfigurations() {
		var words []string
		for _, value := range a.Values {
			words = append(words, "--config", value)
		}
		return words
	}
	flag := "--vary"
	if a.ofTest {
		flag = "--vary-test"
	}
	return []string{flag, a.Flag + "=" + strings.Join(a.Values, ",")}
}

// notVaried are flags of the test that make no sense on an axis.
var notVaried = []string{"bin", "seed", "log-stderr", "log-net-send", "log-net-recv"}

// placeAxes finds out which flags are meant. A name that the strategy and the
// test both have, such as topology, is the strategy's with --vary and the test's
// with --vary-test.
func (p *program) placeAxes(all []axis, of *testbench.Options) ([]axis, error) {
	workload := of.Workload
	strategy, err := p.declareStrategy(workload)
	if of.Bin != "" { // its flags are not known
		strategy, err = cmdline.Strategy{Set: pflag.NewFlagSet("program", pflag.ContinueOnError)}, nil
	}
	if err != nil {
		return nil, err
	}
	o, test := testbench.Defaults(p.workloads), pflag.NewFlagSet("test", pflag.ContinueOnError)
	cmdline.Declare(test, &o)
	var placed []axis
	for _, a := range all {
		ofTest := test.Lookup(a.Flag) != nil && !slices.Contains(notVaried, a.Flag)
		switch {
		case a.ofConfigurations():
		case !a.ofTest && strategy.Set.Lookup(a.Flag) != nil:
		case ofTest:
			a.ofTest = true
		case a.ofTest:
			return nil, fmt.Errorf("--vary-test %s: the test has no such flag to vary", a.Flag)
		default:
			return nil, fmt.Errorf("--vary %s: neither the strategies of %s nor the test have such a flag to vary; strategies have %s",
				a.Flag, workload, strings.Join(cmdline.FlagNames(strategy.Set), ", "))
		}
		if slices.ContainsFunc(placed, func(b axis) bool { return b.Flag == a.Flag && b.ofTest == a.ofTest }) {
			return nil, fmt.Errorf("--vary %s is given twice: give all its values at once", a.Flag)
		}
		placed = append(placed, a)
	}
	return placed, nil
}

// atPoint gives the options and the strategy's flags with the values of a point.
func (p *program) atPoint(base testbench.Options, nodeArgs []string, all []axis, values []string) (o testbench.Options, strategy []string, err error) {
	o = testbench.Defaults(p.workloads)
	set := pflag.NewFlagSet("point", pflag.ContinueOnError)
	cmdline.Declare(set, &o)
	o = base // the flags point into it
	strategy = slices.Clone(nodeArgs)
	for i, a := range all {
		if !a.ofTest {
			strategy = append(strategy, a.arguments(values[i])...)
			continue
		}
		if err := set.Set(a.Flag, values[i]); err != nil {
			return o, nil, cmdline.ExplainInvalid(err)
		}
	}
	return o, strategy, nil
}

// runnerAt gives what makes a run at a point; an error says why the combination makes no sense.
func (p *program) runnerAt(o testbench.Options, strategy []string, engine string) (runner, error) {
	if engine == "builtin" {
		return p.builtinAt(o, strategy)
	}
	s, err := p.newSimulation(o, strategy, report.Meta{})
	if err != nil {
		return nil, err
	}
	return func(seed uint64, _ <-chan os.Signal) testbench.Outcome { return s.seeded(seed).run() }, nil
}

// runner makes a run of a seed.
type runner func(seed uint64, interrupts <-chan os.Signal) testbench.Outcome

// builtinAt makes runs of processes, whose files are not kept.
func (p *program) builtinAt(o testbench.Options, nodeArgs []string) (runner, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if o.Bin != "" {
		o.Args = nodeArgs
		if _, err := realtime.FindProgram(o.Bin); err != nil {
			return nil, err
		}
	} else if err := p.serveItself(&o, nodeArgs); err != nil {
		return nil, err
	}
	return func(seed uint64, interrupts <-chan os.Signal) testbench.Outcome {
		o.Seed = seed
		store, err := os.MkdirTemp("", "eddy-bench-")
		if err != nil {
			return testbench.Outcome{Options: o, Err: err}
		}
		defer os.RemoveAll(store)
		return realtime.Run(o, realtime.Config{Store: store, Interrupts: interrupts})
	}, nil
}
