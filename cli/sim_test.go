package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/cli/cmdline"
	"eddy/gossip"
	"eddy/internal/testscale"
	"eddy/testbench"
	"eddy/testbench/nemesis"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

// simulated is a simulation as a command line makes it.
func simulated(t *testing.T, o testbench.Options, strategy string) simulation {
	t.Helper()
	s, err := eddy.newSimulation(o, strings.Fields(strategy), report.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// files are what a run, traced in full, leaves that must be the same for the same seed.
func files(t *testing.T, s simulation) map[string][]byte {
	t.Helper()
	store := t.TempDir()
	s.nodes.Trace.Mode = node.TraceFull
	var trace bytes.Buffer
	out := s.record(store, watch{world: func(w *actor.World) { w.Trace(&trace) }})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	found := map[string][]byte{"trace": trace.Bytes()}
	logs, err := filepath.Glob(filepath.Join(out.Meta.Dir, testbench.LogDir, "*.log"))
	if err != nil || len(logs) != len(s.options.Nodes()) {
		t.Fatalf("%d logs of %d nodes, %v", len(logs), len(s.options.Nodes()), err)
	}
	for _, path := range append(logs, filepath.Join(out.Meta.Dir, testbench.HistoryFile),
		filepath.Join(out.Meta.Dir, testbench.MessagesFile), filepath.Join(out.Meta.Dir, testbench.ResultsFile),
	) {
		text, err := os.ReadFile(path)
		if err != nil || len(text) == 0 {
			t.Fatalf("%s: %d bytes, %v", path, len(text), err)
		}
		found[filepath.Base(path)] = text
	}
	return found
}

// seedCases are runs of every workload and of strategies of each kind.
var seedCases = []struct{ workload, strategy string }{
	{"echo", ""},
	{"unique-ids", ""},
	{"unique-ids", "--strategy snowflake"},
	{"broadcast", ""},
	{"broadcast", "--strategy flood"},
	{"broadcast", "--strategy flood --ack none"},
	{"broadcast", "--strategy origin --ack cumulative"},
	{"broadcast", "--strategy detour --topology grid"},
	{"broadcast", "--strategy batch --topology clusters:3 --leaf-interval 50ms"},
	{"broadcast", "--strategy paced"},
	{"g-set", ""},
	{"g-set", "--strategy batch --topology mesh --mailbox 1"},
}

func TestSameSeedLeavesTheSameFiles(t *testing.T) {
	seeds := testscale.Seeds(2, 4, 50)
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, c := range seedCases {
		t.Run(c.workload+" "+c.strategy, func(t *testing.T) {
			for seed := range seeds {
				o := testbench.Defaults(eddy.workloads)
				o.Workload, o.Seed, o.NodeCount, o.Rate, o.TimeLimit = c.workload, seed, 5, 20, 3*time.Second
				o.LatencyMs, o.LatencyDist, o.Loss = 20, "exponential", 0.05
				o.Nemesis, o.NemesisInterval = nemesis.Known(), time.Second
				s := simulated(t, o, c.strategy)
				runtime.GOMAXPROCS(1)
				alone := files(t, s)
				runtime.GOMAXPROCS(2)
				for name, text := range files(t, s) {
					if !bytes.Equal(text, alone[name]) {
						t.Errorf("seed %d: %s differs from run to run", seed, name)
					}
				}
			}
		})
	}
}

func TestAnotherSeedIsAnotherRun(t *testing.T) {
	o, _ := challengeOptions(t, "3c", 1)
	s := simulated(t, o, "")
	one, other := files(t, s), files(t, s.seeded(2))
	for _, name := range []string{testbench.HistoryFile, testbench.MessagesFile, "trace"} {
		if bytes.Equal(one[name], other[name]) {
			t.Errorf("%s of two seeds is the same", name)
		}
	}
}

func TestReplayCommandMakesTheRunAgain(t *testing.T) {
	o, c := challengeOptions(t, "3c", 77)
	o.Loss, o.NemesisInterval = 0.125, 1500*time.Millisecond
	s := simulated(t, o, "--strategy flood --topology tree:3")
	line := s.command()
	if !strings.HasPrefix(line, "eddy sim broadcast --seed 77 ") || !strings.HasSuffix(line, " -- --strategy flood --topology tree:3") {
		t.Fatalf("the command is %s", line)
	}
	words := strings.Fields(line)
	again := testbench.Defaults(eddy.workloads)
	flags := pflag.NewFlagSet("sim", pflag.ContinueOnError)
	cmdline.Declare(flags, &again)
	if err := flags.Parse(words[3:slices.Index(words, "--")]); err != nil {
		t.Fatal(err)
	}
	again.Workload = c.workload
	if fmt.Sprintf("%+v", again) != fmt.Sprintf("%+v", o) {
		t.Errorf("%s\n gives %+v\n instead of %+v", line, again, o)
	}
}

func TestArgumentsSurviveTheShell(t *testing.T) {
	if got := cmdline.Shell([]string{"eddy", "a b", "it's", "", "x=1"}); got != `eddy 'a b' 'it'\''s' '' x=1` {
		t.Errorf("the line is %s", got)
	}
}

// quiet shows nothing and is never interrupted.
var quiet = &progress{}

func never() bool { return false }

// forgetful are nodes that send nothing twice: what seeds must find.
func forgetful(t *testing.T, o testbench.Options) simulation {
	t.Helper()
	s := simulated(t, o, "")
	s.nodes.Service = gossip.Broadcast(gossip.Config{Bug: gossip.SkipRetries})
	return s
}

func TestSeedsFindMissingRetransmissionAndShrinkIt(t *testing.T) {
	long(t)
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit = "broadcast", 25, 100, 20*time.Second
	o.LatencyMs, o.Loss, o.Nemesis = 100, 0.02, []string{"partition"}
	o.Seed = 1
	b := batch{simulation: forgetful(t, o), first: 1, count: 20}
	made, err := b.run(quiet, never)
	failures := made.failures
	if err != nil || len(failures) != 1 || failures[0].Failure != "values lost" {
		t.Fatalf("20 seeds find %+v, %v", failures, err)
	}
	smallest, tries := b.seeded(failures[0].Seed).shrink(failures[0].Failure, quiet, never)
	if smallest.options.TimeLimit >= 5*time.Second || len(smallest.options.Nodes()) >= 25 {
		t.Errorf("shrunk to %s", smallest.command())
	}
	t.Logf("seed %d, after %d tries: %s", failures[0].Seed, tries, smallest.command())
	if out := smallest.run(); virtual.Failure(&out) != "values lost" {
		t.Errorf("the shrunk run does not lose values: %q", virtual.Failure(&out))
	}
}

func TestFirstFailureDoesNotDependOnTheNumberOfCores(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Loss = "broadcast", 3, 5, 2*time.Second, 0.05
	var first uint64
	for _, cores := range []int{1, 2, 4} {
		before := runtime.GOMAXPROCS(cores)
		made, err := batch{simulation: forgetful(t, o), first: 1, count: 50}.run(quiet, never)
		failures := made.failures
		runtime.GOMAXPROCS(before)
		if err != nil || len(failures) != 1 {
			t.Fatalf("on %d cores: %+v, %v", cores, failures, err)
		}
		if first != 0 && failures[0].Seed != first {
			t.Errorf("on %d cores seed %d fails first, on 1 seed %d", cores, failures[0].Seed, first)
		}
		first = failures[0].Seed
	}
}

func TestOnlyFailingSeedsLeaveFiles(t *testing.T) {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit = "broadcast", 3, 5, 2*time.Second
	own := simFlags{seeds: 5, testFlags: testFlags{store: t.TempDir(), quiet: true}}
	if err := runSeeds(simulated(t, o, ""), &own); err != nil {
		t.Fatal(err)
	}
	if runs, _ := filepath.Glob(filepath.Join(own.store, "*", "2*")); len(runs) != 0 {
		t.Errorf("valid runs left %v", runs)
	}
	o.Loss = 0.3
	if err := runSeeds(forgetful(t, o), &own); err != exitStatus(1) {
		t.Errorf("failing seeds end with %v", err)
	}
	if runs, _ := filepath.Glob(filepath.Join(own.store, "*", "2*")); len(runs) != 1 {
		t.Errorf("the first failing run left %v", runs)
	}
}
