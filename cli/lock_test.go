package cli

import (
	"testing"
	"time"

	"eddy/internal/testscale"
	"eddy/kv"
	"eddy/lock"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
	workload "eddy/workload/lock"
)

func locked(seed uint64, faults ...string) testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Seed, o.NodeCount, o.Concurrency = "lock", seed, 5, "2n"
	o.Rate, o.TimeLimit = 50, 20*time.Second
	o.Nemesis, o.NemesisInterval = faults, 3*time.Second
	return o
}

func TestLocksHaveOneHolderThroughEveryFault(t *testing.T) {
	t.Parallel()
	for seed := range testscale.Seeds(2, 20, 1000) {
		s := simulated(t, locked(seed, "partition", "loss", "duplicate", "reorder", "pause", "kill"), "--data x")
		out := s.run()
		if out.Err != nil {
			t.Fatalf("%s: %v", s.command(), out.Err)
		}
		r := out.Results.Workload.(*workload.Results)
		if out.Results.Valid != checker.Valid && !virtual.Vacuous(&out) {
			t.Errorf("%s: %s", s.command(), virtual.Failure(&out))
		}
		if r.GrantCount < 20 {
			t.Errorf("%s: %d grants prove little", s.command(), r.GrantCount)
		}
	}
}

func TestDeliberateMistakesOfTheLockAreFound(t *testing.T) {
	t.Parallel()
	for _, m := range []struct {
		bug   lock.Bug
		found func(*workload.Results) int
	}{
		{lock.ImpatientLease, func(r *workload.Results) int { return r.OverlapCount }},
		{lock.StaleSighting, func(r *workload.Results) int { return r.OverlapCount }},
		{lock.AnyToken, func(r *workload.Results) int { return r.StaleCount }},
		{lock.TokensRepeat, func(r *workload.Results) int { return r.RepeatCount }},
	} {
		t.Run(string(m.bug), func(t *testing.T) {
			s := simulated(t, locked(1, "partition", "loss"), "")
			s.nodes.service = lock.Service(lock.Config{Bug: m.bug, Raft: kv.Config{}})
			for seed := range uint64(bugSeeds) {
				out := s.seeded(seed).run()
				if m.found(out.Results.Workload.(*workload.Results)) > 0 {
					t.Logf("seed %d: %s", seed, virtual.Failure(&out))
					return
				}
			}
			t.Errorf("not found in %d seeds", bugSeeds)
		})
	}
}
