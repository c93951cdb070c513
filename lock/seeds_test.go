package lock_test

import (
	"testing"

	"eddy/internal/testscale"
	"eddy/kv"
	"eddy/lock"
	"eddy/simtest"
	"eddy/testbench"
	workload "eddy/workload/lock"
)

// wanted has two clients a node ask for locks at a good rate.
func wanted(o *testbench.Options) { o.Concurrency, o.Rate = "2n", 50 }

func TestLocksHaveOneHolderThroughEveryFault(t *testing.T) {
	t.Parallel()
	simtest.Run(t, simtest.Cluster{
		Service: lock.Service(lock.Config{Raft: kv.Config{Data: "simulated"}}), Workload: workload.New(), Options: wanted,
		Faults: []string{"partition", "loss", "duplicate", "reorder", "pause", "kill"},
		Seeds:  int(testscale.Seeds(20, 20, 1000)),
	})
}

func TestDeliberateMistakesOfTheLockAreFound(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("takes long")
	}
	for bug, failure := range map[lock.Bug]string{
		lock.ImpatientLease: "a lock with two holders",
		lock.StaleSighting:  "a lock with two holders",
		lock.AnyToken:       "a lock with two holders",
		lock.TokensRepeat:   "tokens that do not grow",
	} {
		t.Run(string(bug), func(t *testing.T) {
			t.Parallel()
			simtest.Finds(t, simtest.Cluster{
				Service: lock.Service(lock.Config{Bug: bug}), Workload: workload.New(), Options: wanted,
				Faults: []string{"partition", "loss"}, Seeds: 300,
			}, failure)
		})
	}
}
