package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// separator stands between the outputs of two commands.
const separator = "\x01\n"

// shell runs commands with bash. Each finds $? as the one before it left it; a
// status other than 0 is no error, for pages show failures too.
func shell(commands []string, both bool) ([]string, error) {
	var script strings.Builder
	script.WriteString("status=0\n")
	for _, command := range commands {
		fmt.Fprintf(&script, "(exit $status)\n%s\nstatus=$?\nprintf '\\001\\n'\n", command)
	}
	run := exec.Command("bash", "-c", script.String())
	run.Env = append(os.Environ(), "NO_COLOR=1")
	var out strings.Builder
	run.Stdout = &out
	if both {
		run.Stderr = &out
	} else {
		run.Stderr = os.Stderr
	}
	fmt.Fprintln(os.Stderr, "refresh: running", strings.Join(commands, "; "))
	if err := run.Run(); err != nil && !errors.As(err, new(*exec.ExitError)) {
		return nil, err
	}
	printed := strings.Split(out.String(), separator)
	if len(printed) != len(commands)+1 {
		return nil, fmt.Errorf("the shell ended early: %d of %d commands were run", len(printed)-1, len(commands))
	}
	printed = printed[:len(commands)]
	for i := range printed {
		printed[i] = progress.ReplaceAllString(printed[i], "")
	}
	return printed, nil
}

// progress is a line of `eddy test` that a terminal shows for a moment only.
var progress = regexp.MustCompile(`(?m)^ *[0-9]+\.[0-9]s  .* operations: .*\n`)
