package cli

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"

	"github.com/mattn/go-isatty"

	"eddy/testbench"
	"eddy/testbench/maelstrom"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/workload"
)

// engine runs tests. It says first what it is.
type engine struct {
	says string
	run  processRunner
}

// processRunner makes a run, which an interrupt ends.
type processRunner func(o testbench.Options, own *testFlags, meta report.Meta, interrupts <-chan os.Signal) testbench.Outcome

// engineNATS has nodes run on the workers of a NATS server. What it runs them with comes from its own flags: see away.
const engineNATS = "nats"

// chooseEngine takes the engine asked for, or Maelstrom where it is found and knows the workload.
func chooseEngine(asked string, w *workload.Workload) (engine, error) {
	builtin := engine{says: "Running on the built-in bench.", run: runBuiltin}
	eddyOnly := w != nil && w.EddyOnly
	switch {
	case eddyOnly && asked == "maelstrom":
		return engine{}, fmt.Errorf("--engine maelstrom: Maelstrom has no workload %s; leave --engine out for the built-in bench", w.Name)
	case eddyOnly && asked == "":
		return builtin, nil
	}
	switch asked {
	case "builtin":
		return builtin, nil
	case engineNATS:
		return engine{says: "Running on the built-in bench, with nodes on workers over NATS."}, nil
	case "", "maelstrom":
	default:
		return engine{}, fmt.Errorf("--engine %s: there is no such; choose one of maelstrom, builtin, nats", asked)
	}
	program, err := maelstrom.Find()
	switch {
	case err == nil:
		return engine{says: "Running under Maelstrom, " + program + ".", run: runMaelstrom(program, true)}, nil
	case asked == "" && errors.Is(err, maelstrom.ErrNotFound):
		builtin.says = "Running on the built-in bench: no Maelstrom in $MAELSTROM or on the PATH."
		return builtin, nil
	}
	return engine{}, err
}

func runBuiltin(o testbench.Options, own *testFlags, meta report.Meta, interrupts <-chan os.Signal) testbench.Outcome {
	if o.Seed == 0 {
		o.Seed = rand.Uint64()
	}
	return realtime.Run(o, realtime.Config{
		Meta: meta, Store: own.store, Interrupts: interrupts,
		Progress: own.progress(), Terminal: isatty.IsTerminal(os.Stderr.Fd()),
	})
}

// runMaelstrom passes Maelstrom's log on only if that is wanted: it is long, and in the run's directory.
func runMaelstrom(program string, log bool) processRunner {
	return func(o testbench.Options, own *testFlags, meta report.Meta, interrupts <-chan os.Signal) testbench.Outcome {
		config := maelstrom.Config{Program: program, Meta: meta, Store: own.store, Interrupts: interrupts}
		if log {
			config.Output = own.progress()
		}
		return maelstrom.Run(o, config)
	}
}

// progress is where a run is seen while it goes on.
func (own *testFlags) progress() io.Writer {
	if own.quiet {
		return nil
	}
	return os.Stderr
}
