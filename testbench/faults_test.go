package testbench

import (
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/testbench/nemesis"
)

// Kill makes the fake node forget everything.
func (n *fakeNode) Kill() {
	n.seen, n.neighbours, n.waiting, n.dead, n.paused = nil, nil, nil, true, false
}

// Start makes it a new node, which waits for init.
func (n *fakeNode) Start(started func(error)) {
	n.dead = false
	n.lives++
	n.run.clock.At(n.run.clock.Now()+50*time.Millisecond, func() { started(nil) })
}

// Pause keeps lines from the fake node until Resume.
func (n *fakeNode) Pause()  { n.paused = true }
func (n *fakeNode) Resume() { n.paused = false; n.readOn() }

func (n *fakeNode) SetClock(ahead time.Duration) { n.ahead = ahead }

func (n *fakeNode) HarmDisk(harm string, slowdown int) bool {
	n.disk = harm
	return true
}

func (n *fakeNode) MendDisk() (restart bool) {
	restart = n.disk == "sync"
	n.disk = ""
	return restart
}

// readOn reads what came during a pause.
func (n *fakeNode) readOn() {
	waiting := n.waiting
	n.waiting = nil
	for _, line := range waiting {
		n.Deliver(line, 0)
	}
}

func acts(h history.History) []string {
	var acts []string
	for _, op := range h {
		if op.Process == history.Nemesis {
			acts = append(acts, op.F+" "+string(op.Value))
		}
	}
	return acts
}

func faultyOptions(faults ...string) Options {
	o := floodOptions()
	o.NodeCount, o.Nemesis, o.NemesisInterval = 5, faults, time.Second
	o.LatencyDist = "exponential"
	return o
}

func TestAllFaultsAtOnceReplayWithTheirSeed(t *testing.T) {
	o := faultyOptions(nemesis.Known()...)
	o.Faults.Partition.Shapes = nemesis.AllShapes()
	for seed := range uint64(5) {
		o.Seed = seed
		first, second := simulate(t, o, nil), simulate(t, o, nil)
		if !slices.Equal(first.transcript, second.transcript) {
			t.Fatalf("seed %d gave two different runs", seed)
		}
		if len(first.Problems) != 0 {
			t.Errorf("seed %d: problems %+v", seed, first.Problems)
		}
	}
}

func TestEveryFaultDoesSomethingAndStandsInTheHistory(t *testing.T) {
	for fault, want := range map[string]struct {
		first, done, end string
		harm             func(s simulation) int64
	}{
		"partition": {`start-partition "`, `start-partition ["isolated"`, `stop-partition "network-healed"`, func(s simulation) int64 { return s.Net.Harm.LostInPartition }},
		"loss":      {`start-loss 0.2`, `start-loss 0.2`, `stop-loss `, func(s simulation) int64 { return s.Net.Harm.LostOnTheWay }},
		"duplicate": {`start-duplicate 0.2`, `start-duplicate 0.2`, `stop-duplicate `, func(s simulation) int64 { return s.Net.Servers.Receives - s.Net.Servers.Messages }},
		"reorder":   {`start-reorder 0.2`, `start-reorder 0.2`, `stop-reorder `, func(s simulation) int64 { return s.Net.Harm.HeldBack }},
		"latency":   {`start-latency 10`, `start-latency 10`, `stop-latency `, func(s simulation) int64 { return s.Net.Harm.Slowed }},
		"kill":      {`kill "`, `kill {`, `start {`, func(s simulation) int64 { return s.Net.Harm.LostWithNode }},
		"pause":     {`pause "`, `pause {`, `resume {`, func(s simulation) int64 { return int64(s.nodes[0].queued) }},
		"disk": {`start-disk "`, `start-disk {`, `stop-disk {`, func(s simulation) int64 {
			return int64(strings.Count(strings.Join(acts(s.History), ""), `:"mended"`) + strings.Count(strings.Join(acts(s.History), ""), `:"started"`))
		}},
		"skew": {`start-skew "`, `start-skew {`, `stop-skew {`, func(s simulation) int64 { return int64(strings.Count(strings.Join(acts(s.History), ""), `":0`)) }},
	} {
		s := simulate(t, faultyOptions(fault), nil)
		got := acts(s.History)
		if len(got) < 8 || len(got)%2 != 0 || !strings.HasPrefix(got[0], want.first) || !strings.HasPrefix(got[1], want.done) || !strings.HasPrefix(got[len(got)-1], want.end) {
			t.Errorf("%s: acts %q", fault, got)
		}
		if want.harm(s) < 5 {
			t.Errorf("%s did next to nothing: %+v", fault, s.Net.Harm)
		}
		for _, n := range s.nodes {
			if n.dead || n.paused || n.ahead != 0 || n.disk != "" || n.met != 0 {
				t.Errorf("%s: %s is dead %v, paused %v, its clock %v ahead, and met %d lines while dead", fault, n.id, n.dead, n.paused, n.ahead, n.met)
			}
		}
	}
}

