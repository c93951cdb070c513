package cli

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/report"
	"eddy/workload"
)

func (p *program) runsCommand() *cobra.Command {
	var store, jsonFile string
	cmd := &cobra.Command{
		Use:   "runs",
		Short: "List the runs in the store, compare two, or delete old ones",
		Long: `Runs lists the runs in the store, the latest last, with their verdicts and
figures.

  eddy runs
  eddy runs compare latest A
  eddy runs prune --keep 20`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := prepareOutputs(jsonFile); err != nil {
				return err
			}
			all, err := p.storedRuns(store)
			if err != nil {
				return err
			}
			if jsonFile != "" {
				return writeOutput(jsonFile, func(w io.Writer) error { return writeJSON(w, rowsOf(all)) })
			}
			return listRuns(os.Stdout, store, all)
		},
	}
	cmd.PersistentFlags().StringVar(&store, "store", testbench.DefaultStore, "directory for the files of runs")
	cmd.Flags().StringVar(&jsonFile, "json", "", "write the list to this file, - for standard output")
	cmd.AddCommand(p.compareRunsCommand(&store), p.pruneRunsCommand(&store))
	return cmd
}

// storedRun is a run in the store.
type storedRun struct {
	name     string // workload/time
	dir      string
	workload string
	results  checker.Results
	err      error // why there are no results
}

// storedRuns gives the runs of a store, the oldest first. What is no run is passed over.
func (p *program) storedRuns(store string) ([]storedRun, error) {
	workloads, err := os.ReadDir(store)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no store %s: --store names the directory in which runs leave their files", store)
	}
	if err != nil {
		return nil, err
	}
	var all []storedRun
	for _, w := range workloads {
		if !w.IsDir() {
			continue
		}
		runs, err := os.ReadDir(filepath.Join(store, w.Name()))
		if err != nil {
			return nil, err
		}
		for _, r := range runs {
			if dir := filepath.Join(store, w.Name(), r.Name()); r.IsDir() && isRun(dir) {
				all = append(all, p.storedRun(w.Name()+"/"+r.Name(), dir))
			}
		}
	}
	slices.SortStableFunc(all, func(a, b storedRun) int { return cmp.Compare(filepath.Base(a.dir), filepath.Base(b.dir)) })
	return all, nil
}

// isRun tells whether a directory is that of a run: it has the history or the logs that every run leaves.
func isRun(dir string) bool {
	for _, name := range []string{testbench.HistoryFile, testbench.LogDir} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return true
		}
	}
	return false
}

func (p *program) storedRun(name, dir string) storedRun {
	run := storedRun{name: name, dir: dir}
	if run.workload, run.err = workloadOf(dir); run.err != nil {
		return run
	}
	text, err := os.ReadFile(filepath.Join(dir, testbench.ResultsFile))
	if err != nil {
		run.err = errors.New("not judged")
		return run
	}
	run.results, run.err = decodeResults(p.workloads, dir, text)
	return run
}

// decodeResults reads the results of the run of a directory.
func decodeResults(workloads workload.Workloads, dir string, text json.RawMessage) (checker.Results, error) {
	name, err := workloadOf(dir)
	if err != nil {
		return checker.Results{}, err
	}
	w, err := workloads.Named(name)
	if err != nil {
		return checker.Results{}, err
	}
	return w.Decode(text)
}

// runFigures are what a run is listed and compared by, in this order. One that a run lacks is not in the map.
func (r *storedRun) figures() (names []string, values map[string]float64) {
	values = make(map[string]float64)
	add := func(name string, value float64, known bool) {
		names = append(names, name)
		if known {
			values[name] = value
		}
	}
	add("operations", float64(r.results.Stats.Count), r.err == nil)
	add("ok fraction", math.Round(float64(r.results.Availability.OKFraction)*10000)/10000, r.err == nil)
	for _, t := range []report.Target{report.ServerMessagesPerOp(0), report.MedianStableLatency(0), report.MaxStableLatency(0)} {
		value, known := t.Measure(r.results)
		name := t.Name
		if t.Unit != "" {
			name += ", " + t.Unit
		}
		add(name, value, known && r.err == nil)
	}
	all, any := r.results.Latencies.Together()
	add("median request latency, ms", all.MedianMs, any)
	add("p99 request latency, ms", all.P99Ms, any)
	add("succeeded a second", all.PerSecond, any && all.PerSecond > 0)
	return names, values
}

func (r *storedRun) verdict() string {
	if r.err != nil {
		return r.err.Error()
	}
	return r.results.Valid.String()
}

func rowsOf(all []storedRun) []map[string]any {
	rows := []map[string]any{}
	for i := range all {
		_, figures := all[i].figures()
		rows = append(rows, map[string]any{"run": all[i].name, "directory": all[i].dir, "workload": all[i].workload, "verdict": all[i].verdict(), "figures": figures})
	}
	return rows
}

