package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"eddy/testbench"
)

// simCommandLine is the command that makes a simulated run again: every flag
// that is not at its default, whether it was given or a challenge set it, and
// always the seed.
func simCommandLine(o testbench.Options, nodeArgs []string) string {
	return shellLine(append([]string{programName(), "sim"}, slices.Insert(simArguments(o, nodeArgs), 1, "--seed", fmt.Sprint(o.Seed))...))
}

// simArguments are the workload and the flags of a simulated run, but for the seed.
func simArguments(o testbench.Options, nodeArgs []string) []string {
	args := append([]string{o.Workload}, optionFlags(o, "seed")...)
	if len(nodeArgs) > 0 {
		args = append(append(args, "--"), nodeArgs...)
	}
	return args
}

// optionFlags gives the flags that make options of the defaults.
func optionFlags(o testbench.Options, but ...string) []string {
	shown, set := testbench.Defaults(o.Workloads), pflag.NewFlagSet("", pflag.ContinueOnError)
	declareOptions(set, &shown)
	shown = o // the flags point into it
	for _, name := range but {
		if flag := set.Lookup(name); flag != nil {
			flag.Hidden = true
		}
	}
	var args []string
	set.VisitAll(func(f *pflag.Flag) {
		value := f.Value.String()
		if f.Hidden || value == f.DefValue {
			return
		}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			value = strings.Join(list.GetSlice(), ",")
		}
		if f.Value.Type() == "bool" {
			args = append(args, "--"+f.Name+"="+value)
			return
		}
		args = append(args, "--"+f.Name, value)
	})
	return args
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

var plainWord = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellLine writes arguments as a shell reads them.
func shellLine(args []string) string {
	words := make([]string, len(args))
	for i, arg := range args {
		words[i] = arg
		if !plainWord.MatchString(arg) {
			words[i] = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}
