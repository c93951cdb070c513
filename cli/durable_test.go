package cli

import (
	"strings"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/counter"
	"eddy/gossip"
	"eddy/internal/testscale"
	"eddy/kafka"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
)

// durable are the services and strategies that keep what they have acknowledged on a disk.
var durable = []struct{ workload, strategy string }{
	{"g-counter", ""},
	{"pn-counter", "--topology mesh"},
	{"pn-counter", "--strategy seq-kv --write behind"},
	{"g-counter", "--strategy seq-kv --write behind --read owners"},
	{"unique-ids", "--strategy snowflake"},
	{"broadcast", ""},
	{"broadcast", "--strategy flood"},
	{"broadcast", "--strategy detour"},
	{"g-set", "--strategy origin --ack cumulative"},
	{"g-set", "--strategy batch --topology clusters:3"},
	{"g-set", "--strategy paced"},
	{"kafka", ""},
	{"kafka", "--acks all"},
	{"kafka", "--strategy owner"},
	{"txn-rw-register", ""},
	{"lin-kv", ""},
	{"txn-list-append", "--strategy raft"},
	{"lock", ""},
}

// killed are options of a run in which all nodes are killed at once, again and again, and disks are full, slow or fail,
// among other faults.
func killed(workload string, seed uint64) testbench.Options {
	o := faulty(workload, seed, "kill", "disk", "partition", "loss", "duplicate", "reorder", "pause")
	o.Faults.Kill.Targets = []string{"all", "majority"}
	return asPromised(o)
}

// asPromised has a run judged by what the service promises while nodes are killed.
func asPromised(o testbench.Options) testbench.Options {
	if o.Workload == "txn-rw-register" {
		o.ConsistencyModels = []string{"read-committed", "read-atomic"} // which says little of lost writes: see package txn
	}
	return o
}

func TestKillOfAllNodesLosesNothingThatIsOnADisk(t *testing.T) {
	t.Parallel()
	for _, s := range durable {
		t.Run(s.workload+" "+s.strategy, func(t *testing.T) {
			valid, lost := 0, int64(0)
			for seed := range 4 * faultySeeds() {
				out := simulated(t, killed(s.workload, seed), s.strategy+" --data simulated").run()
				switch {
				case out.Results.Valid == checker.Valid:
					valid++
				case len(out.Results.Witnesses) > 0 || len(out.Results.Problems) > 0: // else the nodes were down for too long for a verdict
					t.Errorf("seed %d: %s, %+v, %+v", seed, virtual.Failure(&out), out.Results.Witnesses, out.Results.Problems)
				}
				lost += out.Run.Net.Harm.LostWithNode
			}
			if valid == 0 || lost == 0 {
				t.Errorf("%d runs were valid, and %d messages were lost with their nodes", valid, lost)
			}
		})
	}
}

// In these seeds an owner was killed when it had appended what another node had forwarded, and its next incarnation was
// forwarded the same.
func TestForwardedMessageIsAppendedOnceThoughItsOwnerIsKilled(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{359175962, 672681388} {
		o := testbench.Defaults(eddy.workloads)
		o.Workload, o.Seed, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.Recovery = "kafka", seed, 5, "2n", 50, 15*time.Second, 20*time.Second
		o.Nemesis, o.NemesisInterval = []string{"disk", "kill", "partition", "loss", "duplicate", "reorder", "pause"}, 3*time.Second
		if out := simulated(t, o, "--strategy owner --data simulated").run(); out.Results.Valid != checker.Valid {
			t.Errorf("seed %d: %s, %+v", seed, virtual.Failure(&out), out.Results.Witnesses)
		}
	}
}

// A reader that is not further behind than what is kept misses nothing, also on nodes that were killed and have other parts
// of a log on their disks than the others kept. In seed 25 a poll of such a node skipped entries.
func TestRetentionLosesNothingToReadersThatKeepUp(t *testing.T) {
	t.Parallel()
	for strategy, faults := range map[string][]string{
		"--data simulated":                      {"kill", "disk"},
		"--data simulated --strategy owner":     {"kill", "disk"},
		"--strategy cas --chunk-bytes 500":      {"kill"},
		"--strategy fallback --chunk-bytes 500": {"kill"},
	} {
		for i := range testscale.Seeds(2, 4, 200) {
			seed := 25 + i
			o := testbench.Defaults(eddy.workloads)
			o.Workload, o.Seed, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.Recovery = "kafka", seed, 5, "2n", 100, 20*time.Second, 20*time.Second
			o.Nemesis, o.NemesisInterval = append(faults, "partition", "loss", "duplicate", "reorder", "pause"), 3*time.Second
			o.Operations.KeyCount, o.Operations.MaxWritesPerKey = 2, 100_000
			if out := simulated(t, o, strategy+" --retention 300").run(); out.Results.Valid != checker.Valid {
				t.Errorf("%s, seed %d: %s, %+v", strategy, seed, virtual.Failure(&out), out.Results.Witnesses)
			}
		}
	}
}

