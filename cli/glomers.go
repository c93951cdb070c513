package cli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/mattn/go-shellwords"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/internal/suggest"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/maelstrom"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// glomersFlags are the flags of `eddy glomers`.
type glomersFlags struct {
	engine   string
	bins     []string            // as given: a program, or workload=program
	programs map[string][]string // the words of each workload's program; of "" for every workload
	args     []string            // after --, of a program for every workload
	only     []string
	jsonFile string
	store    string
	seed     uint64
	quiet    bool
	log      bool // show what Maelstrom prints
}

func (p *program) glomersCommand() *cobra.Command {
	var own glomersFlags
	cmd := &cobra.Command{
		Use:   "glomers",
		Short: "Run every Gossip Glomers challenge, a line each",
		Long: `Glomers runs the challenges of https://fly.io/dist-sys with their official flags
and eddy's strategies for them, and holds what was measured against their targets.

  eddy glomers
  eddy glomers --engine builtin --only 3d,3e
  eddy glomers --only 3a,3b,3c --bin ./mynode -- arguments of it
  eddy glomers --engine builtin --bin broadcast=./b --bin kafka='python3 k.py'

With programs for some workloads only their challenges run.

Exit status: 0 if every run is valid and meets its targets, 1 if not, 2 if one
could not run, or it was interrupted.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			args, own.args = splitAtDash(cmd, args)
			switch {
			case len(args) > 0:
				return fmt.Errorf("glomers takes no %s: --only names challenges, and what is meant for a program comes after --", args[0])
			case len(own.args) > 0 && len(own.bins) == 0:
				return errors.New("arguments after -- without --bin: eddy's own nodes get those of each challenge")
			}
			if err := p.placeBins(&own); err != nil {
				return err
			}
			return p.runGlomers(&own)
		},
	}
	flags := cmd.Flags()
	flags.StringArrayVar(&own.bins, "bin", nil, "program of a node in place of eddy's own, or workload=program with its arguments, repeatable; for the simulator built for WASI, or the directory of a Go package")
	flags.StringVar(&own.engine, "engine", "sim", "sim, builtin or maelstrom")
	flags.StringSliceVar(&own.only, "only", nil, "only these, with commas between: "+strings.Join(p.challengeNumbers(), ", "))
	flags.StringVar(&own.jsonFile, "json", "", "also write the rows to this file")
	flags.StringVar(&own.store, "store", testbench.DefaultStore, "directory for the files of runs; the simulator leaves none")
	flags.Uint64Var(&own.seed, "seed", 1, "of the simulator and the built-in bench")
	flags.BoolVar(&own.quiet, "quiet", false, "no progress")
	flags.BoolVar(&own.log, "log", false, "under Maelstrom: show all that it prints; it is in the maelstrom.log of each run anyway")
	return cmd
}

// glomersRow is what came of a challenge, under the keys of --json.
type glomersRow struct {
	Challenge string             `json:"challenge"`
	Workload  string             `json:"workload"`
	Valid     checker.Verdict    `json:"valid?"`
	Met       bool               `json:"met"`     // every target; true where there are none
	Targets   map[string]float64 `json:"targets"` // exclusive upper bounds
	Measured  map[string]float64 `json:"measured"`
	Failure   string             `json:"failure,omitempty"`

	line   string // what is shown of it
	status int
}

func (p *program) runGlomers(own *glomersFlags) error {
	chosen, err := p.chosen(own)
	if err != nil {
		return err
	}
	interrupts, release := realtime.Interrupts()
	defer release()
	run, says, err := p.runner(own, interrupts)
	if err != nil {
		return err
	}
	if err := prepareOutputs(own.jsonFile); err != nil {
		return err
	}
	fmt.Fprintln(os.Stdout, says)
	fmt.Fprintf(os.Stdout, "\n"+rowForm+"\n", "", "workload", "target", "measured", "verdict")
	shown, status := newProgress(own.quiet), 0
	var rows []glomersRow
	for i, c := range chosen {
		shown.show(bar(i, len(chosen), "challenges, running "+c.Number))
		o, err := p.challengeOptions(c, own.seed)
		if err != nil {
			return err
		}
		outcome := run(c, o)
		row := rowOf(c, &outcome)
		shown.clear()
		if outcome.Interrupted {
			status = testbench.ExitCouldNot
			break
		}
		fmt.Fprintln(os.Stdout, row.line)
		rows, status = append(rows, row), max(status, row.status)
	}
	fmt.Fprintln(os.Stdout, "\n"+summary(rows, len(chosen)))
	if own.jsonFile == "" {
		return statusError(status)
	}
	return unwritten(statusError(status), writeOutput(own.jsonFile, func(w io.Writer) error {
		return writeJSON(w, map[string]any{"rows": rows})
	}))
}

// placeBins finds out which workload each program is for.
func (p *program) placeBins(own *glomersFlags) error {
	own.programs = make(map[string][]string)
	for _, given := range own.bins {
		workload, command, named := strings.Cut(given, "=")
		if !named || strings.ContainsAny(workload, "/. ") {
			workload, command = "", given
		}
		words, err := shellwords.Parse(command)
		switch {
		case err != nil:
			return fmt.Errorf("--bin %s: a quote is not closed, or a word makes no sense to a shell: %w", given, err)
		case len(words) == 0:
			return fmt.Errorf("--bin %q: expected the path of a program that runs a node", given)
		case workload != "" && !slices.Contains(p.workloads.Names(), workload):
			return fmt.Errorf("--bin %s: there is no workload %q%s", given, workload, suggest.Among(workload, p.workloads.Names()))
		case own.programs[workload] != nil:
			return fmt.Errorf("--bin %s: there is a second program for the same", given)
		case workload == "":
			words = append(words, own.args...)
		}
		own.programs[workload] = words
	}
	if len(own.args) > 0 && own.programs[""] == nil {
		return errors.New("arguments after -- belong to a program for all workloads: give those of one workload's program with it, as in --bin kafka='python3 k.py'")
	}
	return nil
}

// program is the words of the program that runs a challenge's nodes; nil for eddy's own.
func (own *glomersFlags) program(c challenge) []string {
	if words := own.programs[c.workload]; words != nil {
		return words
	}
	return own.programs[""]
}

// chosen are the challenges that --only names, or all that there is a program for.
func (p *program) chosen(own *glomersFlags) ([]challenge, error) {
	var all []challenge
	for _, c := range p.challenges {
		if len(own.programs) == 0 || own.program(c) != nil {
			all = append(all, c)
		}
	}
	only := own.only
	if len(only) == 0 {
		switch {
		case len(p.challenges) == 0:
			return nil, fmt.Errorf("there are no challenges: none of %s has any, see Challenges in go doc eddy/workload.Workload", strings.Join(p.workloads.Names(), ", "))
		case len(all) == 0:
			return nil, errors.New("no challenge is of the workload that --bin names")
		}
		return all, nil
	}
	for _, number := range only {
		if !slices.Contains(p.challengeNumbers(), strings.TrimSpace(number)) {
			return nil, fmt.Errorf("--only %s: there is no such challenge; choose of %s", number, strings.Join(p.challengeNumbers(), ", "))
		}
	}
	var chosen []challenge
	for _, c := range all {
		if slices.ContainsFunc(only, func(n string) bool { return strings.TrimSpace(n) == c.Number }) {
			chosen = append(chosen, c)
		}
	}
	if len(chosen) == 0 {
		return nil, fmt.Errorf("--only %s: --bin names no program for it", strings.Join(only, ","))
	}
	return chosen, nil
}

// options are the challenge's flags as options of a run.
func (p *program) challengeOptions(c challenge, seed uint64) (testbench.Options, error) {
	o := testbench.Defaults(p.workloads)
	set := pflag.NewFlagSet("challenge", pflag.ContinueOnError)
	cmdline.Declare(set, &o)
	err := c.apply(set)
	o.Workload, o.Seed = c.workload, seed
	return o, err
}

// runner gives what runs a challenge on the engine asked for, and its name.
func (p *program) runner(own *glomersFlags, interrupts <-chan os.Signal) (run func(challenge, testbench.Options) testbench.Outcome, says string, err error) {
	switch own.engine {
	case "sim":
		return func(c challenge, o testbench.Options) testbench.Outcome {
			args := c.strategy
			if words := own.program(c); words != nil {
				o.Bin, args = words[0], words[1:]
			}
			s, err := p.newSimulation(o, args, report.Meta{Targets: c.Targets})
			if err != nil {
				return testbench.Outcome{Options: o, Err: err}
			}
			return s.show(interruptible(interrupts))
		}, fmt.Sprintf("Running in the simulator from seed %d.", own.seed), nil
	case "builtin":
		return p.processes(own, runBuiltin, interrupts), fmt.Sprintf("Running on the built-in bench from seed %d.", own.seed), nil
	case "maelstrom":
		program, err := maelstrom.Find()
		if err != nil {
			return nil, "", err
		}
		return p.processes(own, runMaelstrom(program, own.log), interrupts), "Running under Maelstrom, " + program + ".", nil
	}
	return nil, "", fmt.Errorf("--engine %s: there is no such; choose one of sim, builtin, maelstrom", own.engine)
}

// processes runs challenges on an engine whose nodes are processes of this program.
func (p *program) processes(own *glomersFlags, run processRunner, interrupts <-chan os.Signal) func(challenge, testbench.Options) testbench.Outcome {
	return func(c challenge, o testbench.Options) testbench.Outcome {
		if words := own.program(c); words != nil {
			o.Bin, o.Args = words[0], words[1:]
		} else if err := p.serveItself(&o, c.strategyOn(true)); err != nil {
			return testbench.Outcome{Options: o, Err: err}
		}
		meta := report.Meta{Targets: c.Targets, NodeOf: o.NodeOf()}
		return run(o, &testFlags{store: own.store, quiet: own.quiet}, meta, interrupts)
	}
}

// rowOf holds a run against the targets of its challenge.
func rowOf(c challenge, o *testbench.Outcome) glomersRow {
	row := glomersRow{
		Challenge: c.Number, Workload: c.workload, Valid: o.Results.Valid, Met: o.Err == nil,
		Targets: map[string]float64{}, Measured: map[string]float64{}, Failure: virtual.Failure(o), status: o.ExitStatus(),
	}
	if o.Err != nil {
		row.Failure = o.Err.Error()
	}
	for _, figure := range figuresShown {
		if value, known := figure.Measure(o.Results); known && o.Err == nil {
			row.Measured[targetKey(figure)] = value
		}
	}
	var asked, measured []string
	for _, t := range c.Targets {
		row.Targets[targetKey(t)] = t.Below
		row.Met = row.Met && t.Met(o.Results)
		figure := "-"
		if value, known := t.Measure(o.Results); known && o.Err == nil {
			figure = strings.TrimSpace(fmt.Sprintf("%.3g %s", value, t.Unit))
			if value >= 1000 {
				figure = fmt.Sprintf("%.0f %s", value, t.Unit)
			}
		}
		asked = append(asked, strings.TrimSpace(fmt.Sprintf("%s < %g %s", shortName(t), t.Below, t.Unit)))
		measured = append(measured, figure)
	}
	if len(c.Targets) == 0 {
		asked, measured = []string{"valid"}, []string{o.Results.Valid.String()}
	}
	row.line = fmt.Sprintf(rowForm, c.Number, c.workload, strings.Join(asked, ", "), strings.Join(measured, ", "), row.words())
	if !row.Met {
		row.status = max(row.status, 1)
	}
	return row
}

// rowForm is a line of the table.
const rowForm = "%-11s %-15s %-53s %-24s %s"

// words are the verdict in words.
func (r *glomersRow) words() string {
	switch {
	case r.Failure != "":
		return r.Valid.String() + ": " + r.Failure
	case r.Met:
		return "met"
	}
	return "valid, but missed"
}

// shortName is a target's name without what all of them have in common.
func shortName(t report.Target) string {
	return strings.NewReplacer("server ", "", " stable latency", "").Replace(t.Name)
}

// figuresShown are measured of every run, whatever its targets.
var figuresShown = []report.Target{
	report.ServerMessagesPerOp(0), report.MedianStableLatency(0), report.MaxStableLatency(0), report.NotOK(0),
	{Name: "ok fraction", Measure: func(r checker.Results) (float64, bool) { return float64(r.Availability.OKFraction), true }},
}

// targetKey names a figure in files, its unit at the end.
func targetKey(t report.Target) string {
	key := strings.ReplaceAll(t.Name, " ", "-")
	if t.Unit != "" {
		key += "-" + t.Unit
	}
	return key
}

func summary(rows []glomersRow, all int) string {
	var wanting []string
	for _, r := range rows {
		if r.status != 0 {
			wanting = append(wanting, r.Challenge)
		}
	}
	if len(rows) < all {
		return fmt.Sprintf("glomers: interrupted after %d of %d challenges, %d of them valid and within their targets", len(rows), all, len(rows)-len(wanting))
	}
	if len(wanting) == 0 {
		return fmt.Sprintf("glomers: %d of %d challenges valid and within their targets", len(rows), len(rows))
	}
	return fmt.Sprintf("glomers: %d of %d challenges valid and within their targets, not challenge %s",
		len(rows)-len(wanting), len(rows), strings.Join(wanting, ", "))
}
