package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"eddy/testbench/maelstrom"
)

// standIn has a program be found as Maelstrom that leaves a recorded run, and
// gives the directory for the files of runs, where what that program was called with is kept.
func standIn(t *testing.T) (store string) {
	t.Helper()
	for variable, path := range map[string]string{
		maelstrom.Variable: "../testbench/maelstrom/testdata/maelstrom",
		"RECORDING":        "../workload/workloadtest/testdata/recordings/broadcast/valid-partition",
	} {
		absolute, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv(variable, absolute)
	}
	return t.TempDir()
}

// calledWith is the command line of the last run under Maelstrom.
func calledWith(t *testing.T, store string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(store, "latest", maelstrom.OutputFile))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return line
}

func TestAChallengeUnderMaelstromTakesItsStrategyForMaelstrom(t *testing.T) {
	for number, strategy := range map[string]string{
		"3c": "serve broadcast",
		"3d": "serve broadcast --strategy paced --interval 350ms",
		"3e": "serve broadcast --strategy paced --interval 1600ms",
	} {
		store := standIn(t)
		cmd := eddy.testCommand()
		cmd.SetArgs([]string{"--challenge", number, "--store", store, "--quiet"})
		_ = cmd.Execute() // what was recorded need not meet the targets
		if line := calledWith(t, store); !strings.HasSuffix(line, strategy) {
			t.Errorf("eddy test --challenge %s called Maelstrom so: %s, want it to end in %s", number, line, strategy)
		}
		store = standIn(t)
		_ = eddy.runGlomers(&glomersFlags{engine: "maelstrom", only: []string{number}, store: store, quiet: true})
		if line := calledWith(t, store); !strings.HasSuffix(line, strategy) {
			t.Errorf("eddy glomers --only %s called Maelstrom so: %s, want it to end in %s", number, line, strategy)
		}
	}
}

func TestStrategyFlagsOfTheCommandLineReplaceAChallengesUnderMaelstrom(t *testing.T) {
	store := standIn(t)
	cmd := eddy.testCommand()
	cmd.SetArgs([]string{"--challenge", "3d", "--store", store, "--quiet", "--", "--strategy", "flood"})
	_ = cmd.Execute()
	if line := calledWith(t, store); !strings.HasSuffix(line, "serve broadcast --strategy flood") {
		t.Errorf("Maelstrom was called so: %s", line)
	}
}

func TestSimulatorTakesTheDefaultWindow(t *testing.T) {
	c, err := eddy.challenge("3d")
	if err != nil {
		t.Fatal(err)
	}
	if strategy := strings.Join(c.strategyOn(false), " "); strategy != "--strategy paced" {
		t.Errorf("3d in the simulator: %s", strategy)
	}
}
