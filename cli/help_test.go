package cli

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

func TestHelpFitsATerminalOf80Columns(t *testing.T) {
	lines := 0
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		var text bytes.Buffer
		cmd.SetOut(&text)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(text.String()) {
			lines++
			if line = strings.TrimRight(line, "\n"); utf8.RuneCountInString(line) > 80 {
				t.Errorf("%s: %q has %d columns", cmd.CommandPath(), line, utf8.RuneCountInString(line))
			}
		}
		for _, c := range cmd.Commands() {
			look(c)
		}
	}
	look(eddy.rootCommand())
	if lines < 500 {
		t.Errorf("only %d lines of help were looked at", lines)
	}
}

func TestHelpOfATestListsTheWorkloads(t *testing.T) {
	for _, name := range []string{"test", "sim", "bench"} {
		cmd, _, err := eddy.rootCommand().Find([]string{name})
		if err != nil || !strings.Contains(strings.Join(strings.Fields(cmd.Long), " "), strings.Join(eddy.workloads.Names(), ", ")) {
			t.Errorf("%s: %v\n%s", name, err, cmd.Long)
		}
	}
}

func TestReflowLeavesExamplesAlone(t *testing.T) {
	word := strings.Repeat("x", 40)
	got := reflowed(word + "\n" + word + " y\n\n  " + word + " " + word + "\nz")
	if want := word + "\n" + word + " y\n\n  " + word + " " + word + "\nz"; got != want {
		t.Errorf("%q", got)
	}
}
