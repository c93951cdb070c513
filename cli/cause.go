package cli

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/diagnosis"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// retracedMessagesMax is how long a simulated run may be that is made again, traced in
// full, to find out why it failed.
const retracedMessagesMax = 2_000_000

// explain says of a failed run what went wrong first. One that was not traced in full is
// made again from its seed; where it has left files, those of its messages are
// replaced by the same ones with a trace, so that eddy trace can show more.
func (s simulation) explain(out *testbench.Outcome) {
	if !failed(out) {
		return
	}
	s.findCause(out)
	keepCause(out)
}

// keepCause keeps what was found with the results of the run, for eddy trace --html to show later.
func keepCause(out *testbench.Outcome) {
	out.Results.Cause = out.Meta.Cause
	if out.Results.Cause == "" || out.Meta.Dir == "" {
		return
	}
	if err := report.WriteJSON(filepath.Join(out.Meta.Dir, testbench.ResultsFile), out.Results); err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "What went wrong first could not be kept: "+err.Error()+".")
	}
}

func (s simulation) findCause(out *testbench.Outcome) {
	// Guests record nothing of their own: their messages are all there is.
	traced := (s.guests != nil || s.nodes.Trace.Mode == node.TraceFull && s.nodes.Trace.Sample <= 1) && out.Meta.Dir != ""
	if traced {
		out.Meta.Commands = followCommands(out, diagnosis.Of(out.Meta.Dir, out))
		return
	}
	again := s.command()
	if s.guests == nil {
		again = withTrace(again)
	}
	out.Meta.Commands = []string{again}
	if net := out.Results.Net; net != nil && net.All.MsgCount > retracedMessagesMax {
		return
	}
	if err := s.retraced(out); err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "Why the run failed was not found out: "+err.Error()+".")
	}
}

// retraced makes the run again, traced in full, and explains the failure from that.
func (s simulation) retraced(out *testbench.Outcome) error {
	dir, err := s.retrace(out.Meta.Dir)
	if dir != "" {
		defer os.RemoveAll(dir)
	}
	if err != nil {
		return err
	}
	follow := followCommands(out, diagnosis.Of(dir, out))
	if out.Meta.Dir == "" {
		out.Meta.Commands = append(out.Meta.Commands, follow...)
		return nil
	}
	logs, messages := testbench.LogDir, testbench.MessagesFile
	if err := os.RemoveAll(filepath.Join(out.Meta.Dir, logs)); err != nil {
		return err
	}
	for _, name := range []string{logs, messages} {
		if err := os.Rename(filepath.Join(dir, name), filepath.Join(out.Meta.Dir, name)); err != nil {
			return err
		}
	}
	out.Meta.Commands = follow
	return nil
}

// retrace makes the run again, traced in full, and gives the directory of its files, a
// new one below another, which is the system's for temporary files if it is empty.
func (s simulation) retrace(below string) (string, error) {
	dir, err := os.MkdirTemp(below, "traced-")
	if err != nil {
		return "", err
	}
	logs := filepath.Join(dir, testbench.LogDir)
	if err := os.Mkdir(logs, 0o755); err != nil {
		return dir, err
	}
	s.nodes.Trace = node.TraceOptions{Mode: node.TraceFull}
	s.options.LogStderr = false
	config, written := s.watched(watch{}, logs)
	again := virtual.Record(dir, s.options, config, nil)
	written.Close()
	return dir, again.Err
}

// withTrace is a command line of eddy sim, traced in full.
func withTrace(command string) string {
	run, strategy, some := strings.Cut(command, " -- ")
	if run += " --trace full"; some {
		return run + " -- " + strategy
	}
	return run
}

// failed reports whether a run was judged and found invalid.
func failed(out *testbench.Outcome) bool {
	return out.Err == nil && !out.Interrupted && out.Results.Valid == checker.Invalid
}

// explainTest says of a failed run of eddy test what went wrong first, as far as its
// files tell.
func explainTest(out *testbench.Outcome, traced bool) {
	if !failed(out) || out.Meta.Dir == "" {
		return
	}
	commands := followCommands(out, diagnosis.Of(out.Meta.Dir, out))
	foreign := slices.ContainsFunc(out.Meta.Flags, func(flag string) bool { return strings.HasPrefix(flag, "--bin") })
	if !traced && !foreign && len(out.Meta.Flags) > 0 { // what was not recorded needs another run
		again := append([]string{programName()}, out.Meta.Flags...)
		commands = append([]string{withTrace(cmdline.Shell(again))}, commands...)
	}
	out.Meta.Commands = commands
	keepCause(out)
}

// followCommands is the command that shows what became of a value or a message; none without one.
func followCommands(out *testbench.Outcome, follow string) []string {
	if follow == "" {
		return nil
	}
	command := []string{programName(), "trace"}
	if run := out.Meta.Dir; run != "" && !strings.HasPrefix(run, testbench.DefaultStore+string(filepath.Separator)) {
		command = append(command, run)
	}
	return []string{cmdline.Shell(append(command, "--follow", follow))}
}
