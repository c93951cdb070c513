package cli

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"eddy/testbench/sweep"
	"eddy/testbench/virtual"
)

// mutateFlags are the flags of `eddy mutate`.
type mutateFlags struct {
	bugs  []string
	seeds int
	seed  uint64
	quiet bool
}

func (p *program) mutateCommand() *cobra.Command {
	own := mutateFlags{}
	cmd := &cobra.Command{
		Use:   "mutate <service>",
		Short: "Tell which faults bring deliberate bugs to light",
		Long: `Mutate switches on the deliberate bugs of a service one after the other, such as
an acknowledgement before the disk has it, and makes runs without faults, with each
fault of the service's soak test alone, and with all of them. It tells how many runs
failed. A bug that no run notices is one that the workload does not look for, or
that needs other faults, or more seeds.

  eddy mutate lin-kv
  eddy mutate kafka --seeds 50 --bug ack-before-sync

Exit status: 0 every bug was noticed, 1 some were not or the service failed without
one, 2 could not run.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("mutate takes one service, such as eddy mutate kafka; there are %d arguments", len(args))
			}
			return nil
		},
		ValidArgsFunction: p.completeWorkload,
	}
	cmd.Flags().IntVar(&own.seeds, "seeds", 10, "runs for each bug and fault")
	cmd.Flags().Uint64Var(&own.seed, "seed", 1, "the first of them")
	cmd.Flags().StringSliceVar(&own.bugs, "bug", nil, "only these bugs, with commas between")
	cmd.Flags().BoolVar(&own.quiet, "quiet", false, "no progress")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		if own.seeds < 1 {
			return fmt.Errorf("--seeds %d: expected at least 1", own.seeds)
		}
		targets, err := p.targets(args, own.bugs)
		if err != nil {
			return err
		}
		return own.run(targets)
	}
	return cmd
}

// Columns besides those of faults.
const (
	noFault   = "no fault"
	allFaults = "all"
)

// noticed are how many runs of a bug failed, by the faults there were; absent for faults that were not tried.
type noticed struct {
	bug     string
	failed  map[string]int
	failure string // of the first run that failed
}

func (n *noticed) any() bool { return n.failure != "" }

func (own *mutateFlags) run(targets []target) error {
	interrupted, release := untilInterrupted()
	defer release()
	shown := newProgress(own.quiet)
	columns := []string{noFault}
	for _, t := range targets {
		for _, fault := range t.options.Nemesis {
			if !slices.Contains(columns, fault) {
				columns = append(columns, fault)
			}
		}
	}
	columns = append(columns, allFaults)
	var rows []noticed
	for i, t := range targets {
		shown.show(bar(i, len(targets), "bugs"))
		row := own.notices(t, columns, interrupted)
		if interrupted() {
			break
		}
		rows = append(rows, row)
	}
	shown.clear()
	if len(rows) > 0 {
		tellNoticed(os.Stdout, columns, rows, own.seeds)
	}
	if interrupted() {
		fmt.Printf("\ninterrupted after %d of %d bugs\n", len(rows), len(targets))
		return exitStatus(exitCouldNotRun)
	}
	if slices.ContainsFunc(rows, func(n noticed) bool { return n.any() == (n.bug == noBug) }) {
		return exitStatus(1)
	}
	return nil
}

// notices makes the runs of a bug.
func (own *mutateFlags) notices(t target, columns []string, interrupted func() bool) noticed {
	row := noticed{bug: t.bug.Name, failed: map[string]int{}}
	var runs []simulation
	var of []string
	for _, column := range columns {
		o := t.options
		switch {
		case column == noFault:
			o.Nemesis = nil
		case column != allFaults && !slices.Contains(o.Nemesis, column):
			continue
		case column != allFaults:
			o.Nemesis = []string{column}
		}
		row.failed[column] = 0
		for i := range own.seeds {
			o.Seed = own.seed + uint64(i)
			runs, of = append(runs, t.with(o)), append(of, column)
		}
	}
	failures := make([]string, len(runs))
	work := func(i int) string {
		out := runs[i].watchedUntil(nil, bounded())
		if virtual.Vacuous(&out) || out.Interrupted {
			return ""
		}
		return virtual.Failure(&out)
	}
	sweep.Pool(len(runs), runtime.GOMAXPROCS(0), work, func(i int, failure string) bool {
		failures[i] = failure
		return !interrupted()
	})
	for i, failure := range failures {
		if failure == "" {
			continue
		}
		row.failed[of[i]]++
		if row.failure == "" {
			row.failure = failure
		}
	}
	return row
}

func tellNoticed(to io.Writer, columns []string, rows []noticed, seeds int) {
	w := tabwriter.NewWriter(to, 0, 0, 3, ' ', 0)
	fmt.Fprintf(w, "bug\t%s\tfirst failure\n", strings.Join(columns, "\t"))
	var unnoticed []string
	for _, r := range rows {
		fmt.Fprint(w, r.bug)
		for _, column := range columns {
			switch n, tried := r.failed[column]; {
			case !tried:
				fmt.Fprint(w, "\t")
			case n == 0:
				fmt.Fprint(w, "\t-")
			default:
				fmt.Fprintf(w, "\t%d", n)
			}
		}
		fmt.Fprintf(w, "\t%s\n", r.failure)
		if !r.any() && r.bug != noBug {
			unnoticed = append(unnoticed, r.bug)
		}
	}
	_ = w.Flush()
	fmt.Fprintf(to, "\nHow many of %d runs failed, by the faults there were.\n", seeds)
	if len(unnoticed) > 0 {
		fmt.Fprintf(to, "Noticed by no run: %s\n", strings.Join(unnoticed, ", "))
	}
}
