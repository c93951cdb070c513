package cli

import (
	"fmt"

	"github.com/spf13/pflag"

	"eddy/testbench"
)

// checkGiven refuses values that mean "not given" where a flag gives them.
func checkGiven(flags *pflag.FlagSet, o *testbench.Options) error {
	switch {
	case flags.Changed("node-count") && o.NodeCount == 0:
		return fmt.Errorf("--node-count 0: expected an integer from 1 to %d", testbench.NodesMax)
	case flags.Changed("key-count") && o.Operations.KeyCount == 0:
		return fmt.Errorf("--key-count 0: expected an integer of at least 1")
	case flags.Changed("bin") && o.Bin == "":
		return fmt.Errorf(`--bin "": expected the path of a program that runs a node`)
	}
	return nil
}
