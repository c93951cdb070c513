package cli

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
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

func TestValuesThatMakeNoSenseAreToldWithoutTheParsersWords(t *testing.T) {
	for _, c := range []struct{ flag, want string }{
		{"--rate=abc", "--rate abc: expected a number, such as 0.5"},
		{"--node-count=x", "--node-count x: expected a whole number, such as 5"},
		{"--seed=-1", "--seed -1: expected a whole number that is not negative, such as 5"},
		{"--recovery=5", "--recovery 5: expected a time with its unit, such as 5s or 200ms"},
		{"--strict=maybe", "--strict maybe: expected true or false"},
		{"--latency=x", `--latency: "x" is no latency: write a whole number of milliseconds, such as 100`},
	} {
		root := eddy.rootCommand()
		root.SetArgs([]string{"sim", "echo", c.flag})
		if err := root.Execute(); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v", c.flag, err)
		}
	}
}

// Every type that a flag has must have words of its own for a bad value.
func TestEveryTypeOfFlagHasItsWords(t *testing.T) {
	checked := 0
	for _, cmd := range eddy.rootCommand().Commands() {
		cmd.Flags().VisitAll(func(f *pflag.Flag) {
			old := f.Value.String()
			if err := cmd.Flags().Set(f.Name, "\x00no such thing"); err != nil {
				checked++
				if text := cmdline.ExplainInvalid(err).Error(); strings.Contains(text, "strconv") || strings.Contains(text, "invalid") || strings.Contains(text, "missing unit") {
					t.Errorf("%s --%s: %s", cmd.Name(), f.Name, text)
				}
				return
			}
			_ = cmd.Flags().Set(f.Name, old)
		})
	}
	if checked < 20 {
		t.Errorf("only %d flags refused the value", checked)
	}
}
