package cli

import (
	"testing"

	"github.com/spf13/pflag"

	"eddy/testbench"
)

func TestZeroIsNoCountWhereAFlagGivesIt(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"node-count", "0", "--node-count 0: expected an integer from 1 to 100000"},
		{"key-count", "0", "--key-count 0: expected an integer of at least 1"},
		{"bin", "", `--bin "": expected the path of a program that runs a node`},
	} {
		o := testbench.Defaults(eddy.workloads)
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		declareOptions(flags, &o)
		if err := flags.Set(c.flag, c.value); err != nil {
			t.Fatal(err)
		}
		if err := checkGiven(flags, &o); err == nil || err.Error() != c.want {
			t.Errorf("--%s %q: %v", c.flag, c.value, err)
		}
	}
}
