package realtime

import (
	"errors"
	"fmt"
	"io"
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

// Process is a program that runs, wherever that is, and the bench's ends of its pipes. Its methods may be called by several
// goroutines; all but Wait return at once.
type Process interface {
	Stdin() io.WriteCloser
	Stdout() io.ReadCloser
	Stderr() io.ReadCloser             // nil where its log is written without the bench
	Wait() (status string, lost error) // how it has ended; an error where that was no doing of its own
	Kill()
	Pause()
	Resume()
	PeakBytes() int64   // the most memory that it has held, while it runs
	CPU() time.Duration // what it has used, once it has ended
	Release()           // what is left of it, and of one that never started
}

// process is one node: a program that runs and what stands at its pipes.
type process struct {
	Process
	id      string
	log     *os.File // the bench's to write; nil where the node writes it
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

// newProcess makes a node ready to be started on this machine.
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
	return attended(id, logPath, files.log, &local{command: command, pipes: files}), nil
}

// attended is a node that is to be attended to.
func attended(id, logPath string, log *os.File, p Process) *process {
	return &process{Process: p, id: id, log: log, logPath: logPath,
		exited: make(chan struct{}), ended: make(chan struct{}), stderrDone: make(chan struct{})}
}

// start starts processes on this machine; release must be called once they have ended.
func start(processes []*process) (release func(), err error) {
	var commands []*exec.Cmd
	for _, p := range processes {
		commands = append(commands, p.Process.(*local).command)
	}
	release, failed, err := child.Start(commands, func(i int) { processes[i].Process.(*local).pipes.started() })
	if err != nil {
		err = startError(processes[failed].id, commands[failed].Path, err)
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
func (p *process) wait(outputDone <-chan struct{}, exited func(status string, lost error)) {
	status, lost := p.Wait()
	close(p.exited)
	select {
	case <-outputDone:
	case <-time.After(exitGrace):
	}
	close(p.ended)
	exited(status, lost)
}

// ifRunning does something to the process. One that has ended is let alone: its number may be another's by now.
func (p *process) ifRunning(f func()) {
	select {
	case <-p.exited:
	default:
		f()
	}
}

// kill ends the process and its group.
func (p *process) kill() { p.ifRunning(p.Kill) }

// peakBytes is the most memory that the process has held, as long as it runs.
func (p *process) peakBytes() (peak int64) {
	p.ifRunning(func() { peak = p.PeakBytes() })
	return peak
}

// hangUp closes the bench's ends of its pipes.
func (p *process) hangUp() {
	for _, end := range []io.Closer{p.Stdin(), p.Stdout(), p.Stderr()} {
		if end != nil {
			_ = end.Close() // that it is closed already is no news
		}
	}
}

// local is a process on this machine.
type local struct {
	command *exec.Cmd
	pipes   *pipes
}

func (l *local) Stdin() io.WriteCloser { return l.pipes.stdin }
func (l *local) Stdout() io.ReadCloser { return l.pipes.stdout }

func (l *local) Stderr() io.ReadCloser {
	if l.pipes.stderr == nil {
		return nil
	}
	return l.pipes.stderr
}

func (l *local) Wait() (status string, lost error) {
	if l.command.Process == nil {
		return "never started", nil
	}
	err := l.command.Wait()
	child.Kill(l.command) // what it has started and left behind
	if l.command.ProcessState == nil {
		return err.Error(), nil
	}
	return l.command.ProcessState.String(), nil
}

func (l *local) Kill()              { child.Kill(l.command) }
func (l *local) Pause()             { child.Pause(l.command) }
func (l *local) Resume()            { child.Resume(l.command) }
func (l *local) PeakBytes() int64   { return child.PeakBytes(l.command) }
func (l *local) CPU() time.Duration { return child.CPU(l.command) }
func (l *local) Release()           { l.pipes.abandon() }

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
