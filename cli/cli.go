// Package cli is the command as a library: subcommands, flags, and what users read. It is
// composition: protocols live in the services' packages, the test bench in testbench.
package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
)

// version is the release; a build from a checkout adds its commit.
const version = "0.1.0"

// Main is the whole of a program: it executes the command line for the services given, the
// built-in ones only where package builtin's are among them, and ends the process with the
// exit status that [Run] gives.
func Main(services ...Service) { os.Exit(Run(os.Args[1:], services...)) }

// Run executes one command line and returns the exit status: 0 for success and
// a valid run, 1 for an invalid one, 2 for what could not run.
func Run(args []string, services ...Service) int {
	p, err := newProgram(services)
	if err == nil {
		err = pasted(args)
	}
	if err == nil {
		root := p.rootCommand()
		root.SetArgs(args)
		err = root.Execute()
	}
	var status exitStatus
	switch {
	case err == nil:
		return 0
	case errors.As(err, &status):
		return int(status)
	}
	fmt.Fprintf(os.Stderr, "%s: %v\n", filepath.Base(programName()), err)
	return exitCouldNotRun
}

// pasted refuses flags whose dashes are those that web pages make of hyphens. What
// comes after -- is for the nodes.
func pasted(args []string) error {
	for _, arg := range args {
		if arg == "--" {
			return nil
		}
		dashes := arg[:len(arg)-len(strings.TrimLeft(arg, "-\u2010\u2011\u2012\u2013\u2014\u2212"))]
		if dashes != strings.Repeat("-", len(dashes)) {
			return fmt.Errorf("%s begins with a dash that is no hyphen, as web pages print it: write --%s", arg, arg[len(dashes):])
		}
	}
	return nil
}

const exitCouldNotRun = 2

// exitStatus is an error that has been reported already.
type exitStatus int

func (s exitStatus) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

func (p *program) rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:   filepath.Base(programName()),
		Short: "Distributed protocols as actors, and a bench that runs and judges them",
		Long: `Eddy serves Maelstrom nodes made of actors, runs clusters of them under the
real Maelstrom or a built-in bench, and judges what happened.

  eddy test broadcast --challenge 3d     run a Gossip Glomers challenge
  eddy sim broadcast --seeds 100         the same in virtual time, from seeds
  eddy play broadcast                    walk through a run in a browser
  eddy glomers                           every challenge against its targets
  eddy trace                             what the nodes of the latest run did
  eddy serve broadcast                   be one node on stdin and stdout
  eddy check broadcast history.edn       judge a stored history
  eddy runs                              the runs in the store
  eddy journal data                      what nodes have on their disks
  eddy worker --nats URL                 make runs for sweeps on other machines
  eddy call demo n1 BODY                 ask a node that is served over NATS`,
		Version:       fullVersion(),
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.SetVersionTemplate(root.Name() + " {{.Version}}\n")
	root.SetFlagErrorFunc(p.unknownFlag)
	root.AddCommand(p.serveCommand(), p.testCommand(), p.simCommand(), p.benchCommand(), p.glomersCommand(), p.checkCommand(), p.traceCommand(), p.runsCommand(), p.journalCommand(), p.huntCommand(), p.causeCommand(), p.playCommand(), p.mutateCommand(), p.workerCommand(), callCommand(), versionCommand())
	if p.offersNew() {
		root.Long += "\n  eddy new mynode --lang python          the first version of a node of your own"
		root.AddCommand(newCommand())
	}
	root.SetUsageTemplate(strings.ReplaceAll(root.UsageTemplate(), ".FlagUsages", fmt.Sprintf(".FlagUsagesWrapped %d", helpWidth)))
	p.suitExamples(root)
	return root
}

// helpWidth is where lines of help are broken.
const helpWidth = 79

// ofChallenge are examples that are about a challenge.
var ofChallenge = regexp.MustCompile(`(?m)^  .* --(challenge|only) .*\n`)

// suitExamples has the examples of all help call the program by its name, and name a service that it has, and breaks its
// paragraphs.
func (p *program) suitExamples(cmd *cobra.Command) {
	if name := cmd.Root().Name(); name != "eddy" {
		cmd.Long = strings.ReplaceAll(cmd.Long, "  eddy ", "  "+name+" ")
	}
	if names := p.workloads.Names(); !slices.Contains(names, "broadcast") {
		cmd.Long = align(strings.ReplaceAll(ofChallenge.ReplaceAllString(cmd.Long, ""), " broadcast", " "+names[0]), cmd.Root().Name())
	}
	cmd.Long = reflowed(cmd.Long)
	for _, c := range cmd.Commands() {
		p.suitExamples(c)
	}
}

// reflowed breaks the paragraphs of a help text anew. Lines that are indented stay as they are.
func reflowed(text string) string {
	var lines []string
	open := false // the last line may be continued
	for _, line := range strings.Split(text, "\n") {
		if line == "" || line[0] == ' ' {
			lines, open = append(lines, line), false
			continue
		}
		for _, word := range strings.Fields(line) {
			last := len(lines) - 1
			if open && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= helpWidth {
				lines[last] += " " + word
				continue
			}
			lines, open = append(lines, word), true
		}
	}
	return strings.Join(lines, "\n")
}

// withWorkloads adds to a help text which workloads there are.
func (p *program) withWorkloads(long string) string {
	return long + "\n\nWorkloads: " + strings.Join(p.workloads.Names(), ", ") + "."
}

// align puts what is said of examples into one column.
func align(long, program string) string {
	lines := strings.Split(long, "\n")
	width := 0
	split := func(line string) (example, said string, ok bool) {
		if !strings.HasPrefix(line, "  "+program+" ") {
			return "", "", false
		}
		example, said, ok = strings.Cut(line[2:], "  ")
		return example, strings.TrimSpace(said), ok
	}
	for _, line := range lines {
		if example, _, ok := split(line); ok {
			width = max(width, len(example))
		}
	}
	for i, line := range lines {
		if example, said, ok := split(line); ok {
			lines[i] = fmt.Sprintf("  %-*s  %s", width, example, said)
		}
	}
	return strings.Join(lines, "\n")
}

// versionCommand is for those who look for the version there; --version is shorter.
func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Say the version, the commit and the version of Go",
		Args:  cobra.NoArgs,
		Run: func(*cobra.Command, []string) {
			fmt.Printf("%s %s, %s\n", filepath.Base(programName()), fullVersion(), runtime.Version())
		},
	}
}

func fullVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return version + " (" + setting.Value[:12] + ")"
		}
	}
	return version
}