func listRuns(to io.Writer, store string, all []storedRun) error {
	table := [][]string{{"run", "verdict", "operations", "messages an op", "stable ms: median", "max", "request ms: median", "p99"}}
	for i := range all {
		_, v := all[i].figures()
		row := []string{all[i].name, all[i].verdict()}
		for _, name := range []string{"operations", "server messages an op", "median stable latency, ms", "max stable latency, ms", "median request latency, ms", "p99 request latency, ms"} {
			row = append(row, figureText(v, name))
		}
		table = append(table, row)
	}
	for _, line := range report.Aligned(table) {
		fmt.Fprintln(to, line)
	}
	_, err := fmt.Fprintf(to, "\n%s in %s\n", report.Plural(len(all), "run", "runs"), store)
	return err
}

func figureText(values map[string]float64, name string) string {
	value, known := values[name]
	if !known {
		return "-"
	}
	if value >= 1000 || value <= -1000 {
		return strconv.FormatFloat(value, 'f', 0, 64) // 'g' would write 1.002e+04
	}
	return strconv.FormatFloat(value, 'g', 4, 64)
}

func (p *program) compareRunsCommand(store *string) *cobra.Command {
	return &cobra.Command{
		Use:   "compare A B",
		Short: "Set the figures of two runs side by side",
		Long: `Compare sets the verdicts and figures of two runs side by side, and says how much
each has changed. A run is named by its directory, by its name in eddy runs, or
as latest. One run each says little: eddy bench compares configurations over
many seeds.`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return fmt.Errorf("compare takes two runs, such as the last two that eddy runs lists; found %d", len(args))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var runs [2]storedRun
			for i, name := range args {
				var err error
				if runs[i], err = p.namedRun(*store, name); err != nil {
					return err
				}
			}
			return compareRuns(os.Stdout, &runs[0], &runs[1])
		},
	}
}

// namedRun is a run by its directory or its name in the store.
func (p *program) namedRun(store, name string) (storedRun, error) {
	for _, dir := range []string{name, filepath.Join(store, name)} {
		real, err := filepath.EvalSymlinks(dir)
		if err == nil && isRun(real) {
			return p.storedRun(filepath.Base(filepath.Dir(real))+"/"+filepath.Base(real), real), nil
		}
	}
	return storedRun{}, fmt.Errorf("%s: there is no such run, neither as a directory nor in the store %s; eddy runs lists them", name, store)
}

func compareRuns(to io.Writer, a, b *storedRun) error {
	names, before := a.figures()
	_, after := b.figures()
	table := [][]string{{"", a.name, b.name, "change"}, {"verdict", a.verdict(), b.verdict(), ""}}
	for _, name := range names {
		x, has := before[name]
		y, also := after[name]
		if !has && !also {
			continue
		}
		change := ""
		if has && also && x != 0 {
			change = fmt.Sprintf("%+.1f %%", 100*(y-x)/x)
		}
		table = append(table, []string{name, figureText(before, name), figureText(after, name), change})
	}
	for _, line := range report.Aligned(table) {
		if _, err := fmt.Fprintln(to, line); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) pruneRunsCommand(store *string) *cobra.Command {
	var keep int
	var dry bool
	cmd := &cobra.Command{
		Use:   "prune --keep N",
		Short: "Delete all runs of the store but the latest",
		Long: `Prune deletes the directories of all runs of the store but the latest N. What is
no run stays. --dry-run says what would go.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("keep") || keep < 0 {
				return errors.New("prune: --keep says how many of the latest runs stay, such as --keep 20")
			}
			all, err := p.storedRuns(*store)
			if err != nil {
				return err
			}
			return pruneRuns(os.Stdout, *store, all, keep, dry)
		},
	}
	cmd.Flags().IntVar(&keep, "keep", 0, "how many of the latest runs stay")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "delete nothing, and say what would be")
	return cmd
}

func pruneRuns(to io.Writer, store string, all []storedRun, keep int, dry bool) error {
	old := all[:max(0, len(all)-keep)]
	for _, r := range old {
		if dry {
			fmt.Fprintln(to, r.dir)
			continue
		}
		if err := os.RemoveAll(r.dir); err != nil {
			return fmt.Errorf("delete a run: %w", err)
		}
	}
	latest := filepath.Join(store, "latest")
	if _, err := os.Stat(latest); errors.Is(err, fs.ErrNotExist) {
		_ = os.Remove(latest) // it points to a run that is gone
	}
	done := "deleted"
	if dry {
		done = "would be deleted"
	}
	_, err := fmt.Fprintf(to, "%s %s, %d kept\n", report.Plural(len(old), "run", "runs"), done, len(all)-len(old))
	return err
}
