package network

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

func TestDuplicateIsOneMessageThatArrivesTwice(t *testing.T) {
	w := newWorld(constant(100))
	w.SetWeather(Weather{Duplicate: 1})
	w.send(t, "n0", "n1", "x")
	w.send(t, "c0", "n1", "ask")
	w.SetWeather(Weather{})
	w.send(t, "n0", "n2", "y")
	w.expect(t, "0s c0>n1 ask", "99ms n0>n1 x", "99ms n0>n1 x", "99ms n0>n2 y")
	want := Stats{All: Counts{3, 4, 3}, Clients: Counts{1, 1, 1}, Servers: Counts{2, 3, 2}, Harm: Harm{Duplicated: 1}}
	if w.Stats() != want {
		t.Errorf("counts %+v, want %+v", w.Stats(), want)
	}
}

func TestHeldBackMessagesAreOvertaken(t *testing.T) {
	w := newWorld(Config{Latency: Latency{MeanMs: 10}, IdealDelivery: true})
	w.SetWeather(Weather{Reorder: 0.5, ReorderDelay: 50 * ms})
	for i := range 100 {
		w.send(t, "n0", "n1", fmt.Sprintf("%03d", i))
	}
	w.clock.until(time.Hour)
	held := w.Stats().Harm.HeldBack
	if len(w.got) != 100 || held < 30 || held > 70 || w.clock.now < 10*ms {
		t.Fatalf("%d of 100 messages arrived, %d were held back", len(w.got), held)
	}
	order := make([]string, 0, 100)
	for _, line := range w.got {
		order = append(order, line[len(line)-3:])
	}
	if slices.IsSorted(order) {
		t.Error("nothing was overtaken")
	}
}

func TestLatencySpikeIsOfMessagesSentDuringIt(t *testing.T) {
	w := newWorld(Config{Latency: Latency{MeanMs: 10}, IdealDelivery: true})
	w.send(t, "n0", "n1", "before")
	w.SetWeather(Weather{LatencyFactor: 10})
	w.send(t, "n0", "n1", "in it")
	w.send(t, "c0", "n1", "ask")
	w.SetWeather(Weather{})
	w.send(t, "n0", "n2", "after")
	w.expect(t, "0s c0>n1 ask", "10ms n0>n1 before", "10ms n0>n2 after", "100ms n0>n1 in it")
	if slowed := w.Stats().Harm.Slowed; slowed != 1 {
		t.Errorf("%d messages were slow", slowed)
	}
}

// One message is held by the receiver's loop, the others are in its queue.
func TestWhatIsOnItsWayToAKilledNodeIsLost(t *testing.T) {
	for _, ideal := range []bool{false, true} {
		w := newWorld(Config{Latency: Latency{MeanMs: 100}, IdealDelivery: ideal})
		w.send(t, "n0", "n1", "held")
		w.clock.until(10 * ms)
		w.send(t, "n2", "n1", "queued")
		w.Down("n1")
		w.send(t, "c0", "n1", "ask")
		w.clock.until(20 * ms)
		w.Admit("n1", "c0")
		w.send(t, "c0", "n1", "init")
		w.send(t, "n0", "n1", "too early")
		w.clock.until(200 * ms)
		w.Up("n1")
		w.send(t, "n1", "n0", "again")
		w.send(t, "n0", "n1", "there")
		late := "299ms"
		if ideal {
			late = "300ms"
		}
		early := map[bool]string{false: "20ms", true: "120ms"}[ideal]
		w.expect(t,
			"10ms lost by killed n0>n1 held", "10ms lost by killed n2>n1 queued", "10ms lost by killed c0>n1 ask",
			"20ms c0>n1 init", early+" lost by killed n0>n1 too early",
			late+" n1>n0 again", late+" n0>n1 there")
		if lost := w.Stats().Harm.LostWithNode; lost != 4 {
			t.Errorf("%d messages lost with the node, want 4", lost)
		}
		w.got = nil
	}
}

func TestDivisionStandsForManyCuts(t *testing.T) {
	w := newWorld(constant(0))
	w.Divide(func(dest, src string) bool { return dest == "n1" || src == "c0" }, 2)
	if w.Cuts() != 2 {
		t.Errorf("%d links are cut", w.Cuts())
	}
	w.send(t, "n0", "n1", "a")
	w.send(t, "n1", "n0", "b")
	w.send(t, "c0", "n2", "ask")
	w.clock.until(ms)
	w.Heal()
	w.send(t, "n0", "n1", "c")
	w.expect(t, "0s lost by partition n0>n1 a", "0s n1>n0 b", "0s c0>n2 ask", "1ms n0>n1 c")
}
