package testbench

import (
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/network"
	"eddy/testbench/report"
)

// Outcome is a run that was made and judged, by whichever engine.
type Outcome struct {
	Engine      string // "builtin" or "maelstrom"
	Options     Options
	Dir         string // where its files are; empty if there are none
	Results     checker.Results
	History     history.History
	Warnings    []string
	Interrupted bool
	Run         Run // figures of the bench itself; zero under Maelstrom
	// Err says why the run could not be made or not be judged; nil if it was. Results are empty then.
	Err error
}

// ExitStatus is 0 for a valid run, 1 for one that is not or may not be, 2 for one that could not be made,
// was broken off, or cannot be judged.
func (o *Outcome) ExitStatus() int {
	if o.Err != nil || o.Interrupted {
		return ExitCouldNot
	}
	return report.ExitStatus(o.Results)
}

// ExitCouldNot is the exit status of a test that could not run to its end.
const ExitCouldNot = 2

// Judge checks a run against what its workload promises. The outcome has no directory yet.
func Judge(options Options, run Run) Outcome {
	out := Outcome{
		Engine: "builtin", Options: options,
		History: run.History, Warnings: run.Warnings, Interrupted: run.Interrupted, Run: run, Err: run.Err,
	}
	if out.Err != nil {
		return out
	}
	goal, err := checker.ParseAvailability(options.Availability)
	if err != nil {
		out.Err = err
		return out
	}
	out.Results, err = checker.Check(options.Workload, run.History, checker.Options{
		Availability:      goal,
		ConsistencyModels: options.ConsistencyModels,
		Net:               netStats(run.Net),
		Problems:          run.Problems,
	})
	if err != nil {
		out.Err = fmt.Errorf("the run cannot be judged: %w", err)
	}
	return out
}

func netStats(s network.Stats) *checker.NetStats {
	counts := func(c network.Counts) checker.NetCounts {
		return checker.NetCounts{Sends: int(c.Sends), Receives: int(c.Receives), Messages: int(c.Messages)}
	}
	return &checker.NetStats{All: counts(s.All), Clients: counts(s.Clients), Servers: counts(s.Servers)}
}
