package simtest

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/gossip"
	"eddy/workload/broadcast"
	"eddy/workload/linkv"
)

// recorder is a test that goes on after it has failed, and keeps what it was told.
type recorder struct {
	testing.TB
	told   strings.Builder
	failed bool
}

func (r *recorder) Errorf(format string, args ...any) {
	r.failed = true
	fmt.Fprintf(&r.told, format+"\n", args...)
}
func (r *recorder) Logf(format string, args ...any) { fmt.Fprintf(&r.told, format+"\n", args...) }
func (r *recorder) Fatal(args ...any)               { r.Errorf("%v", args...); panic(r) }

// record runs f with a recorder.
func record(t *testing.T, f func(testing.TB)) *recorder {
	r := &recorder{TB: t}
	func() {
		defer func() {
			if p := recover(); p != nil && p != any(r) {
				panic(p)
			}
		}()
		f(r)
	}()
	return r
}

func flooding(ack gossip.Ack) Cluster {
	return Cluster{
		Service:  gossip.Broadcast(gossip.Config{Dissemination: gossip.Flood, Ack: ack}),
		Workload: broadcast.New(), Faults: []string{"partition"}, Seeds: 20,
	}
}

func TestAServiceThatLosesNothingPasses(t *testing.T) {
	r := record(t, func(tb testing.TB) { Run(tb, flooding(gossip.AckEach)) })
	if r.failed || !strings.Contains(r.told.String(), "seeds: ") {
		t.Error(r.told.String())
	}
}

func TestAFailureIsShrunkReportedAndCanBeReplayed(t *testing.T) {
	c := flooding(gossip.AckNone)
	r := record(t, func(tb testing.TB) { Run(tb, c) })
	text := r.told.String()
	for _, want := range []string{"lost", "INVALID", "What went wrong first", ", and never again.", "replay: go test -run '^TestAFailureIsShrunkReportedAndCanBeReplayed$' -eddy.seed=", "files "} {
		if !strings.Contains(text, want) {
			t.Errorf("the failure does not say %q:\n%s", want, text)
		}
	}
	var seed uint64
	_, command, _ := strings.Cut(text, "-eddy.seed=")
	if _, err := fmt.Sscan(command, &seed); err != nil {
		t.Fatal(err)
	}
	_, smaller, _ := strings.Cut(strings.TrimSpace(command), "-eddy.smaller=")
	if smaller == "" {
		t.Error("it was not shrunk")
	}
	again := record(t, func(tb testing.TB) { c.replay(tb, seed, smaller) })
	if !again.failed || !strings.Contains(again.told.String(), "INVALID") {
		t.Errorf("the replay: %s", again.told.String())
	}
	_, dir, _ := strings.Cut(again.told.String(), "files ")
	dir, _, _ = strings.Cut(strings.TrimSpace(dir), "\n")
	if _, err := os.Stat(dir + "/messages.jsonl"); err != nil {
		t.Errorf("the files of the run: %v", err)
	}
	_ = os.RemoveAll(dir)
}

func TestAnInvariantIsCheckedAfterEveryStep(t *testing.T) {
	c := flooding(gossip.AckEach)
	service, steps := c.Service, 0
	c.Service, c.Start, c.Seeds = nil, func(k *Checks) node.Service {
		k.Always("there are few steps", func() error {
			if steps++; steps > 1000 {
				return errors.New("there were more than 1000")
			}
			return nil
		})
		return service
	}, 1
	r := record(t, func(tb testing.TB) { Run(tb, c) })
	if text := r.told.String(); !strings.Contains(text, "invariant there are few steps is broken") || !strings.Contains(text, "there were more than 1000") {
		t.Error(text)
	}
}

func TestAStateThatNoSeedReachesFailsTheTest(t *testing.T) {
	for _, reach := range []bool{true, false} {
		c := flooding(gossip.AckEach)
		service := c.Service
		c.Service, c.Start, c.Seeds = nil, func(k *Checks) node.Service {
			k.Sometimes("the moon is full", func() bool { return reach })
			return service
		}, 2
		r := record(t, func(tb testing.TB) { Run(tb, c) })
		if r.failed == reach || !reach && !strings.Contains(r.told.String(), `"the moon is full" was reached by none of`) {
			t.Errorf("reached %v: %s", reach, r.told.String())
		}
	}
}

func TestAClusterThatMakesNoSenseIsRefused(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Cluster)
		want   string
	}{
		{"no service", func(c *Cluster) { c.Service = nil }, "give the cluster a Service, or a Start"},
		{"no workload", func(c *Cluster) { c.Workload.Name = "" }, "a workload has no Name"},
		{"no fault of that name", func(c *Cluster) { c.Faults = []string{"flood"} }, "flood"},
		{"a cluster of less than a node", func(c *Cluster) { c.Nodes = -1 }, "node-count"},
	} {
		cluster := flooding(gossip.AckEach)
		c.change(&cluster)
		r := record(t, func(tb testing.TB) { Run(tb, cluster) })
		if !r.failed || !strings.Contains(r.told.String(), c.want) {
			t.Errorf("%s: %s; want %s", c.name, r.told.String(), c.want)
		}
	}
}

func TestFindsSaysWhatElseFailed(t *testing.T) {
	r := record(t, func(tb testing.TB) { Finds(tb, flooding(gossip.AckNone), "not linearizable") })
	if !r.failed || !strings.Contains(r.told.String(), `none of 20 seeds failed with "not linearizable"; failures of other kinds: map[`) {
		t.Error(r.told.String())
	}
}

func TestFindsSaysThatAllWereValid(t *testing.T) {
	c := flooding(gossip.AckEach)
	c.Seeds = 2
	r := record(t, func(tb testing.TB) { Finds(tb, c, "lost values") })
	if !r.failed || !strings.Contains(r.told.String(), `none of 2 seeds failed with "lost values"; all were valid`) {
		t.Error(r.told.String())
	}
}

func TestASmallerRunNeedsItsSeed(t *testing.T) {
	*smallerFlag = "nodes=2"
	defer func() { *smallerFlag = "" }()
	r := record(t, func(tb testing.TB) { Run(tb, flooding(gossip.AckEach)) })
	if !r.failed || !strings.Contains(r.told.String(), "give -eddy.seed as well") {
		t.Error(r.told.String())
	}
}

func TestTheShapeOfAFuzzedRunStaysWithinItsBounds(t *testing.T) {
	c := flooding(gossip.AckEach)
	o := c.shaped(7, []byte{0, 255, 4, 200, 49})
	if len(o.Nemesis) != 0 || o.NodeCount != 1+255%10 || o.Rate != 80 || o.LatencyMs != 200 || o.NemesisInterval != 5*time.Second || o.Seed != 7 {
		t.Errorf("%+v", o)
	}
	plain, same := c.options(7), c.shaped(7, nil)
	plain.Workloads, same.Workloads = nil, nil
	if fmt.Sprintf("%+v", plain) != fmt.Sprintf("%+v", same) {
		t.Errorf("without a shape: %+v", same)
	}
}

func TestGroupsOfWorkersAreThereWithoutAsking(t *testing.T) {
	c := Cluster{Service: gossip.Broadcast(gossip.Config{}), Workload: linkv.New(), Nodes: 3}
	if o := c.options(1); o.Validate() != nil || o.Workers() != 6 {
		t.Errorf("%d workers, %v", o.Workers(), o.Validate())
	}
}

func FuzzBroadcast(f *testing.F) {
	Fuzz(f, flooding(gossip.AckEach))
}
