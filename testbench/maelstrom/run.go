package maelstrom

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/child"
	"eddy/testbench/history"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
)

// Config is what the engine needs beyond the options of the test.
type Config struct {
	Program    string           // Maelstrom, as [Find] gives it
	Meta       report.Meta      // what the caller says of the run: its flags and targets
	Store      string           // directory for the files of runs; empty means testbench.DefaultStore
	Output     io.Writer        // where Maelstrom's output is passed on to; nil for nowhere
	Interrupts <-chan os.Signal // the first asks Maelstrom to end, the second ends it; nil for none
}

// OutputFile is the file in the directory of a run that holds what Maelstrom printed.
const OutputFile = "maelstrom.log"

// Run makes a run under Maelstrom and reads what it concluded. What goes wrong is the outcome's Err.
func Run(options testbench.Options, config Config) testbench.Outcome {
	out := testbench.Outcome{Options: options, Meta: config.Meta}
	out.Meta.Workload, out.Meta.Engine = options.Workload, "Maelstrom"
	out.Err = run(&out, config)
	return out
}

func run(out *testbench.Outcome, config Config) error {
	if err := out.Options.Validate(); err != nil {
		return err
	}
	bin, err := realtime.FindProgram(out.Options.Bin)
	if err != nil {
		return err
	}
	args, err := Command(out.Options, bin)
	if err != nil {
		return err
	}
	if err := checkFaults(config.Program, out.Options); err != nil {
		return err
	}
	if config.Store == "" {
		config.Store = testbench.DefaultStore
	}
	out.Meta.Dir, err = testbench.NewRunDir(config.Store, out.Options.Workload, time.Now())
	if err != nil {
		return err
	}
	if err := testbench.PointLatest(config.Store, out.Meta.Dir); err != nil {
		return err
	}
	ended, err := execute(args, out.Options.Env, out.Meta.Dir, config)
	if err != nil {
		return err
	}
	if ended.interrupted {
		out.Interrupted = true
		return errors.New("interrupted: Maelstrom leaves no results then")
	}
	return read(out, ended)
}

// ending is how Maelstrom ended.
type ending struct {
	code        int // exit status; 0 valid, 1 invalid, 2 unknown, 254 wrong flags, 255 crashed
	status      string
	interrupted bool
	lastLines   string
}

// execute runs Maelstrom in a directory and passes its output on.
func execute(args, env []string, dir string, config Config) (ending, error) {
	log, err := os.Create(filepath.Join(dir, OutputFile))
	if err != nil {
		return ending{}, err
	}
	defer log.Close()
	last := &tail{}
	command := exec.Command(config.Program, args...)
	command.Dir = dir
	if len(env) > 0 {
		command.Env = append(os.Environ(), env...)
	}
	writers := []io.Writer{log, last}
	if config.Output != nil {
		writers = append(writers, config.Output)
	}
	output := io.MultiWriter(writers...)
	command.Stdout, command.Stderr = output, output
	command.WaitDelay = time.Second // for the output of what it has started
	release, _, err := child.Start([]*exec.Cmd{command}, func(int) {})
	defer release()
	if err != nil {
		return ending{}, fmt.Errorf("maelstrom cannot be started: %w", err)
	}
	var e ending
	e.interrupted, err = await(command, config.Interrupts)
	child.Kill(command) // nodes that it left behind
	if command.ProcessState == nil {
		return e, fmt.Errorf("maelstrom cannot be waited for: %w", err)
	}
	e.code, e.status, e.lastLines = command.ProcessState.ExitCode(), command.ProcessState.String(), last.String()
	return e, nil
}

// await waits for Maelstrom; interrupts end it, the first one in its own way.
func await(command *exec.Cmd, interrupts <-chan os.Signal) (interrupted bool, err error) {
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	for {
		select {
		case err := <-done:
			return interrupted, err
		case <-interrupts:
			if interrupted {
				child.Kill(command)
			} else {
				child.Interrupt(command)
			}
			interrupted = true
		}
	}
}

// read takes what Maelstrom left in its store into the outcome.
func read(out *testbench.Outcome, e ending) error {
	store := filepath.Join(out.Meta.Dir, "store", "latest")
	results, err := history.ReadResultsFile(filepath.Join(store, "results.edn"))
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("maelstrom ended with %s and without results. The last it printed (all of it is in %s):\n%s",
			e.status, filepath.Join(out.Meta.Dir, OutputFile), e.lastLines)
	}
	if err != nil {
		return err
	}
	w, err := out.Options.Workloads.Named(out.Options.Workload)
	if err != nil {
		return err
	}
	if out.Results, err = w.Decode(results); err != nil {
		return err
	}
	if out.History, err = history.ReadFile(filepath.Join(store, "history.edn")); err != nil {
		out.Results = checker.Results{}
		return err
	}
	out.Results.Latencies = checker.LatenciesOf(out.History)
	if err := keep(out); err != nil {
		out.Meta.Warnings = append(out.Meta.Warnings, "Not all files of the run could be written: "+err.Error()+".")
	}
	return nil
}

// keep puts the files that every run has beside Maelstrom's own.
func keep(out *testbench.Outcome) error {
	logs := filepath.Join(out.Meta.Dir, testbench.LogDir)
	if err := os.Remove(logs); err != nil {
		return err
	}
	if err := os.Symlink(filepath.Join("store", "latest", testbench.LogDir), logs); err != nil {
		return err
	}
	var lines []byte
	for _, op := range out.History {
		lines = append(op.AppendJSON(lines), '\n')
	}
	if err := os.WriteFile(filepath.Join(out.Meta.Dir, testbench.HistoryFile), lines, 0o644); err != nil {
		return err
	}
	return out.Save()
}
