// Command refresh runs the commands that stand in Markdown files and writes
// what they print behind them, so that the pages show what really comes out:
//
//	go run ./docs/refresh README.md examples/README.md docs/*.md docs/decisions/*.md
//
// It knows two kinds of places, and changes nothing else:
//
//   - a fenced block of the language console: each line that begins with "$ "
//     is a command, what follows up to the next one is replaced by its output;
//   - the lines between <!-- $ command --> and <!-- end -->, which are replaced by
//     the command's standard output: for tables.
//
// Commands run one after the other with bash, from the present directory, those
// of one block in one shell. With --only or --skip, regular expressions, places
// are chosen by their commands. Blocks of other languages (sh) are never run.
//
// With --check nothing is written: the first line that is not what its command
// prints is an error.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "refresh:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("refresh", flag.ContinueOnError)
	only := flags.String("only", "", "refresh the places whose commands match this regular expression")
	skip := flags.String("skip", "", "leave the places whose commands match this regular expression")
	check := flags.Bool("check", false, "write nothing: a page that does not show what its commands print is an error")
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choice(*only, *skip)
	if err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return fmt.Errorf("which files? name at least one")
	}
	for _, name := range flags.Args() {
		if err := refreshFile(name, chosen, *check); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// choice reports of the commands of a place whether it is to be refreshed.
func choice(only, skip string) (func(commands string) bool, error) {
	wanted, err := regexp.Compile(only)
	if err != nil {
		return nil, fmt.Errorf("--only: %w", err)
	}
	left, err := regexp.Compile(skip)
	if err != nil {
		return nil, fmt.Errorf("--skip: %w", err)
	}
	return func(commands string) bool {
		return wanted.MatchString(commands) && (skip == "" || !left.MatchString(commands))
	}, nil
}

func refreshFile(name string, chosen func(string) bool, check bool) error {
	old, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	fresh, err := refresh(string(old), chosen, shell)
	if err != nil || bytes.Equal(old, []byte(fresh)) {
		return err
	}
	if check {
		return differing(string(old), fresh)
	}
	return os.WriteFile(name, []byte(fresh), 0o644)
}

// differing names the first line in which two texts differ.
func differing(old, fresh string) error {
	was, is := strings.Split(old, "\n"), strings.Split(fresh, "\n")
	i := 0
	for i < len(was) && i < len(is) && was[i] == is[i] {
		i++
	}
	line := func(of []string) string {
		if i < len(of) {
			return strconv.Quote(of[i])
		}
		return "the end of the page"
	}
	return fmt.Errorf("line %d is %s, and its command prints %s", i+1, line(was), line(is))
}
