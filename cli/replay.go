package cli

import (
	"os"
	"path/filepath"
	"strings"

	"eddy/cli/cmdline"
	"eddy/testbench"
)

// simCommandLine is the command that makes a simulated run again: every flag
// that is not at its default, whether it was given or a challenge set it, and
// always the seed.
func simCommandLine(o testbench.Options, nodeArgs []string) string {
	return cmdline.Again(programName(), o, nodeArgs)
}

// programName is how the reader calls this program.
func programName() string {
	base := filepath.Base(os.Args[0])
	switch {
	case strings.HasSuffix(base, ".test"): // within go test
		return "eddy"
	case filepath.Dir(os.Args[0]) == ".":
		return os.Args[0]
	}
	return base
}
