package counter

import (
	"testing"
	"time"
)

func TestGossipGetsThroughLossDuplicationAndReordering(t *testing.T) {
	for _, topology := range []string{Star, Mesh} {
		l := newLab(t, PNCounter(Config{Topology: topology}), "n0", "n1", "n2", "n3", "n4")
		l.route = func(line) []time.Duration {
			var delays []time.Duration
			for range l.world.Rand().IntN(3) { // none, one or two
				delays = append(delays, time.Duration(l.world.Rand().IntN(4000))*ms)
			}
			return append([]time.Duration{}, delays...)
		}
		want := 0
		for i := range 50 {
			want += i - 20
			l.add(l.ids[i%5], i-20)
			l.run(200 * ms)
		}
		l.route = nil
		l.run(10 * time.Second)
		if want != 225 {
			t.Fatal(want)
		}
		l.reads("225")
		l.run(time.Minute)
		before := l.servers
		l.run(time.Hour)
		if l.servers != before {
			t.Errorf("%s: %d messages in an idle hour", topology, l.servers-before)
		}
	}
}

// Of three nodes in a star, in each interval: two tell the hub, the hub tells two. Acknowledgements ride along,
// but for the last.
func TestIntervalCostsTwoMessagesANodeAtMost(t *testing.T) {
	l := newLab(t, GCounter(Config{Interval: time.Second}), "n0", "n1", "n2")
	l.reads("0")
	before, seconds := l.servers, 60
	for range seconds * 10 {
		for _, id := range l.ids {
			l.add(id, 1)
		}
		l.run(100 * ms)
	}
	l.run(10 * time.Second)
	if got := l.servers - before; got > 4*(seconds+3) {
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
		l.run(10 * time.Second)
		l.nodes[id].Kill()
		l.start(id)
		l.expect("add_ok", l.add(id, 3))
		l.run(10 * time.Second)
		l.reads("54")
	}
}

// A node that has just begun may have been killed: its first read waits for what the neighbours remember.
func TestFirstReadOfALifeAsksTheNeighbours(t *testing.T) {
	l := newLab(t, PNCounter(Config{Topology: Mesh}), "n0", "n1", "n2")
	l.expect("add_ok", l.add("n1", 50))
	l.run(10 * time.Second)
	l.nodes["n1"].Kill()
	l.start("n1")
	n := l.ask("n1", "read", "")
	l.run(100 * ms)
	if got := l.answer(n); got != "50" {
		t.Errorf("the first read shows %s", got)
	}
}

func TestFirstReadOfALifeDoesNotWaitForever(t *testing.T) {
	l := newLab(t, PNCounter(Config{Patience: 300 * ms}), "n0", "n1", "n2")
	l.route = drop(func(line) bool { return true })
	n := l.ask("n1", "read", "")
	l.run(200 * ms)
	if got := l.answer(n); got != "nothing" {
		t.Errorf("answered with %s before its patience was over", got)
	}
	l.run(200 * ms)
	if got := l.answer(n); got != "0" {
		t.Errorf("answered with %s", got)
	}
}

func TestStateOfAStrangerIsPassedOver(t *testing.T) {
	l := newLab(t, PNCounter(Config{}), "n0", "n1", "n2")
	l.nodes["n1"].Feed([]byte(`{"src":"n2","dest":"n1","body":{"type":"counter_state","state":{"x":[5,0]}}}`))
	l.nodes["n1"].Feed([]byte(`{"src":"n0","dest":"n1","body":{"type":"counter_state","state":{"x":[-5,0]}}}`))
	l.run(time.Second)
	l.reads("0")
}
