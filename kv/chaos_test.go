package kv

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"eddy/actor/node/journal"
)

// figure8 runs a cluster in which leaders are cut off again and again, alone or
// with one or two others, while writes of a key each go on. Then the network is
// whole again, every node is killed and comes back, and the acknowledged writes
// that are gone are counted. It is the scenario of
// figure 8 of In Search of an Understandable Consensus Algorithm, left to chance.
func figure8(t *testing.T, seed uint64, bug Bug) (acknowledged, lost int) {
	c := newCluster(t, seed, 5, Config{Bug: bug, BatchBytes: 2048, Data: "simulated", DiskLatency: 500 * time.Microsecond})
	c.latency = 5 * time.Millisecond
	rng := c.world.Rand()
	keys := map[int64]string{}
	var written []string
	c.answer = func(id int64, s said) {
		if s.Type == "write_ok" {
			written = append(written, keys[id])
		}
	}
	for number := range 400 {
		c.world.At(time.Duration(number)*15*time.Millisecond, func() {
			key := fmt.Sprint(number)
			keys[c.ask(c.ids[rng.IntN(5)], write(key, "1"))] = key
		})
	}
	var strike func()
	strike = func() {
		c.heal()
		if c.world.Elapsed() > 6*time.Second {
			return
		}
		if c.leads != "" {
			with := []string{c.leads}
			others := c.others(c.leads)
			for range rng.IntN(3) {
				with = append(with, others[rng.IntN(len(others))])
			}
			for _, a := range c.ids {
				for _, b := range c.ids {
					if slices.Contains(with, a) != slices.Contains(with, b) {
						c.cut[a+" "+b] = true
					}
				}
			}
		}
		c.world.At(c.world.Elapsed()+time.Duration(40+rng.IntN(500))*time.Millisecond, strike)
	}
	strike()
	c.run(8*time.Second, stormMessages)
	for _, id := range c.ids {
		c.kill(id)
	}
	if at := c.contradiction(); at > 0 {
		t.Logf("replicas have committed different entries %d", at)
		return len(written), 1
	}
	for _, id := range c.ids {
		c.start(id)
	}
	c.run(2*time.Second, stormMessages)
	c.answer = nil
	var reads []int64
	for i, key := range written {
		reads = append(reads, c.ask(c.ids[i%len(c.ids)], read(key)))
	}
	c.run(time.Second, stormMessages)
	for _, number := range reads {
		if s := c.answers[number]; s.Type == "error" && s.Code == 20 {
			lost++
		}
	}
	return len(written), lost
}

// contradiction looks into the disks of dead replicas for an entry that two of
// them have committed with different terms (State Machine Safety, figure 3 of the
// same paper), and gives its index; 0 if there is none.
func (c *cluster) contradiction() uint64 {
	terms := map[uint64]uint64{}
	for _, id := range c.ids {
		log := c.config.Bug.memory()
		all, err := c.disks[id].Open().Read()
		if err != nil {
			c.t.Fatal(err)
		}
		kept, err := journal.Read(id, all)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, b := range kept.Batches {
			if err := load(b.Records, log); err != nil {
				c.t.Fatal(err)
			}
		}
		hard, _, err := log.InitialState()
		first, failed := log.FirstIndex()
		if err != nil || failed != nil {
			c.t.Fatal(err, failed)
		}
		for i := first; i <= hard.GetCommit(); i++ {
			term, err := log.Term(i)
			if err != nil {
				c.t.Fatal(err)
			}
			if other, known := terms[i]; known && other != term {
				return i
			}
			terms[i] = term
		}
	}
	return 0
}

// stormMessages is more than healthy replicas send each other in any part of the
// run; replicas whose logs contradict each other may go on for ever.
const stormMessages = 6_000

// run runs the world for a time, or until so many messages more have been sent.
func (c *cluster) run(d time.Duration, messages int) {
	until, most := c.world.Elapsed()+d, c.sent+messages
	over := false
	c.world.At(until, func() { over = true })
	c.world.RunWhile(func() bool { return !over && c.sent < most })
}

func TestAcknowledgedWritesOutlastLeadersThatAreCutOff(t *testing.T) {
	seeds := uint64(5)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		if acknowledged, lost := figure8(t, seed, ""); lost > 0 || acknowledged < 100 {
			t.Errorf("seed %d: %d writes acknowledged, %d of them lost", seed, acknowledged, lost)
		}
	}
}

func TestMistakesThatNeedLeadersCutOffAreFound(t *testing.T) {
	for _, bug := range []Bug{OlderTermByCounting, NoTruncation} {
		t.Run(string(bug), func(t *testing.T) {
			for seed := range uint64(300) {
				if acknowledged, lost := figure8(t, seed, bug); lost > 0 {
					t.Logf("seed %d: %d of %d acknowledged writes lost", seed, lost, acknowledged)
					return
				}
			}
			t.Error("not found in 300 seeds")
		})
	}
}
