package actor_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"eddy/actor"
)

const ms = time.Millisecond

// diary is what an actor handled, each with the world's time.
type diary struct{ entries []string }

func (d *diary) on(exec actor.Executor, name string, timers ...time.Duration) actor.Ref[string] {
	return actor.Spawn(actor.NewSystem(name, exec), "diary", func(c *actor.Context[string]) actor.Actor[string] {
		for _, after := range timers {
			c.After(after, fmt.Sprint("timer ", after))
		}
		return actor.Func[string](func(c *actor.Context[string], text string) {
			d.entries = append(d.entries, fmt.Sprint(c.Elapsed(), " ", name, " ", text))
		})
	})
}

func (d *diary) expect(t *testing.T, want ...string) {
	t.Helper()
	if !slices.Equal(d.entries, want) {
		t.Errorf("handled %q, want %q", d.entries, want)
	}
}

func TestPausedMachineHandlesNothingUntilItResumes(t *testing.T) {
	w, d := actor.NewWorld(1), &diary{}
	m := w.NewMachine()
	paused, beside := d.on(m, "paused", 20*ms, 90*ms), d.on(w, "beside", 20*ms)
	w.Run(10 * ms)
	m.Pause()
	w.At(30*ms, func() { paused.Send("first"); beside.Send("meanwhile") })
	w.At(40*ms, func() { paused.Send("second") })
	w.At(70*ms, m.Resume)
	w.Run(50 * ms)
	d.expect(t, "20ms beside timer 20ms", "30ms beside meanwhile")
	d.entries = nil
	w.Run(50 * ms)
	d.expect(t, "70ms paused timer 20ms", "70ms paused first", "70ms paused second", "90ms paused timer 90ms")
}

func TestWhatEntersAPausedMachineWaitsInOrder(t *testing.T) {
	m := actor.NewWorld(1).NewMachine()
	var entered []int
	enter := func(n int) { m.Enter(func() { entered = append(entered, n) }) }
	enter(1)
	m.Pause()
	enter(2)
	m.Pause()
	enter(3)
	if !m.Paused() || !slices.Equal(entered, []int{1}) {
		t.Fatalf("entered during the pause: %v", entered)
	}
	m.Resume()
	m.Resume()
	enter(4)
	if m.Paused() || !slices.Equal(entered, []int{1, 2, 3, 4}) {
		t.Errorf("entered: %v", entered)
	}
}

func TestWrongClockIsTheMachinesOwnAndShiftsTheTimeOfDayOnly(t *testing.T) {
	w := actor.NewWorld(1)
	m := w.NewMachine()
	var seen []string
	ask := actor.Spawn(actor.NewSystem("n1", m), "clock", func(*actor.Context[int]) actor.Actor[int] {
		return actor.Func[int](func(c *actor.Context[int], _ int) {
			seen = append(seen, fmt.Sprint(c.Now().Sub(w.Now()), " ", c.Elapsed()))
		})
	})
	for at, ahead := range map[time.Duration]time.Duration{0: 0, 10 * ms: time.Hour, 20 * ms: -time.Minute} {
		w.At(at, func() { m.SetClock(ahead); ask.Send(0) })
	}
	w.Run(30 * ms)
	if want := []string{"0s 0s", "1h0m0s 10ms", "-1m0s 20ms"}; !slices.Equal(seen, want) {
		t.Errorf("seen %q, want %q", seen, want)
	}
}

// A pause changes when things happen, and a seed still fixes all of it.
func TestPausesReplayWithTheirSeed(t *testing.T) {
	run := func(seed uint64) []string {
		w, d := actor.NewWorld(seed), &diary{}
		for i := range 4 {
			m := w.NewMachine()
			ref := d.on(m, fmt.Sprint("n", i), 7*ms, 31*ms)
			for k := range 20 {
				w.At(time.Duration(w.Rand().IntN(100))*ms, func() { ref.Send(fmt.Sprint(k)) })
			}
			w.At(time.Duration(w.Rand().IntN(50))*ms, m.Pause)
			w.At(time.Duration(50+w.Rand().IntN(50))*ms, m.Resume)
		}
		w.Run(time.Second)
		return d.entries
	}
	for seed := range uint64(20) {
		first := run(seed)
		if len(first) != 4*22 {
			t.Fatalf("seed %d: %d of %d messages and timers were handled", seed, len(first), 4*22)
		}
		if !slices.Equal(first, run(seed)) {
			t.Fatalf("seed %d gave two runs", seed)
		}
	}
}
