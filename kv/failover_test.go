package kv

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"eddy/internal/testscale"
)

// untilNextWrite kills the leader of a cluster whose clients write all the time,
// and gives the time until the next write is acknowledged.
func untilNextWrite(t *testing.T, seed uint64, config Config) time.Duration {
	c := newCluster(t, seed, 5, config)
	c.must("n1", write("1", "1"))
	var keepWriting func()
	keepWriting = func() {
		for i, id := range c.ids {
			c.ask(id, write(fmt.Sprint(i), "1"))
		}
		c.world.At(c.world.Elapsed()+20*time.Millisecond, keepWriting)
	}
	keepWriting()
	c.world.Run(time.Second + time.Duration(seed%10)*13*time.Millisecond)
	killed := c.leads
	c.kill(killed)
	at, next := c.world.Elapsed(), time.Duration(0)
	c.world.Run(2 * c.latency) // what the leader had said before
	c.answer = func(_ int64, s said) {
		if s.Type == "write_ok" && next == 0 {
			next = c.world.Elapsed() - at
		}
	}
	c.world.RunWhile(func() bool { return next == 0 && c.world.Elapsed() < at+10*time.Second })
	if c.leads == killed || next == 0 {
		t.Fatalf("seed %d: nobody leads %v after the leader's end", seed, c.world.Elapsed()-at)
	}
	return next
}

func TestNextWriteComesWithinTwoElectionTimeoutsOfTheLeadersEnd(t *testing.T) {
	config := Config{Latency: 10 * time.Millisecond}
	bound := 2 * time.Duration(config.filled().Election) * config.Latency
	var times []time.Duration
	seeds := uint64(21)
	if testing.Short() {
		seeds = 5
	}
	for seed := range seeds {
		times = append(times, untilNextWrite(t, seed, config))
	}
	slices.Sort(times)
	t.Logf("least %v, median %v, most %v", times[0], times[len(times)/2], times[len(times)-1])
	if median := times[len(times)/2]; median > bound {
		t.Errorf("the next write is acknowledged after %v in the median, want %v", median, bound)
	}
}

// untilNextLeader kills the leader of a cluster that has done nothing for a while, and gives the time until another leads.
func untilNextLeader(t *testing.T, seed uint64, size int) time.Duration {
	c := newCluster(t, seed, size, Config{})
	c.world.Run(time.Second) // clients come when every node has replied to init
	c.must("n1", write("1", "1"))
	c.world.Run(3*time.Second + time.Duration(seed%100)*7*time.Millisecond)
	killed, at := c.leads, c.world.Elapsed()
	c.kill(killed)
	c.world.RunWhile(func() bool { return c.leads == killed && c.world.Elapsed() < at+10*time.Second })
	return c.world.Elapsed() - at
}

func TestIdleClusterHasAnotherLeaderWithinASecondOfLosingOne(t *testing.T) {
	seeds := uint64(testscale.Seeds(200, 20, 1000))
	for _, size := range []int{3, 5} {
		var times []time.Duration
		for seed := range seeds {
			times = append(times, untilNextLeader(t, seed, size))
		}
		slices.Sort(times)
		t.Logf("%d nodes: least %v, median %v, most %v", size, times[0], times[len(times)/2], times[len(times)-1])
		if most := times[len(times)-1]; most > time.Second {
			t.Errorf("%d nodes: the next leader comes after %v, want a second at most", size, most)
		}
	}
}

func TestIdleLeaderSaysLittle(t *testing.T) {
	c := newCluster(t, 1, 3, Config{})
	c.must("n1", write("1", "1"))
	c.world.Run(3 * time.Second)
	before, leads := c.sent, c.leads
	c.world.Run(10 * time.Second)
	// A heartbeat to each of two in 300 ms, and an answer to every second or third.
	if n := c.sent - before; n > 110 || c.leads != leads {
		t.Errorf("%d messages in ten seconds in which nothing happens, led by %s after %s", n, c.leads, leads)
	}
}
