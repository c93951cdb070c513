package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
)

// toStdout is the name of a file that stands for standard output.
const toStdout = "-"

// tryOutputs opens the files that a command is going to write, before it runs anything: a slip in a name should not cost
// a run. Files that are there are left as they are until then.
func tryOutputs(paths ...string) error {
	for _, path := range paths {
		if path == "" || path == toStdout {
			continue
		}
		_, err := os.Stat(path)
		missing := errors.Is(err, os.ErrNotExist)
		file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o644)
		if err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
		if err := file.Close(); err != nil {
			return fmt.Errorf("the output cannot be written: %w", err)
		}
		if missing {
			_ = os.Remove(path) // it was only tried
		}
	}
	return nil
}

// results is standard output as the program got it.
var results = os.Stdout

// besides is where a report goes beside files: to standard error where one of them is standard output, so that it can be
// read by a program.
func besides(paths ...string) io.Writer {
	if slices.Contains(paths, toStdout) {
		return os.Stderr
	}
	return os.Stdout
}

// prepareOutputs is [tryOutputs], and where results are wanted on standard output has the reports go to standard error, so
// that the one can be read by a program.
func prepareOutputs(jsonFile string, others ...string) error {
	if jsonFile == toStdout {
		os.Stdout = os.Stderr
	}
	return tryOutputs(append(others, jsonFile)...)
}

// writeOutput writes a file, or standard output.
func writeOutput(path string, write func(io.Writer) error) error {
	if path == toStdout {
		return write(results)
	}
	file, err := os.Create(path)
	if err != nil {
		return fmt.Errorf("write the output: %w", err)
	}
	if err := errors.Join(write(file), file.Close()); err != nil {
		return fmt.Errorf("write the output %s: %w", path, err)
	}
	return nil
}

// writeJSON writes a value, indented.
func writeJSON(to io.Writer, v any) error {
	out := json.NewEncoder(to)
	out.SetIndent("", "  ")
	out.SetEscapeHTML(false)
	return out.Encode(v)
}

// unwritten keeps the verdict of a run whose output could not be written: the trouble is told, and counts where the
// verdict is no trouble itself.
func unwritten(verdict, err error) error {
	if err == nil {
		return verdict
	}
	if verdict == nil {
		return err
	}
	fmt.Fprintln(os.Stderr, programName()+":", err)
	return verdict
}
