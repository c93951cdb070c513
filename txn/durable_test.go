package txn

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/nodetest"
	"eddy/internal/disk"
)

// storm writes a key each in transactions while all nodes are killed again and again and syncs fail now and then, and
// counts the acknowledged writes that some node does not have in the end.
func storm(t *testing.T, seed uint64, config Config) (acknowledged, lost int) {
	config.Journal.Dir, config.Journal.SnapshotBytes = "simulated", 2000
	disks := map[string]*disk.Simulated{}
	c := nodetest.Empty(t, seed, Service(config))
	c.Options = func(id string) node.Options {
		if disks[id] == nil {
			disks[id] = &disk.Simulated{}
		}
		return node.Options{Disk: disks[id].Open()}
	}
	c.IDs = []string{"n0", "n1", "n2"}
	c.StartAll()
	c.Run(time.Millisecond)
	rng := rand.New(rand.NewPCG(seed, 3))
	keys := map[int64]int{}
	for range 12 {
		for range rng.IntN(12) {
			key := len(keys) + 1
			keys[c.Ask(c.IDs[rng.IntN(3)], fmt.Sprintf(`"type":"txn","txn":[["w",%d,1],["w",0,%d]]`, key, key))] = key
			c.Run(time.Duration(rng.IntN(3000)) * time.Microsecond)
		}
		if id := c.IDs[rng.IntN(3)]; rng.IntN(3) == 0 {
			disks[id].Faults.SyncFails = true
			c.Run(5 * time.Millisecond)
		}
		for _, id := range c.IDs {
			c.Kill(id)
			disks[id].Kill(rng)
		}
		c.StartAll()
		c.Run(time.Duration(rng.IntN(100)) * time.Millisecond)
	}
	c.Run(20 * time.Second)
	for _, id := range c.IDs {
		for number := int64(1); number <= int64(len(keys)); number++ {
			if m := c.Reply(number); m == nil || m.Type() != "txn_ok" {
				continue
			}
			acknowledged++
			if m := c.Must(id, fmt.Sprintf(`"type":"txn","txn":[["r",%d,null]]`, keys[number])); !strings.HasSuffix(m.Text("txn"), ",1]]") {
				lost++
			}
		}
	}
	return acknowledged, lost
}

func TestAcknowledgedTransactionsSurviveKillsOfAllNodes(t *testing.T) {
	for _, strategy := range []Strategy{Transactions, Writes} {
		total := 0
		for seed := range uint64(100) {
			acknowledged, lost := storm(t, seed, Config{Strategy: strategy})
			if lost > 0 {
				t.Errorf("%s, seed %d: lost %d of %d", strategy, seed, lost, acknowledged)
			}
			total += acknowledged
		}
		if total < 3000 {
			t.Errorf("%s: only %d writes were acknowledged", strategy, total)
		}
	}
}

func TestTransactionsAreLostByAWrongJournal(t *testing.T) {
	for _, bug := range []journal.Bug{journal.AckBeforeSync, journal.SkipLast, journal.IgnoreSyncError} {
		found := false
		for seed := uint64(0); seed < 300 && !found; seed++ {
			_, lost := storm(t, seed, Config{Journal: journal.Options{Bug: bug}})
			found = lost > 0
		}
		if !found {
			t.Errorf("%s: not found in 300 seeds", bug)
		}
	}
}
