package cmdline

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/testbench"
	"eddy/workload"
)

// Check refuses values that mean "not given" where a flag gives them, and flags that would do nothing.
func Check(all workload.Workloads, flags *pflag.FlagSet, o *testbench.Options) error {
	count, _ := flags.GetInt("test-count") // not every command has it
	switch {
	case flags.Changed("node-count") && o.NodeCount == 0:
		return fmt.Errorf("--node-count 0: expected an integer from 1 to %d", testbench.NodesMax)
	case flags.Changed("nodes") && flags.Changed("node-count"):
		return fmt.Errorf("--nodes %s with --node-count %d: give the names of nodes or their number; a challenge gives the number", strings.Join(o.NodeNames, ","), o.NodeCount)
	case flags.Changed("nodes") && len(o.NodeNames) == 0:
		return fmt.Errorf(`--nodes "": expected names with commas between, such as n1,n2,n3`)
	case flags.Changed("test-count") && count < 1:
		return fmt.Errorf("--test-count %d: expected an integer of at least 1", count)
	case flags.Changed("key-count") && o.Operations.KeyCount == 0:
		return fmt.Errorf("--key-count 0: expected an integer of at least 1")
	case flags.Changed("bin") && o.Bin == "":
		return fmt.Errorf(`--bin "": expected the path of a program that runs a node`)
	}
	w, err := all.Named(o.Workload)
	if err != nil {
		return err
	}
	if err := checkUsed(all, flags, w); err != nil {
		return err
	}
	return checkFaultAsked(flags, o)
}

// checkUsed refuses flags that the workload does not heed.
func checkUsed(all workload.Workloads, flags *pflag.FlagSet, w *workload.Workload) error {
	users := func(uses func(*workload.Workload) bool) string {
		var names []string
		for i := range all {
			if uses(&all[i]) {
				names = append(names, all[i].Name)
			}
		}
		return strings.Join(names, ", ")
	}
	uses := map[string]func(*workload.Workload) bool{
		"consistency-models": func(w *workload.Workload) bool { return len(w.Models) > 0 },
		"topology":           func(w *workload.Workload) bool { return w.Topology },
	}
	for _, flag := range []string{"key-count", "min-txn-length", "max-txn-length", "max-writes-per-key"} {
		uses[flag] = func(w *workload.Workload) bool { return slices.Contains(w.Uses, flag) }
	}
	var wrong error
	flags.Visit(func(f *pflag.Flag) {
		if used := uses[f.Name]; used != nil && !used(w) && wrong == nil {
			wrong = fmt.Errorf("--%s does nothing for the workload %s: leave it out", f.Name, w.Name)
			if by := users(used); by != "" {
				wrong = fmt.Errorf("%w; it is for %s", wrong, by)
			}
		}
	})
	return wrong
}

// checkFaultAsked refuses the options of faults that are not asked for.
func checkFaultAsked(flags *pflag.FlagSet, o *testbench.Options) error {
	varied := flags.Lookup("vary-test") != nil // a comparison may vary --nemesis
	for _, f := range o.Faults.All() {
		if varied || slices.Contains(o.Nemesis, f.Name) {
			continue
		}
		for _, s := range f.Settings {
			if flags.Changed(s.Flag) {
				return fmt.Errorf("--%s does nothing without --nemesis %s: add %s to --nemesis, or leave --%s out", s.Flag, f.Name, f.Name, s.Flag)
			}
		}
	}
	return nil
}
