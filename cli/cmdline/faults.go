package cmdline

import (
	"fmt"
	"time"

	"github.com/spf13/pflag"

	"eddy/testbench"
)

// declareFaults declares the flags of the faults that --nemesis takes. Maelstrom
// has none of them: it knows partitions, of its own shapes. docs/faults.md
// explains each.
func declareFaults(flags *pflag.FlagSet, o *testbench.Options) {
	for _, f := range o.Faults.All() {
		for _, s := range f.Settings {
			switch value := s.Value.(type) {
			case *float64:
				flags.Float64Var(value, s.Flag, *value, s.Help)
			case *time.Duration:
				flags.DurationVar(value, s.Flag, *value, s.Help)
			case *[]string:
				flags.StringSliceVar(value, s.Flag, nil, s.Help)
			default:
				panic(fmt.Sprintf("the option %s is a %T", s.Flag, value))
			}
		}
	}
	flags.BoolVar(&o.Strict, "strict", false, "what Maelstrom's checkers do not look for makes a run invalid, too (docs/fidelity.md); challenges are strict")
	flags.BoolVar(&o.KillsForget, "kills-forget", false, "what only nodes that were killed had may be gone: such values count as forgotten, not lost")
}
