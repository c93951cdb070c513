package uniqueids

import (
	"strconv"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

// generated gives the ids of a node that is killed between any two of them, with its clock set elsewhere each time.
func generated(t *testing.T, seed uint64, o journal.Options) (ids []int64) {
	o.Dir = "simulated"
	var d disk.Simulated
	l := nodetest.Empty(t, seed, Service(Config{Strategy: Snowflake, Journal: o}))
	l.Options = func(string) node.Options { return node.Options{Disk: d.Open()} }
	l.IDs = []string{"n1"}
	l.StartAll()
	rng := l.World.Rand()
	for range 50 {
		for range rng.IntN(4) {
			id, err := strconv.ParseInt(l.Must("n1", `"type":"generate"`).Text("id"), 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
			l.Run(time.Duration(rng.IntN(1500)) * time.Millisecond)
		}
		l.Kill("n1")
		d.Kill(rng)
		l.Start("n1")
		l.Nodes["n1"].SetClock(time.Duration(rng.IntN(7200)-3600) * time.Second)
	}
	return ids
}

func grow(ids []int64) bool {
	for i := 1; i < len(ids); i++ {
		if ids[i] <= ids[i-1] {
			return false
		}
	}
	return len(ids) > 30
}

func TestSnowflakesOnADiskGrowThroughKillsAndWrongClocks(t *testing.T) {
	for seed := range uint64(50) {
		if ids := generated(t, seed, journal.Options{}); !grow(ids) {
			t.Errorf("seed %d: %v", seed, ids)
		}
	}
}

func TestSnowflakesOfAWrongJournalGoBack(t *testing.T) {
	for _, bug := range []journal.Bug{journal.AckBeforeSync, journal.SkipLast} {
		found := false
		for seed := uint64(0); seed < 300 && !found; seed++ {
			found = !grow(generated(t, seed, journal.Options{Bug: bug, SyncLatency: 200 * time.Millisecond}))
		}
		if !found {
			t.Errorf("%s: not found in 300 seeds", bug)
		}
	}
}
