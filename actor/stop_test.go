package actor_test

import (
	"slices"
	"testing"
	"time"

	"eddy/actor"
)

func TestStopWithinNothingIsBoundedAlsoAtTheBeginningOfTime(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	actor.Spawn(sys, "busy", func(c *actor.Context[int]) actor.Actor[int] {
		actor.Spawn(c, "child", func(c *actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(c *actor.Context[int], _ int) { c.Self().Send(1) })
		}).Send(1)
		return actor.Func[int](func(*actor.Context[int], int) {})
	})
	_ = sys.Stop(0)
	if w.Elapsed() != 0 {
		t.Errorf("a stop within 0 took %v", w.Elapsed())
	}
}

func TestBeginStopDoesNotWait(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	sys.BeginStop(time.Second)
	select {
	case <-sys.Done():
		t.Error("the world was run by BeginStop")
	default:
	}
	w.Run(0)
	select {
	case <-sys.Done():
	default:
		t.Error("the system goes on after BeginStop")
	}
}

func TestSecondLifeOfANodeDrawsAnew(t *testing.T) {
	draw := func(w *actor.World) uint64 {
		var drawn uint64
		sys := actor.NewSystem("n1", w)
		actor.Spawn(sys, "gambler", func(c *actor.Context[int]) actor.Actor[int] {
			drawn = c.Rand().Uint64()
			return actor.Func[int](func(*actor.Context[int], int) {})
		})
		w.Run(time.Second)
		_ = sys.Stop(time.Second)
		return drawn
	}
	lives := func() []uint64 { w := actor.NewWorld(7); return []uint64{draw(w), draw(w)} }
	first := lives()
	if first[0] == first[1] {
		t.Errorf("both lives drew %d", first[0])
	}
	if again := lives(); !slices.Equal(first, again) {
		t.Errorf("the same seed drew %v, then %v", first, again)
	}
}

// kinds records the kinds of events of a World, in order.
type kinds struct{ seen []actor.EventKind }

func (k *kinds) Record(e *actor.Record) { k.seen = append(k.seen, e.Kind) }

type idlePanics struct{}

func (idlePanics) Receive(*actor.Context[int], int) {}
func (idlePanics) Idle()                            { panic("idle") }

func TestEveryPanicIsRecordedWhereverItHappens(t *testing.T) {
	for name, construct := range map[string]actor.Constructor[int]{
		"constructor": func(*actor.Context[int]) actor.Actor[int] { panic("constructor") },
		"idle hook":   func(*actor.Context[int]) actor.Actor[int] { return idlePanics{} },
	} {
		recorded := &kinds{}
		w := actor.NewWorld(1)
		to := actor.Spawn(actor.NewSystem("n1", w, actor.WithObserver(recorded)), "unlucky", construct, actor.EndsAlone(), actor.Restarts(1, time.Hour))
		w.Run(time.Second)
		to.Send(1)
		w.Run(time.Second)
		panics := 0
		for _, kind := range recorded.seen {
			if kind == actor.EventPanic {
				panics++
			}
		}
		if panics != 2 {
			t.Errorf("%s: %d panics recorded of 2: %v", name, panics, recorded.seen)
		}
	}
}

func TestOpenRequestsAreCounted(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	silent := actor.Spawn(sys, "silent", func(*actor.Context[ask]) actor.Actor[ask] {
		return actor.Func[ask](func(*actor.Context[ask], ask) {})
	})
	actor.Spawn(sys, "asker", func(c *actor.Context[int]) actor.Actor[int] {
		return actor.Func[int](func(c *actor.Context[int], m int) {
			if m == 1 {
				actor.Ask(c, silent, time.Second, func(r actor.Reply[string]) ask { return ask{reply: r} }, func(actor.Answer[string]) int { return 0 })
			}
		})
	}).Send(1)
	asking := func() int { return sys.Stats()[0].Asking }
	w.Run(time.Millisecond)
	if n := asking(); n != 1 {
		t.Errorf("%d requests open, not 1", n)
	}
	w.Run(time.Second)
	if n := asking(); n != 0 {
		t.Errorf("%d requests open after the deadline", n)
	}
}
