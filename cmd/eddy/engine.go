package main

import (
	"fmt"
	"os"

	"github.com/mattn/go-isatty"

	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
)

// engine runs a test.
type engine struct {
	says string // the first line
	run  func(testbench.Options, *testFlags, report.Meta) testbench.Outcome
}

// chooseEngine takes the engine asked for, or Maelstrom where it is found.
func chooseEngine(asked string) (engine, error) {
	switch asked {
	case "", "builtin":
		return engine{run: runBuiltin}, nil
	}
	return engine{}, fmt.Errorf("--engine %s: there is no such; choose one of maelstrom, builtin", asked)
}

func runBuiltin(o testbench.Options, own *testFlags, meta report.Meta) testbench.Outcome {
	interrupts, release := realtime.Interrupts()
	defer release()
	config := realtime.Config{Meta: meta, Store: own.store, Interrupts: interrupts}
	if !own.quiet {
		config.Progress = os.Stderr
		config.Terminal = isatty.IsTerminal(os.Stderr.Fd())
	}
	workers, nodes := o.Workers(), o.Nodes()
	config.Meta.NodeOf = func(process int) string { return nodes[process%workers%len(nodes)] }
	return realtime.Run(o, config)
}