func TestKilledNodesGetInitAgainAndNoTopology(t *testing.T) {
	o := faultyOptions("kill")
	o.Faults.Kill.Duration = 300 * time.Millisecond
	told := map[string][]string{}
	s := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		told[n.id] = append(told[n.id], b.Type)
		return false
	})
	lives := 0
	for _, n := range s.nodes {
		lives += n.lives
		inits, topologies := 0, 0
		for _, kind := range told[n.id] {
			inits += strings.Count(kind, "init")
			topologies += strings.Count(kind, "topology")
		}
		if inits != 1+n.lives || topologies != 1 {
			t.Errorf("%s had %d lives more, %d times init, %d times topology", n.id, n.lives, inits, topologies)
		}
	}
	if lives < 5 || len(s.Problems) != 0 || len(s.History) == 0 {
		t.Errorf("%d lives, problems %+v", lives, s.Problems)
	}
}

// The first thing that reaches a node in a new life is init, and nothing else before it is answered.
func TestNobodyReachesANodeBeforeItIsInitialisedAgain(t *testing.T) {
	o := faultyOptions("kill")
	first := map[int]bool{}
	key := func(n *fakeNode) int { return int(n.id[1])*1000 + n.lives }
	simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type == "init" {
			first[key(n)] = true
			n.run.clock.At(n.run.clock.Now()+300*time.Millisecond, func() { n.reply(src, b, `"type":"init_ok"`); first[-key(n)] = true })
			return true
		}
		if !first[key(n)] || n.lives > 0 && !first[-key(n)] {
			t.Errorf("%s was sent %s in life %d before init was answered", n.id, b.Type, n.lives)
		}
		return false
	})
}

func TestOperationsOpenAtAKillEndUnknownOrFailed(t *testing.T) {
	o := faultyOptions("kill")
	o.Faults.Kill.Targets, o.Faults.Kill.Duration, o.Concurrency = []string{"one"}, 6*time.Second, "4n"
	s := simulate(t, o, nil)
	ended := map[string]int{}
	for _, op := range s.History {
		if op.Process != history.Nemesis && op.Type != history.Invoke {
			ended[op.F+" "+op.Type.String()]++
		}
	}
	if ended["broadcast info"] == 0 || ended["read fail"] == 0 || ended["broadcast fail"]+ended["read info"] != 0 {
		t.Errorf("operations ended %v", ended)
	}
}

func TestNodeThatIsMuteAfterAKillIsAProblem(t *testing.T) {
	o := faultyOptions("kill")
	o.Faults.Kill.Targets = []string{"one"}
	s := simulate(t, o, func(n *fakeNode, src string, b body) bool { return b.Type == "init" && n.lives > 0 })
	if len(s.Problems) == 0 || !strings.Contains(s.Problems[0].Text, "was killed and started again, and then: did not answer init within 10s") || s.Err != nil {
		t.Errorf("problems %+v, error %v", s.Problems, s.Err)
	}
}

func TestExitInANewLifeIsAProblemAndNotTheEndOfTheRun(t *testing.T) {
	o := faultyOptions("kill")
	o.Faults.Kill.Targets = []string{"one"}
	s := simulate(t, o, func(n *fakeNode, src string, b body) bool {
		if b.Type == "init" && n.lives > 0 {
			n.run.Exited(n.id, "exit status 2", nil)
			return true
		}
		return false
	})
	if s.Err != nil || len(s.Problems) == 0 || !strings.Contains(s.Problems[0].Text, "exited with exit status 2 before it answered init") {
		t.Errorf("problems %+v, error %v", s.Problems, s.Err)
	}
}

func TestLateAnswerOfAPausedNodeIsNotItsFault(t *testing.T) {
	o := faultyOptions("pause")
	o.Faults.Pause.Targets, o.Faults.Pause.Duration, o.TimeLimit = []string{"one"}, 8*time.Second, 30*time.Second
	s := simulate(t, o, nil)
	if len(s.Problems) != 0 || !strings.Contains(strings.Join(s.Warnings, " "), "faults that hold nodes up are part of this run") {
		t.Errorf("problems %+v, warnings %q", s.Problems, s.Warnings)
	}
}

func TestFaultsThatAnEngineCannotDoAreRefused(t *testing.T) {
	for _, fault := range []string{"kill", "pause", "skew", "disk"} {
		o := faultyOptions(fault)
		env := Environment{Clock: &virtualClock{}}
		for range o.Nodes() {
			env.Nodes = append(env.Nodes, plainNode{})
		}
		if _, err := New(o, env); err == nil || !strings.Contains(err.Error(), "--nemesis "+fault) {
			t.Errorf("%s: %v", fault, err)
		}
	}
}

type plainNode struct{}

func (plainNode) Deliver([]byte, time.Duration) {}

// A flood that is not acknowledged anywhere loses what the network loses: faults are no decoration.
func TestFloodWithoutAcknowledgementDoesNotSurviveLoss(t *testing.T) {
	o := faultyOptions("loss")
	if out := simulate(t, o, nil).judge(t, o); out.Results.Valid != checker.Invalid {
		t.Errorf("the run is %v", out.Results.Valid)
	}
}
