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
		if !w.Drop(0) || !w.Delay(1, 200*ms) || w.Drop(7) || w.Delay(7, ms) {
			t.Error("0 and 1 are on their way, 7 is not")
		}
		late, other := "299ms n0>n1 b", "99ms n0>n1 c"
		if ideal {
			late, other = "300ms n0>n1 b", "100ms n0>n1 c"
		}
		w.expect(t, "50ms lost by loss n0>n1 a", other, late)
		if w.Drop(0) || w.Drop(1) || w.Drop(2) {
			t.Error("one is still on its way")
		}
	}
}

func TestACutIsMendedAlone(t *testing.T) {
	w := newWorld(constant(10))
	w.Cut("n1", "n0")
	w.Cut("n2", "n0")
	w.Mend("n1", "n0")
	w.Mend("n1", "n0")
	if w.Cuts() != 1 {
		t.Errorf("%d links are cut", w.Cuts())
	}
	w.SetLatency(Latency{MeanMs: 30})
	w.send(t, "n0", "n1", "x")
	w.send(t, "n0", "n2", "y")
	w.expect(t, "0s lost by partition n0>n2 y", "29ms n0>n1 x")
}
