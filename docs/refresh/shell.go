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

// notFound is bash's status for a command that is not there.
const notFound = 127

// shell runs commands with bash. Each finds $? as the one before it left it; a
// status other than 0 is no error, for pages show failures too: but not a command
// that is not there, such as ./eddy before it is built.
func shell(commands []string, both bool) ([]string, error) {
	var script strings.Builder
	script.WriteString("status=0\n")
	for _, command := range commands {
		fmt.Fprintf(&script, "(exit $status)\n%s\nstatus=$?\n[ $status -ne %d ] || exit %[2]d\nprintf '\\001\\n'\n", command, notFound)
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
	var exit *exec.ExitError
	switch err := run.Run(); {
	case errors.As(err, &exit) && exit.ExitCode() == notFound:
		return nil, fmt.Errorf("one of the commands is not there: %s", last(out.String()))
	case err != nil && exit == nil:
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

// last is the last line of what commands printed.
func last(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
