package gossip

import (
	"testing"
	"time"
)

// hubAndLeaf runs a leaf that sends once a window against a hub whose windows
// close at its own times, with a flight both ways, and returns how early the
// leaf's batches come before a close.
func hubAndLeaf(flight func(i int) time.Duration, windows int) []time.Duration {
	const window, phase = 450 * time.Millisecond, 137 * time.Millisecond
	closesAfter := func(t time.Duration) time.Duration { return window - (t+window-phase)%window }
	p := newPacer(window)
	var early []time.Duration
	now := time.Second
	for i := range windows {
		sent := now + p.wait(now)
		arrived := sent + flight(2*i)
		before := closesAfter(arrived)
		early = append(early, before)
		heard := arrived + before + flight(2*i+1) // the hub answers at the close
		p.heardHub(heard, window)
		p.corrected(sent, before)
		now = heard
	}
	return early
}

func TestALeafMeetsTheHubsWindowWithoutASharedClock(t *testing.T) {
	early := hubAndLeaf(func(int) time.Duration { return 100 * time.Millisecond }, 10)
	for i, e := range early[1:] {
		if e < allowanceMin-time.Millisecond || e > allowanceMin+time.Millisecond {
			t.Errorf("batch %d comes %v before the close, want %v: %v", i+1, e, allowanceMin, early)
		}
	}
}

func TestALeafAllowsForLatenciesThatVary(t *testing.T) {
	vary := []time.Duration{0, 9, 3, 15, 6, 1, 12, 4, 14, 8, 2, 11, 5, 13, 7, 10}
	early := hubAndLeaf(func(i int) time.Duration { return (100 + vary[i*7%len(vary)]) * time.Millisecond }, 200)
	late := 0
	for _, e := range early[20:] {
		if e > 225*time.Millisecond { // came after the close, so very early for the next
			late++
		}
	}
	if late > 10 {
		t.Errorf("%d of 180 batches missed their window", late)
	}
}

func TestALeafThatKnowsNoCadenceSendsAtOnce(t *testing.T) {
	p := newPacer(450 * time.Millisecond)
	if wait := p.wait(10 * time.Millisecond); wait != 0 {
		t.Errorf("the first batch waits %v", wait)
	}
	p.heardHub(time.Second, 450*time.Millisecond)
	p.corrected(900*time.Millisecond, 20*time.Millisecond)
	if wait := p.wait(1100 * time.Millisecond); wait == 0 {
		t.Error("a leaf that knows the hub's cadence does not wait for it")
	}
	if wait := p.wait(10 * time.Second); wait != 0 {
		t.Errorf("after a long silence the next batch waits %v", wait)
	}
}
