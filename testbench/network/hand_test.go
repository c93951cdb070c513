package network

import (
	"testing"
)

// Of three messages the first is waited for by the receiver's loop, the others are in its queue.
func TestMessagesOnTheirWayAreDroppedAndDelayed(t *testing.T) {
	for _, ideal := range []bool{false, true} {
		w := newWorld(Config{Latency: Latency{MeanMs: 100}, IdealDelivery: ideal})
		for _, body := range []string{"a", "b", "c"} {
			w.send(t, "n0", "n1", body)
		}
		w.clock.until(50 * ms)
		if flying := w.Flying(); len(flying) != 3 || flying[0].ID != 0 || flying[2].Due != 100*ms {
			t.Fatalf("on their way: %v", flying)
		}
		if !w.Drop(0) || !w.Delay(1, 200*ms) || w.Drop(7) || w.Delay(7, ms) {
			t.Error("0 and 1 are on their way, 7 is not")
		}
		late, other := "299ms n0>n1 b", "99ms n0>n1 c"
		if ideal {
			late, other = "300ms n0>n1 b", "100ms n0>n1 c"
		}
		w.expect(t, "50ms lost by loss n0>n1 a", other, late)
		if n := len(w.Flying()); n != 0 {
			t.Errorf("%d are still on their way", n)
		}
	}
}

func TestACutIsMendedAlone(t *testing.T) {
	w := newWorld(constant(10))
	w.Cut("n1", "n0")
	w.Cut("n2", "n0")
	w.Mend("n1", "n0")
	w.Mend("n1", "n0")
	if w.Cuts() != 1 || w.IsCut("n1", "n0") || !w.IsCut("n2", "n0") {
		t.Errorf("%d links are cut", w.Cuts())
	}
	w.SetLatency(Latency{MeanMs: 30})
	w.send(t, "n0", "n1", "x")
	w.send(t, "n0", "n2", "y")
	w.expect(t, "0s lost by partition n0>n2 y", "29ms n0>n1 x")
}
