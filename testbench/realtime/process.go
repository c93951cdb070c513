package realtime

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"eddy/testbench"
	"eddy/testbench/child"
)

// process is one node: an operating system process and what stands at its pipes.
type process struct {
	id      string
	command *exec.Cmd
	pipes   *pipes
	logPath string
	input   *input
	exited  chan struct{} // closed when the process has ended
	ended   chan struct{} // closed once its output has been taken, too, or given up

	stderrDone chan struct{} // closed once all of stderr has been copied, where the bench does that

	killed bool // by the nemesis: nothing of it counts any more; the loop's, as is the next
	paused bool
}

// exitGrace is how long the rest of the output of a process that has ended is waited for: another one
// may have inherited its stdout.
const exitGrace = 500 * time.Millisecond

// newProcess makes a node ready to be started.
func newProcess(id, bin string, o testbench.Options, logPath string) (*process, error) {
	files, err := openPipes(logPath, o.LogStderr)
	if err != nil {
		return nil, fmt.Errorf("node %s cannot be started: %w", id, err)
	}
	command := exec.Command(bin, o.Args...) // in the directory that eddy was called from, so that relative paths mean the caller's
	if len(o.Env) > 0 {
		command.Env = append(os.Environ(), o.Env...)
	}
	command.Stdin, command.Stdout, command.Stderr = files.nodeIn, files.nodeOut, files.nodeErr
	return &process{id: id, command: command, pipes: files, logPath: logPath,
		exited: make(chan struct{}), ended: make(chan struct{}), stderrDone: make(chan struct{})}, nil
}

// start starts processes; release must be called once they have ended.
func start(processes []*process) (release func(), err error) {
	var commands []*exec.Cmd
	for _, p := range processes {
		commands = append(commands, p.command)
	}
	release, failed, err := child.Start(commands, func(i int) { processes[i].pipes.started() })
	if err != nil {
		err = startError(processes[failed].id, processes[failed].command.Path, err)
	}
	return release, err
}

// startError tells why a program does not start in words that say what to do.
func startError(id, bin string, err error) error {
	switch {
	case errors.Is(err, syscall.ENOEXEC):
		err = fmt.Errorf("%s is not a program for this machine: expected an executable for %s/%s, or a script whose first line names its interpreter, such as #!/usr/bin/env python3", bin, runtime.GOOS, runtime.GOARCH)
	case errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("%s is there, but the interpreter that its first line (#!) names is not, or a library it needs", bin)
	}
	return fmt.Errorf("node %s cannot be started: %w", id, err)
}

// wait waits for the process to end, then for the rest of its output, and calls exited with how it ended.
func (p *process) wait(outputDone <-chan struct{}, exited func(status string)) {
	err := p.command.Wait()
	child.Kill(p.command) // what it has started and left behind
	close(p.exited)
	select {
	case <-outputDone:
	case <-time.After(exitGrace):
	}
	status := p.command.ProcessState.String()
	if p.command.ProcessState == nil {
		status = err.Error()
	}
	close(p.ended)
	exited(status)
}

// kill ends the process and its group.
func (p *process) kill() { p.signal(child.Kill) }

// peakBytes is the most memory that the process has held, as long as it runs.
func (p *process) peakBytes() (peak int64) {
	p.signal(func(command *exec.Cmd) { peak = child.PeakBytes(command) })
	return peak
}

// signal sends something to the process and its group. One that has not been started or that has ended is let
// alone: its number may be another's by now.
func (p *process) signal(send func(*exec.Cmd)) {
	select {
	case <-p.exited:
	default:
		send(p.command)
	}
}

// FindProgram gives the absolute path of a node's program. A name without a directory that is no file
// here is looked up on the PATH. The error says what is wrong with it.
func FindProgram(bin string) (string, error) {
	if bin == "" {
		return "", errors.New("--bin: expected the path of a program that runs a node")
	}
	info, err := os.Stat(bin)
	if errors.Is(err, fs.ErrNotExist) && !strings.ContainsRune(bin, filepath.Separator) {
		if found, lookErr := exec.LookPath(bin); lookErr == nil {
			return filepath.Abs(found)
		}
		return "", fmt.Errorf("--bin %s: there is no such file here, nor a program of that name on the PATH", bin)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("--bin %s: there is no such file: expected the path of a program that runs a node", bin)
	case err != nil:
		return "", fmt.Errorf("--bin %s: %w", bin, err)
	case info.IsDir():
		return "", fmt.Errorf("--bin %s: this is a directory: expected the path of a program that runs a node", bin)
	case runtime.GOOS != "windows" && info.Mode()&0o111 == 0:
		return "", fmt.Errorf("--bin %s: the file is not executable: expected one that is (chmod +x %s)", bin, bin)
	}
	return filepath.Abs(bin)
}
