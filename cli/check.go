package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
)

func (p *program) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check [workload] <history or directory of a run>",
		Short: "Judge a stored history, Maelstrom's, Jepsen's or ours",
		Long: `Check judges a history without running anything: the operations of a run, as
Maelstrom (history.edn), Eddy (history.jsonl) or another tool stored them,
gzipped or not; docs/check.md lists every form. What the history lacks and is
taken for granted is said. Report and exit status are those of a test.

  eddy check broadcast history.edn
  eddy check store/latest

A run's directory says how it was judged, and it is judged so again, but for the
flags that are given. Without its run.json the workload is the name of the
directory around it, as in store/broadcast/20261127T160124Z.`,
		ValidArgsFunction: p.completeWorkload,
	}
	availability := cmd.Flags().String("availability", "", "total, or the least fraction of operations that must succeed")
	models := cmd.Flags().StringSlice("consistency-models", nil, "for workloads of transactions: the models to check")
	strict := cmd.Flags().Bool("strict", false, "what Maelstrom's checkers do not look for makes a run invalid, too (docs/fidelity.md)")
	jsonFile := cmd.Flags().String("json", "", "also write the results to this file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name, path, err := p.toCheck(args)
		if err != nil {
			return err
		}
		if err := prepareOutputs(*jsonFile); err != nil {
			return err
		}
		options := checker.Options{ConsistencyModels: *models, Strict: *strict}
		made, known, err := testbench.ReadMade(filepath.Dir(path))
		if err != nil {
			return err
		}
		var nodeOf func(int) string
		if known { // as the run was judged, but for what is given
			if !cmd.Flags().Changed("consistency-models") {
				options.ConsistencyModels = made.ConsistencyModels
			}
			if !cmd.Flags().Changed("availability") {
				*availability = made.Availability
			}
			if !cmd.Flags().Changed("strict") {
				options.Strict = made.Strict
			}
			nodeOf = made.NodeOf()
			options.NodeOf = nodeOf
			if made.KillsForget {
				options.KillsForget = nodeOf
			}
		}
		results, meta, err := p.checkHistory(name, path, options, *availability)
		meta.NodeOf = nodeOf
		if err != nil {
			_ = report.CouldNotRun(os.Stdout, err, meta)
			return exitStatus(exitCouldNotRun)
		}
		if err := report.Terminal(os.Stdout, results, meta); err != nil {
			return err
		}
		if *jsonFile == "" {
			return statusError(report.ExitStatus(results))
		}
		return unwritten(statusError(report.ExitStatus(results)), writeResults(*jsonFile, results))
	}
	return cmd
}

// toCheck gives the workload and the history that arguments name.
func (p *program) toCheck(args []string) (workload, path string, err error) {
	if len(args) == 0 || len(args) > 2 {
		return "", "", fmt.Errorf("check takes a workload and a history, such as broadcast history.edn, or the directory of a run; there are %d arguments", len(args))
	}
	path = args[len(args)-1]
	info, err := os.Stat(path)
	switch {
	case err != nil && len(args) == 2:
		return args[0], path, nil // reading it says what is wrong
	case err != nil:
		return "", "", fmt.Errorf("check %s: %w; a workload comes before the history", path, err)
	case !info.IsDir() && len(args) == 1:
		return "", "", fmt.Errorf("check %s: name the workload before the history, one of %s", path, strings.Join(p.workloads.Names(), ", "))
	case !info.IsDir():
		return args[0], path, nil
	}
	dir, err := filepath.EvalSymlinks(path)
	if err == nil {
		dir, err = filepath.Abs(dir)
	}
	if err != nil {
		return "", "", err
	}
	if workload, err = workloadOf(dir); err != nil {
		return "", "", fmt.Errorf("check %s: %w", path, err)
	}
	if len(args) == 2 {
		workload = args[0]
	} else if runs, _ := filepath.Glob(filepath.Join(dir, "latest")); len(runs) > 0 {
		return "", "", fmt.Errorf("check %s: this is a store of runs: name one of them, such as %s", path, filepath.Join(path, "latest"))
	} else if runs, _ := filepath.Glob(filepath.Join(dir, "*", "history.*")); len(runs) > 0 {
		return "", "", fmt.Errorf("check %s: this is a directory of runs: name one of them, such as %s", path, filepath.Join(path, filepath.Base(filepath.Dir(runs[len(runs)-1]))))
	} else if !slices.Contains(p.workloads.Names(), workload) {
		return "", "", fmt.Errorf("check %s: the directory around it is called %q, which is no workload: name the workload first", path, workload)
	}
	for _, name := range []string{"history.jsonl", "history.edn", "history.edn.gz", "history.jsonl.gz", "history.txt"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return workload, filepath.Join(dir, name), nil
		}
	}
	for _, binary := range []string{"test.jepsen", "jepsen.history"} {
		if _, err := os.Stat(filepath.Join(dir, binary)); err == nil {
			return "", "", fmt.Errorf("check %s: the directory holds the history only as %s, Jepsen's binary form, which is not read: expected history.edn or history.txt, which Jepsen writes beside it when a run ends", path, binary)
		}
	}
	return "", "", fmt.Errorf("check %s: the directory holds no history: expected history.jsonl, history.edn or history.txt", path)
}

// workloadOf is the workload of a run: what its directory says, else the name of the directory around it.
func workloadOf(dir string) (string, error) {
	made, known, err := testbench.ReadMade(dir)
	if err != nil || known {
		return made.Workload, err
	}
	return filepath.Base(filepath.Dir(dir)), nil
}

func (p *program) checkHistory(workload, path string, options checker.Options, availability string) (checker.Results, report.Meta, error) {
	meta := report.Meta{Workload: workload}
	goal, err := checker.ParseAvailability(availability)
	if err != nil {
		return checker.Results{}, meta, err
	}
	h, assumed, err := history.ReadFileAssuming(path)
	if err != nil {
		return checker.Results{}, meta, err
	}
	meta.Warnings = assumed
	options.Availability = goal
	results, err := p.workloads.Check(workload, h, options)
	return results, meta, err
}

func statusError(status int) error {
	if status == 0 {
		return nil
	}
	return exitStatus(status)
}

func (p *program) completeWorkload(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return p.workloads.Names(), cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}
