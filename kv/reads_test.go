package kv

import (
	"testing"
	"time"
)

func TestReadsCostWhatTheirModePromises(t *testing.T) {
	cost := func(mode Reads, at func(leader string, c *cluster) string) int {
		c := newCluster(t, 1, 5, Config{Read: mode, Heartbeat: 50, Election: 200, ClientTimeout: 6 * time.Second})
		c.must("n1", write("1", "1"))
		c.world.Run(3 * time.Second)
		id := at(c.leads, c)
		c.must(id, read("1"))
		c.world.Run(500*time.Millisecond - c.world.Elapsed()%(500*time.Millisecond) + 20*time.Millisecond) // behind a heartbeat
		before := c.sent
		c.must(id, read("1"))
		return c.sent - before
	}
	leader := func(leader string, _ *cluster) string { return leader }
	follower := func(leader string, c *cluster) string { return c.others(leader)[0] }
	for _, c := range []struct {
		name     string
		mode     Reads
		at       func(string, *cluster) string
		min, max int
	}{
		{"index at the leader", ReadIndex, leader, 4, 4},          // heartbeats to as many as make a majority, and their answers
		{"index at a follower", ReadIndex, follower, 4, 4},        // a question, which counts as its heartbeat, and its answer; another heartbeat
		{"lease at the leader", ReadLease, leader, 0, 0},          // nothing
		{"lease at a follower", ReadLease, follower, 2, 2},        // a question and its answer
		{"through the log, at the leader", ReadLog, leader, 4, 4}, // as a write
	} {
		if n := cost(c.mode, c.at); n < c.min || n > c.max {
			t.Errorf("%s: %d messages, want %d to %d", c.name, n, c.min, c.max)
		}
	}
}

func TestLeaseEndsBeforeAnotherCanLead(t *testing.T) {
	c := newCluster(t, 1, 3, Config{Read: ReadLease})
	c.must("n1", write("1", "1"))
	c.world.Run(time.Second)
	deposed := c.leads
	c.isolate(deposed)
	other := c.others(deposed)[0]
	c.must(other, write("1", "2"))
	if got := c.do(deposed, read("1")); got.Type == "read_ok" {
		t.Errorf("a deposed leader reads %s", got.Value)
	}
}

func TestLeaseOfALeaderThatStoodStillIsOver(t *testing.T) {
	c := newCluster(t, 1, 3, Config{Read: ReadLease})
	c.must("n1", write("1", "1"))
	c.world.Run(time.Second)
	paused := c.leads
	c.nodes[paused].Pause()
	other := c.others(paused)[0]
	c.must(other, write("1", "2"))
	number := c.ask(paused, read("1"))
	c.nodes[paused].Resume()
	c.world.Run(2 * time.Second)
	if got := c.answers[number]; got.Type == "read_ok" && string(got.Value) != "2" {
		t.Errorf("a leader that stood still reads %s after 2 was written", got.Value)
	}
}
