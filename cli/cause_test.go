package cli

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/gossip"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/trace"
)

// brokenWays are ways in which retransmission can be broken, and what each lost value
// must be put down to.
var brokenWays = []struct {
	name   string
	config gossip.Config
	kind   trace.Kind
}{
	{"sends nothing again", gossip.Config{Bug: gossip.SkipRetries}, trace.NeverAgain},
	{"gives up after one retry", gossip.Config{Bug: gossip.GivesUp}, trace.GaveUp},
	{"takes what is sent for acknowledged", gossip.Config{Bug: gossip.TrustsTheNetwork}, trace.TakenForAcked},
	{"acknowledges over gaps", gossip.Config{Bug: gossip.AcksOverGaps}, trace.FalselyAcked},
	{"leaves the first value out when it sends again", gossip.Config{Bug: gossip.SkipsTheFirst}, trace.LeftOut},
}

func faultyOptions(seed uint64) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.Seed = "broadcast", 5, 20, 10*time.Second, seed
	o.LatencyMs, o.Nemesis, o.NemesisInterval = 50, []string{"partition", "loss"}, 2*time.Second
	return o
}

func TestEveryKindOfLostValueIsNamedRightly(t *testing.T) {
	t.Parallel()
	long(t)
	seeds := uint64(6)
	for _, way := range brokenWays {
		for _, topology := range []string{"star", "line"} {
			t.Run(way.name+", "+topology, func(t *testing.T) {
				found := 0
				for seed := range seeds {
					found += checkCauses(t, faultyOptions(seed), way.config, topology, way.kind)
				}
				if found < int(seeds)/2 {
					t.Errorf("only %d lost values in %d seeds: the fault hardly shows", found, seeds)
				}
			})
		}
	}
}

// checkCauses makes a run and has every lost value that is told of explained, on
// the first and the last node that have not got it.
func checkCauses(t *testing.T, o testbench.Options, config gossip.Config, topology string, want trace.Kind) (found int) {
	t.Helper()
	s := simulated(t, o, "")
	config.Topology = topology
	s.nodes.Service = gossip.Broadcast(config)
	out := s.run()
	if !failed(&out) {
		return 0
	}
	dir, err := s.retrace("")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	run, err := trace.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range out.Results.Witnesses[:min(len(out.Results.Witnesses), 4)] {
		d, err := trace.Collect(run, string(w.Value))
		if err != nil {
			t.Fatal(err)
		}
		without := d.Without()
		for _, node := range slices.Compact([]string{without[0], without[len(without)-1]}) {
			c, err := trace.Explain(run, d, node)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if c.Kind != want {
				t.Errorf("seed %d: value %s on %s: %q, not %q: %s", o.Seed, w.Value, node, c.Kind, want, c.Text)
			}
		}
	}
	return found
}

func TestFailedRunEndsByNamingWhatWentWrongFirst(t *testing.T) {
	s := simulated(t, faultyOptions(1), "")
	s.nodes.Service = gossip.Broadcast(gossip.Config{Bug: gossip.SkipRetries})
	out := s.run()
	s.explain(&out)
	w := firstLost(out.Results)
	if w == nil {
		t.Fatal("nothing is lost")
	}
	for _, part := range []string{fmt.Sprintf("value %s, acknowledged by n", w.Value), "never reached n", "link n", "and never again."} {
		if !strings.Contains(out.Meta.Cause, part) {
			t.Errorf("no %q in %q", part, out.Meta.Cause)
		}
	}
	if len(out.Meta.Commands) != 2 || !strings.HasSuffix(out.Meta.Commands[0], "--trace full") || out.Meta.Commands[1] != fmt.Sprintf("eddy trace --follow %s", w.Value) {
		t.Errorf("the commands are %q", out.Meta.Commands)
	}
}

func TestFilesOfAFailedRunCanBeFollowedThoughItWasNotTraced(t *testing.T) {
	s := simulated(t, faultyOptions(1), "--fault gives-up")
	out := s.record(t.TempDir(), watch{})
	before, err := os.ReadFile(filepath.Join(out.Meta.Dir, testbench.HistoryFile))
	if err != nil {
		t.Fatal(err)
	}
	s.explain(&out)
	w := firstLost(out.Results)
	run, err := trace.Open(out.Meta.Dir)
	if w == nil || err != nil {
		t.Fatalf("lost first: %v, %v", w, err)
	}
	story, err := trace.Follow(run, string(w.Value))
	if err != nil || len(story.Steps) == 0 || len(story.Missing) == 0 {
		t.Errorf("%d steps, missing on %d nodes, %v", len(story.Steps), len(story.Missing), err)
	}
	after, err := os.ReadFile(filepath.Join(out.Meta.Dir, testbench.HistoryFile))
	if err != nil || !bytes.Equal(before, after) {
		t.Errorf("the history has changed, %v", err)
	}
	if entries, err := os.ReadDir(out.Meta.Dir); err != nil || len(entries) != 6 {
		t.Errorf("the directory has %v, %v", entries, err)
	}
	if len(out.Meta.Commands) != 1 {
		t.Errorf("the commands are %q", out.Meta.Commands)
	}
}

func TestValidRunIsNotExplained(t *testing.T) {
	s := simulated(t, faultyOptions(1), "")
	out := s.run()
	s.explain(&out)
	if out.ExitStatus() != 0 || out.Meta.Cause != "" || out.Meta.Commands != nil {
		t.Errorf("status %d, %q, %q", out.ExitStatus(), out.Meta.Cause, out.Meta.Commands)
	}
}

// firstLost is the lost value that was acknowledged first.
func firstLost(r checker.Results) *checker.Witness {
	var first *checker.Witness
	for i := range r.Witnesses {
		if w := &r.Witnesses[i]; w.Kind == checker.Lost && (first == nil || w.Known.Time < first.Known.Time) {
			first = w
		}
	}
	return first
}
