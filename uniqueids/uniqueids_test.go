package uniqueids

import "testing"

func TestSnowflakesGrowThoughTheClockStepsBack(t *testing.T) {
	g := &snowflake{place: 1023, life: 15}
	clock := []int64{5, 5, 6, 3, 3, 1, 6, 7, 2, 7, 8}
	last := int64(0)
	for i, now := range clock {
		id := g.next(now)
		if id <= last {
			t.Fatalf("id %d at clock %d is %d, not above %d", i, now, id, last)
		}
		last = id
	}
	if g.millis != 8 {
		t.Errorf("the generator is at %d ms, the clock at 8", g.millis)
	}
}

func TestSnowflakesOutlastAMillisecondsCount(t *testing.T) {
	g := &snowflake{}
	seen := map[int64]bool{}
	for range 10 * countMax {
		id := g.next(1000)
		if seen[id] {
			t.Fatalf("%d comes twice", id)
		}
		seen[id] = true
	}
	if g.millis != 1009 {
		t.Errorf("ten counts took until %d ms, want 1009", g.millis)
	}
}

func TestSnowflakesOfAllNodesAndLivesDiffer(t *testing.T) {
	seen := map[int64]bool{}
	for place := range int64(nodesMax) {
		for life := range int64(1 << lifeBits) {
			g := &snowflake{place: place, life: life}
			for range 3 {
				id := g.next(1 << 40)
				if seen[id] || id < 0 {
					t.Fatalf("node %d, life %d: %d comes twice or is negative", place, life, id)
				}
				seen[id] = true
			}
		}
	}
}
