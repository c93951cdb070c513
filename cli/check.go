package cli

import (
	"os"

	"github.com/spf13/cobra"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/report"
)

func (p *program) checkCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "check <workload> <history.edn | history.jsonl>",
		Short: "Judge a stored history, Maelstrom's or ours",
		Long: `Check judges a history without running anything: the operations of a run, as
Maelstrom (history.edn) or Eddy (history.jsonl) stored them, gzipped or not.
Report and exit status are those of a test.`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: p.completeWorkload,
	}
	availability := cmd.Flags().String("availability", "", "total, or the least fraction of operations that must succeed")
	models := cmd.Flags().StringSlice("consistency-models", nil, "for workloads of transactions: the models to check")
	jsonFile := cmd.Flags().String("json", "", "also write the results to this file")
	cmd.RunE = func(_ *cobra.Command, args []string) error {
		results, meta, err := p.checkHistory(args[0], args[1], *availability, *models)
		if err == nil && *jsonFile != "" {
			err = report.WriteJSON(*jsonFile, results)
		}
		if err != nil {
			_ = report.CouldNotRun(os.Stdout, err, meta)
			return exitStatus(exitCouldNotRun)
		}
		if err := report.Terminal(os.Stdout, results, meta); err != nil {
			return err
		}
		return statusError(report.ExitStatus(results))
	}
	return cmd
}

func (p *program) checkHistory(workload, path, availability string, models []string) (checker.Results, report.Meta, error) {
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
	results, err := p.workloads.Check(workload, h, checker.Options{Availability: goal, ConsistencyModels: models})
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
