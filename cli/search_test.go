package cli

import (
	"bytes"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
	"eddy/testbench/search"
	"eddy/testbench/virtual"
)

// soaked are options with every fault of messages and nodes.
func soaked() testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs = "broadcast", 1, 5, 20, 5*time.Second, 20
	o.Nemesis = []string{nemesis.FaultPartition, nemesis.FaultLoss, nemesis.FaultDuplicate, nemesis.FaultReorder, nemesis.FaultPause}
	o.NemesisInterval = time.Second
	return o
}

func TestWhatASearchPlansIsACommandLine(t *testing.T) {
	for _, name := range search.Names() {
		found, err := search.New(name, soaked())
		if err != nil {
			t.Fatal(err)
		}
		for i := range 100 {
			planned := found.Plan(i)
			if i%5 == 0 {
				planned.Branches = []testbench.Branch{{At: 1500 * time.Millisecond, Seed: 7}, {At: 2 * time.Second, Seed: 8}}
			}
			read := testbench.Defaults(eddy.workloads)
			flags := pflag.NewFlagSet("", pflag.ContinueOnError)
			cmdline.Declare(flags, &read)
			read.Workload, read.Seed = planned.Workload, planned.Seed
			if err := flags.Parse(cmdline.Flags(planned, "seed")); err != nil {
				t.Fatalf("%s, run %d: %v", name, i, err)
			}
			if err := cmdline.Check(eddy.workloads, flags, &read); err != nil {
				t.Fatalf("%s, run %d: %v", name, i, err)
			}
			if a, b := cmdline.Shell(cmdline.Flags(planned)), cmdline.Shell(cmdline.Flags(read)); a != b {
				t.Errorf("%s, run %d: %s\nis read as %s", name, i, a, b)
			}
		}
	}
}

// before are the entries of a history up to a moment.
func before(h history.History, at time.Duration) history.History {
	n := slices.IndexFunc(h, func(op history.Op) bool { return op.Time >= at })
	return h[:max(n, 0)]
}

func TestABranchIsTheSameRunUpToItsMoment(t *testing.T) {
	o := soaked()
	at := 2 * time.Second
	plain := simulated(t, o, "")
	o.Branches = []testbench.Branch{{At: at, Seed: 99}}
	first, again, branched := plain.run(), plain.with(o).run(), plain.with(o).run()
	if !reflect.DeepEqual(again.History, branched.History) {
		t.Error("a branch has two histories")
	}
	if a, b := before(first.History, at), before(branched.History, at); len(a) < 10 || !reflect.DeepEqual(a, b) {
		t.Errorf("up to the branch there are %d entries and %d, which differ", len(a), len(b))
	}
	if reflect.DeepEqual(first.History, branched.History) {
		t.Error("the branch changes nothing")
	}
}

func TestPreemptionsHoldLinksUpAndNothingElse(t *testing.T) {
	o := soaked()
	o.Nemesis = nil
	plain := simulated(t, o, "")
	o.Preempt = 3
	held := plain.with(o)
	a, b, c := plain.run(), held.run(), held.run()
	switch {
	case !reflect.DeepEqual(b.History, c.History):
		t.Error("a run that is held up has two histories")
	case reflect.DeepEqual(a.History, b.History):
		t.Error("holding links up changes nothing")
	case !strings.Contains(held.command(), "--preempt 3"):
		t.Errorf("the command is %s", held.command())
	}
}

func TestASearchOverManyRunsDoesNotDependOnTheNumberOfCores(t *testing.T) {
	o := soaked()
	o.TimeLimit, o.NodeCount = 2*time.Second, 3
	for _, name := range []string{search.Swarm, search.Coverage} {
		var first []string
		for _, cores := range []int{1, 3} {
			b, err := newBatch(simulated(t, o, ""), 20, true, name)
			if err != nil {
				t.Fatal(err)
			}
			before := setCores(cores)
			made, err := b.run(quiet, never)
			if err != nil {
				t.Fatal(err)
			}
			setCores(before)
			var commands []string
			for _, v := range made.all {
				commands = append(commands, b.planned(v.Seed).command())
			}
			if first != nil && !slices.Equal(first, commands) {
				t.Errorf("%s makes other runs on %d cores", name, cores)
			}
			first = commands
		}
		if len(slices.Compact(slices.Clone(first))) < 10 {
			t.Errorf("%s makes only these runs: %s", name, first)
		}
	}
}

func TestAHuntFindsAMistakeAndNothingWithoutOne(t *testing.T) {
	own := huntFlags{searches: []string{search.Random, search.Swarm}, repetitions: 2, seeds: 10, seed: 1, quiet: true}
	targets, err := eddy.targets([]string{"unique-ids"}, []string{noBug, "forgets-starts"})
	if err != nil {
		t.Fatal(err)
	}
	hunts := own.all(targets, never)
	var table, file bytes.Buffer
	tellHunts(&table, hunts)
	for _, r := range tabulate(hunts).rows {
		for name, f := range r.by {
			if f.once != (r.bug != noBug) {
				t.Errorf("%s of %s:\n%s", name, r.bug, &table)
			}
		}
	}
	if err := writeHunts(&file, hunts); err != nil || strings.Count(file.String(), "\n") != 1+len(hunts) {
		t.Errorf("%v\n%s", err, &file)
	}
}

func TestATableOfHuntsComparesWithRandom(t *testing.T) {
	var hunts []hunt
	add := func(bug, name string, seeds int, found bool, cpu float64) {
		for r := range 3 {
			hunts = append(hunts, hunt{service: "s", bug: bug, search: name, repetition: r, seeds: seeds, found: found, cpu: cpu, virtual: 10 * cpu})
		}
	}
	add("easy", search.Random, 8, true, 4)
	add("easy", search.Swarm, 2, true, 1)
	add("hard", search.Random, 100, false, 64)
	add("hard", search.Swarm, 9, true, 4)
	add("odd", search.Random, 1, true, 1)
	add("odd", search.Swarm, 100, false, 64)
	ratio, missed := tabulate(hunts).against(search.Swarm)
	if ratio < 0.99 || ratio > 1.01 { // of 1/4, 1/16 and 64
		t.Errorf("swarm takes %.3f of random's time, want 1", ratio)
	}
	if !slices.Equal(missed, []string{"s odd"}) {
		t.Errorf("swarm misses %q", missed)
	}
}

func setCores(n int) (before int) { return runtime.GOMAXPROCS(n) }

func TestARunWhoseNodesPrintWithoutEndIsEnded(t *testing.T) {
	s := simulated(t, soaked(), "")
	c := s.config(nil)
	c.PrintedMax = 1000
	if out := virtual.Run(s.options, c); !out.Interrupted || out.Run.Elapsed > time.Second {
		t.Errorf("interrupted: %v, after %v", out.Interrupted, out.Run.Elapsed)
	}
	c = s.config(nil)
	c.PrintedMax = printedMax
	if out := virtual.Run(s.options, c); out.Interrupted {
		t.Error("a run of a soak test is ended")
	}
}
