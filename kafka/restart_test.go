package kafka

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// What every node had when one of them lost its memory, all have afterwards,
// and no offset is given out twice.
func TestARestartedNodeIsToldEverythingAndRepeatsNoOffset(t *testing.T) {
	for name, config := range configs() {
		n := newNetwork(t, 3, 3, config)
		offsets := map[int64]int{}
		for i := range 60 {
			offsets[n.send(n.names[i%3], "a", fmt.Sprint(i))]++
		}
		n.call("n0", `"type":"commit_offsets","offsets":{"a":7}`)
		n.world.Run(3 * time.Second)
		for round := range 3 {
			n.restart(n.names[round])
			n.world.Run(10 * ms)
			for i := range 30 {
				offsets[n.send(n.names[(round+i)%3], "a", fmt.Sprint(1000*(round+1)+i))]++
			}
			n.world.Run(5 * time.Second)
		}
		want := n.everything("n0", "a")
		if len(want) != 150 || len(offsets) != 150 {
			t.Errorf("%s: %d of 150 messages are there, at %d offsets", name, len(want), len(offsets))
		}
		for _, on := range n.names {
			if got := n.everything(on, "a"); !slices.Equal(got, want) {
				t.Errorf("%s: %s has %v\nand n0 %v", name, on, got, want)
			}
			if got := n.call(on, `"type":"list_committed_offsets","keys":["a"]`).Body.Offsets["a"]; got != 7 {
				t.Errorf("%s: on %s %d is committed", name, on, got)
			}
		}
	}
}

// A reader of a node that is still being told what it forgot sees no gap.
func TestPollsOfARestartedNodeSkipNothing(t *testing.T) {
	for name, config := range configs() {
		config.ChunkBytes = 0 // of small ones there would be more to read than a client waits
		n := newNetwork(t, 5, 3, config)
		for i := range 300 {
			n.send(n.names[i%3], "a", fmt.Sprintf(`"%d-%01000d"`, i, 0))
		}
		n.world.Run(3 * time.Second)
		n.restart("n1")
		var seen []string
		for i := range 100 {
			n.send(n.names[i%3], "a", fmt.Sprint(i))
			next := int64(0)
			if len(seen) > 0 {
				next = int64(offsetIn(seen[len(seen)-1])) + 1
			}
			seen = append(seen, entries(n.call("n1", poll("a", next)), "a")...)
		}
		n.world.Run(5 * time.Second)
		whole := n.everything("n0", "a")
		if len(whole) != 400 || len(seen) > len(whole) || !slices.Equal(seen, whole[:len(seen)]) {
			t.Errorf("%s: %d entries, of which polls showed %d with gaps", name, len(whole), len(seen))
		}
	}
}

// With acknowledgement by all a send waits for every node, but not beyond its
// client's patience.
func TestAcksAllWaitsForAllButNotForEver(t *testing.T) {
	n := newNetwork(t, 1, 3, Config{Strategy: Leaderless, Acks: AcksAll})
	n.send("n0", "a", "1")
	cut := true
	n.lost = func(src, dest string) bool { return cut && (src == "n2" || dest == "n2") }
	start := n.world.Elapsed()
	if s := n.call("n0", send("a", "2")); s.Body.Type != "error" || s.Body.Code != 0 {
		t.Errorf("while a node is cut off a send was answered %+v", s.Body)
	}
	if took := n.world.Elapsed() - start; took < 4*time.Second || took > 4900*ms {
		t.Errorf("the answer took %v", took)
	}
	answered := false
	n.ask("n0", send("a", "3"), func(s said) { answered = s.Body.Type == "send_ok" })
	n.world.Run(2 * time.Second)
	if answered {
		t.Error("a send was acknowledged that a node cannot have")
	}
	cut = false
	n.world.Run(2 * time.Second)
	if !answered {
		t.Error("the send was not acknowledged when all could have it")
	}
	if got := n.everything("n2", "a"); len(got) != 3 {
		t.Errorf("n2 has %v", got)
	}
}

// A killed node takes with it what it alone had been told: acks 1 says so.
func TestWhatOnlyAKilledNodeHadIsGone(t *testing.T) {
	n := newNetwork(t, 1, 2, Config{Strategy: Leaderless, Window: time.Second, Retry: 5 * time.Second})
	n.send("n0", "a", "1")
	n.world.Run(10 * time.Second)
	n.send("n0", "a", "2")
	n.send("n0", "a", "3")
	n.restart("n0")
	n.world.Run(10 * time.Second)
	if got := n.everything("n1", "a"); len(got) == 3 {
		t.Errorf("%v are all there: then this test shows nothing", got)
	}
}
