package counter

import (
	"testing"
	"time"

	"eddy/actor/node/nodetest"
)

func TestGossipGetsThroughLossDuplicationAndReordering(t *testing.T) {
	for _, topology := range []string{Star, Mesh} {
		l := newLab(t, PNCounter(Config{Topology: topology}), "n0", "n1", "n2", "n3", "n4")
		l.Route = func(*nodetest.Message) []time.Duration {
			var delays []time.Duration
			for range l.World.Rand().IntN(3) { // none, one or two
				delays = append(delays, time.Duration(l.World.Rand().IntN(4000))*ms)
			}
			return append([]time.Duration{}, delays...)
		}
		want := 0
		for i := range 50 {
			want += i - 20
			l.add(l.IDs[i%5], i-20)
			l.Run(200 * ms)
		}
		l.Route = nil
		l.Run(10 * time.Second)
		if want != 225 {
			t.Fatal(want)
		}
		l.reads("225")
		l.Run(time.Minute)
		before := l.Sent
		l.Run(time.Hour)
		if l.Sent != before {
			t.Errorf("%s: %d messages in an idle hour", topology, l.Sent-before)
		}
	}
}

// Of three nodes in a star, in each interval: two tell the hub, the hub tells two. Acknowledgements ride along,
// but for the last.
func TestIntervalCostsTwoMessagesANodeAtMost(t *testing.T) {
	l := newLab(t, GCounter(Config{Interval: time.Second}), "n0", "n1", "n2")
	l.reads("0")
	before, seconds := l.Sent, 60
	for range seconds * 10 {
		for _, id := range l.IDs {
			l.add(id, 1)
		}
		l.Run(100 * ms)
	}
	l.Run(10 * time.Second)
	if got := l.Sent - before; got > 4*(seconds+3) {
		t.Errorf("%d messages in %d intervals", got, seconds)
	}
	l.reads("1800")
}

// A shard of its own for each life: were it the node's, what the new life adds would hide behind what others
// remember of the old one.
func TestWhatALifeAddsAfterAKillIsCounted(t *testing.T) {
	for _, id := range []string{"n0", "n1"} { // the hub, and another
		l := newLab(t, PNCounter(Config{}), "n0", "n1", "n2")
		l.expect("add_ok", l.add(id, 50), l.add("n2", 1))
		l.Run(10 * time.Second)
		l.Restart(id)
		l.expect("add_ok", l.add(id, 3))
		l.Run(10 * time.Second)
		l.reads("54")
	}
}

// A node that has just begun may have been killed: its first read waits for what the neighbours remember.
func TestFirstReadOfALifeAsksTheNeighbours(t *testing.T) {
	l := newLab(t, PNCounter(Config{Topology: Mesh}), "n0", "n1", "n2")
	l.expect("add_ok", l.add("n1", 50))
	l.Run(10 * time.Second)
	l.Restart("n1")
	n := l.read("n1")
	l.Run(100 * ms)
	if got := l.answer(n); got != "50" {
		t.Errorf("the first read shows %s", got)
	}
}

func TestFirstReadOfALifeDoesNotWaitForever(t *testing.T) {
	l := newLab(t, PNCounter(Config{Patience: 300 * ms}), "n0", "n1", "n2")
	l.Route = drop(func(*nodetest.Message) bool { return true })
	n := l.read("n1")
	l.Run(200 * ms)
	if got := l.answer(n); got != "nothing" {
		t.Errorf("answered with %s before its patience was over", got)
	}
	l.Run(200 * ms)
	if got := l.answer(n); got != "0" {
		t.Errorf("answered with %s", got)
	}
}

func TestStateOfAStrangerIsPassedOver(t *testing.T) {
	l := newLab(t, PNCounter(Config{}), "n0", "n1", "n2")
	l.Nodes["n1"].Feed([]byte(`{"src":"n2","dest":"n1","body":{"type":"counter_state","state":{"x":[5,0]}}}`))
	l.Nodes["n1"].Feed([]byte(`{"src":"n0","dest":"n1","body":{"type":"counter_state","state":{"x":[-5,0]}}}`))
	l.Run(time.Second)
	l.reads("0")
}