// In these seeds a node was killed whose disk did not have a value, while another one, killed too, took it for granted
// that it had: the value had come from there.
func TestValueThatAPeersDiskLostIsGivenBack(t *testing.T) {
	t.Parallel()
	for _, seed := range []uint64{271058058, 374876775} {
		o := testbench.Defaults(eddy.workloads)
		o.Workload, o.Seed, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.Recovery = "broadcast", seed, 5, "2n", 20, 15*time.Second, 20*time.Second
		o.Nemesis, o.NemesisInterval = []string{"disk", "kill", "partition", "loss", "duplicate", "reorder", "pause"}, 3*time.Second
		if out := simulated(t, o, "--strategy paced --data simulated").run(); out.Results.Valid != checker.Valid {
			t.Errorf("seed %d: %s, %+v", seed, virtual.Failure(&out), out.Results.Witnesses)
		}
	}
}

// journals are services by the options of their journal, to be made wrong.
var journals = []struct {
	workload string
	service  func(journal.Options) node.Service
}{
	{"g-counter", func(o journal.Options) node.Service { return counter.GCounter(counter.Config{Journal: o}) }},
	{"broadcast", func(o journal.Options) node.Service { return gossip.Broadcast(gossip.Config{Journal: o}) }},
	{"g-set", func(o journal.Options) node.Service {
		return gossip.GSet(gossip.Config{Dissemination: gossip.Paced, Journal: o})
	}},
	{"kafka", func(o journal.Options) node.Service { return kafka.Service(kafka.Config{Journal: o}) }},
	{"pn-counter", func(o journal.Options) node.Service {
		return counter.PNCounter(counter.Config{Strategy: counter.Store, Write: counter.Behind, Journal: o})
	}},
}

// Journals this short are replaced all the time.
func TestJournalsAreReplacedWithoutLoss(t *testing.T) {
	t.Parallel()
	for _, s := range journals {
		for seed := range 6 * faultySeeds() {
			run := simulated(t, killed(s.workload, seed), "")
			run.nodes.Service = s.service(journal.Options{Dir: "simulated", SyncLatency: 5 * time.Millisecond, SnapshotBytes: 200})
			if out := run.run(); len(out.Results.Witnesses) > 0 || len(out.Results.Problems) > 0 {
				t.Errorf("%s, seed %d: %s, %+v, %+v", s.workload, seed, virtual.Failure(&out), out.Results.Witnesses, out.Results.Problems)
			}
		}
	}
}

func TestDeliberateMistakesOfAJournalAreFound(t *testing.T) {
	t.Parallel()
	for _, s := range journals {
		for _, bug := range []journal.Bug{journal.AckBeforeSync, journal.SkipLast, journal.NoChecksum, journal.IgnoreSyncError} {
			t.Run(s.workload+" "+string(bug), func(t *testing.T) {
				for seed := range uint64(bugSeeds) {
					o := faulty(s.workload, seed, "kill", "disk")
					o.Faults.Disk.Harms = []string{"sync"}
					o.TimeLimit, o.NemesisInterval, o.Faults.Kill.Targets = 8*time.Second, time.Second, []string{"all"}
					if bug == journal.NoChecksum { // not with the first act, when files have only their first line
						o.Faults.Disk.Harms, o.Faults.Disk.Targets = []string{"slow", "flip"}, []string{"one"}
						o.TimeLimit, o.NemesisInterval, o.Rate, o.Concurrency, o.NodeCount = 15*time.Second, 3*time.Second, 100, "10n", 2
						if s.workload == "broadcast" { // what a disk has made of a value a neighbour may still have to say
							o.Rate, o.NodeCount = 300, 1
						}
					}
					run := simulated(t, o, "")
					run.nodes.Service = s.service(journal.Options{Dir: "simulated", SyncLatency: 50 * time.Millisecond, Bug: bug})
					if out := run.run(); len(out.Results.Witnesses) > 0 && len(out.Results.Problems) == 0 {
						t.Logf("seed %d: %s, %s", seed, virtual.Failure(&out), out.Results.Witnesses[0].Kind)
						return
					}
				}
				t.Errorf("not found in %d seeds", bugSeeds)
			})
		}
	}
}

// A flipped bit never shows as a wrong value: a node that finds one refuses to start, and says where it is.
func TestFlippedBitsOnDisksEndNodesAndChangeNoValue(t *testing.T) {
	t.Parallel()
	refused := 0
	for _, s := range durable {
		for seed := range 4 * faultySeeds() {
			o := faulty(s.workload, seed, "kill", "disk")
			o.Faults.Disk.Harms, o.Faults.Kill.Targets = []string{"flip"}, []string{"one", "minority"}
			out := simulated(t, asPromised(o), s.strategy+" --data simulated").run()
			if len(out.Results.Witnesses) > 0 && len(out.Results.Problems) == 0 {
				t.Errorf("%s %s, seed %d: %+v", s.workload, s.strategy, seed, out.Results.Witnesses)
			}
			for _, p := range out.Results.Problems {
				if strings.Contains(p.Text, "the simulated disk is") {
					refused++
				}
			}
		}
	}
	if refused == 0 {
		t.Error("no node refused to start")
	}
}
