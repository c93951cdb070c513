package actor_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
)

// gated is an actor whose first message waits for a gate, so that its mailbox
// can be filled behind it.
type gated struct {
	entered chan struct{}
	gate    chan struct{}
	heard   []int
}

func (g *gated) Receive(_ *actor.Context[numbered], m numbered) {
	if m.n == 0 {
		close(g.entered)
		<-g.gate
	}
	g.heard = append(g.heard, m.n)
	m.reply.Send(fmt.Sprint(g.heard))
}

type numbered struct {
	n       int
	reply   actor.Reply[string]
	refused chan<- error
}

func (m numbered) Refuse(cause error) {
	if m.refused != nil {
		m.refused <- cause
	}
}

// fillGated sends 0 to hold the actor, then 1 to 5 into a mailbox of 3.
func fillGated(t *testing.T, policy actor.Overflow, refused chan<- error) (deliveries string, ref actor.Ref[numbered], g *gated, sys *actor.System) {
	t.Helper()
	sys = actor.NewSystem("n1", actor.Live())
	g = &gated{entered: make(chan struct{}), gate: make(chan struct{})}
	ref = actor.Spawn(sys, "gated", func(*actor.Context[numbered]) actor.Actor[numbered] { return g },
		actor.Capacity(3), actor.WhenFull(policy))
	ref.Send(numbered{n: 0})
	<-g.entered
	var all []string
	for n := 1; n <= 5; n++ {
		all = append(all, ref.Send(numbered{n: n, refused: refused}).String())
	}
	return strings.Join(all, " "), ref, g, sys
}

func rejectedBy(sys *actor.System, path string) int {
	for _, s := range sys.Stats() {
		if s.Path == path {
			return s.Rejected
		}
	}
	return -1
}

func TestAFullMailboxAnswersByItsPolicy(t *testing.T) {
	for _, c := range []struct {
		policy     actor.Overflow
		deliveries string
		heard      string
		refusals   int
	}{
		{actor.Reject, "accepted accepted accepted rejected rejected", "[0 1 2 3]", 0},
		{actor.DropNewest, "accepted accepted accepted dropped dropped", "[0 1 2 3]", 0},
		{actor.DropOldest, "accepted accepted accepted accepted accepted", "[0 3 4 5]", 2},
	} {
		refused := make(chan error, 5)
		deliveries, _, g, sys := fillGated(t, c.policy, refused)
		if deliveries != c.deliveries {
			t.Errorf("policy %d: %s, want %s", c.policy, deliveries, c.deliveries)
		}
		close(g.gate)
		if n := rejectedBy(sys, "gated"); n != 2 {
			t.Errorf("policy %d: %d rejections counted, want 2", c.policy, n)
		}
		stop(t, sys)
		if heard := fmt.Sprint(g.heard); heard != c.heard {
			t.Errorf("policy %d: heard %s, want %s", c.policy, heard, c.heard)
		}
		if len(refused) != c.refusals {
			t.Errorf("policy %d: %d messages were told that they are refused, want %d", c.policy, len(refused), c.refusals)
		}
	}
}

func TestASinkMakesItsSendersWait(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		var heard []int
		sink := actor.Spawn(sys, "sink", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(_ *actor.Context[int], n int) { heard = append(heard, n) })
		}, actor.Capacity(2), actor.WhenFull(actor.Wait))
		source := actor.Spawn(sys, "source", func(*actor.Context[ask]) actor.Actor[ask] {
			return actor.Func[ask](func(_ *actor.Context[ask], m ask) {
				for n := range 100 {
					if d := sink.Send(n); d != actor.Accepted {
						t.Errorf("message %d: %v", n, d)
					}
				}
				m.reply.Send("sent")
			})
		})
		say(t, source, "go")
		stop(t, sys)
		if len(heard) != 100 || heard[99] != 99 {
			t.Errorf("the sink heard %v", heard)
		}
	})
}

func TestSendWaitFeelsBackPressure(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		heard := 0
		ref := actor.Spawn(sys, "slow", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(*actor.Context[int], int) { heard++ })
		}, actor.Capacity(1))
		for n := range 1000 {
			if d := ref.SendWait(n); d != actor.Accepted {
				t.Fatalf("message %d: %v", n, d)
			}
		}
		stop(t, sys)
		if heard != 1000 {
			t.Errorf("heard %d of 1000", heard)
		}
	})
}

func TestStopReachesAnActorWhoseMailboxIsFull(t *testing.T) {
	_, ref, g, sys := fillGated(t, actor.Reject, nil)
	ref.Stop()
	close(g.gate)
	stop(t, sys)
	if got := fmt.Sprint(g.heard); got != "[0 1 2 3]" {
		t.Errorf("heard %s before the end", got)
	}
}

func TestStatsCountWhatHappened(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		parent := actor.Spawn(sys, "parent", func(c *actor.Context[ask]) actor.Actor[ask] {
			spawnParrot(c, "link/n7")
			return &parrot{}
		})
		for range 3 {
			say(t, parent, "hello")
		}
		_ = sayErr(parent, "panic")
		say(t, parent, "hello")
		var paths []string
		for _, s := range sys.Stats() {
			paths = append(paths, s.Path)
			if s.Path == "parent" && (s.Received != 5 || s.Restarts != 1 || s.Deepest < 1) {
				t.Errorf("%+v", s)
			}
		}
		if got := strings.Join(paths, " "); got != "parent parent/link/n7" {
			t.Errorf("actors: %s", got)
		}
	})
}

func TestANameIsTakenOnce(t *testing.T) {
	sys := actor.NewSystem("n1", actor.NewWorld(1))
	spawnParrot(sys, "p")
	for _, name := range []string{"p", "", "/p", "p/"} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("a second actor, or one without a name, was spawned as %q", name)
				}
			}()
			spawnParrot(sys, name)
		}()
	}
}

func TestSpawningInAnEndedSystemGivesADeadRef(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		stop(t, sys)
		if d := spawnParrot(sys, "late").Send(ask{what: "hello"}); d != actor.Stopped {
			t.Errorf("a message to it is %v", d)
		}
	})
}

func TestATickerKeepsItsBeat(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	var at []time.Duration
	ref := actor.Spawn(sys, "p", func(*actor.Context[string]) actor.Actor[string] {
		return actor.Func[string](func(c *actor.Context[string], _ string) { at = append(at, c.Elapsed()) })
	})
	ticker := actor.SpawnTicker(sys, "ticker", 100*time.Millisecond, "tick", ref)
	w.Run(250 * time.Millisecond)
	ticker.Send(actor.Pace{Every: 40 * time.Millisecond})
	w.Run(100 * time.Millisecond)
	ticker.Send(actor.Pace{})
	w.Run(time.Hour)
	if got := fmt.Sprint(at); got != "[100ms 200ms 290ms 330ms]" {
		t.Errorf("ticks at %s", got)
	}
}
