package cli

import (
	"strings"
	"testing"
)

func TestNamesThatAreNearlyRightAreCorrected(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{"test brodcast", `there is no workload "brodcast"; did you mean broadcast?`},
		{"test zzz", `there is no workload "zzz"; choose one of echo, `},
		{"serve kafak", "did you mean kafka?"},
		{"sim broadcast --tim-limit 3", "unknown flag: --tim-limit; did you mean --time-limit?"},
		{"test broadcast --strategy flood", "--strategy is a flag of the nodes, not of test: put it after --, as in eddy test broadcast -- --strategy"},
		{"sim broadcast -- --stratgy flood", "strategy flags of broadcast: unknown flag: --stratgy; did you mean --strategy?"},
	} {
		root := eddy.rootCommand()
		root.SetArgs(strings.Fields(c.line))
		if err := root.Execute(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("eddy %s: %v; want %s", c.line, err, c.want)
		}
	}
}
