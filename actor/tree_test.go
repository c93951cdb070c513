package actor_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
)

// column makes an actor with a child, which has a child, and so on; bottom makes
// the last one.
func column(levels int, bottom actor.Constructor[int]) actor.Constructor[int] {
	return func(c *actor.Context[int]) actor.Actor[int] {
		if levels == 2 {
			actor.Spawn(c, "c", bottom)
		} else {
			actor.Spawn(c, "c", column(levels-1, bottom))
		}
		return idle{}
	}
}

// idle handles everything and does nothing.
type idle struct{}

func (idle) Receive(*actor.Context[int], int) {}

func newIdle(*actor.Context[int]) actor.Actor[int] { return idle{} }

func TestIdleTreeStopsWithoutAnErrorHoweverDeepOrWideItIs(t *testing.T) {
	for name, tree := range map[string]actor.Constructor[int]{
		"1,000 levels": column(1000, newIdle),
		"10,000 children": func(c *actor.Context[int]) actor.Actor[int] {
			for i := range 10_000 {
				actor.Spawn(c, fmt.Sprint("c", i), newIdle)
			}
			return idle{}
		},
	} {
		t.Run(name, func(t *testing.T) {
			onBoth(t, func(t *testing.T, on actor.Executor) {
				sys := actor.NewSystem("n1", on)
				grown := actor.Spawn(sys, "r", tree)
				if grown.Send(1) != actor.Accepted {
					t.Fatal("the tree does not take a message")
				}
				if err := sys.Stop(time.Minute); err != nil {
					t.Errorf("%.200v", err)
				}
			})
		})
	}
}

func TestBusyActorDeepInATreeIsNamedAloneWithTheTimeWaited(t *testing.T) {
	sys := actor.NewSystem("n1", actor.Live())
	hanging, release := make(chan struct{}), make(chan struct{})
	defer close(release)
	levels := 200
	actor.Spawn(sys, "c", column(levels, func(c *actor.Context[int]) actor.Actor[int] {
		c.Self().Send(1)
		return actor.Func[int](func(*actor.Context[int], int) { close(hanging); <-release })
	}))
	<-hanging
	within := 2 * time.Second
	began := sys.Elapsed()
	err := sys.Stop(within)
	waited := sys.Elapsed() - began
	var hung *actor.HungError
	if !errors.As(err, &hung) {
		t.Fatalf("stop: %v", err)
	}
	if want := strings.Repeat("c/", levels-1) + "c"; !slices.Equal(hung.Paths, []string{want}) {
		t.Errorf("%d paths are named, the first %d long, want the last level alone, %d long", len(hung.Paths), len(hung.Paths[0]), len(want))
	}
	if hung.Within > waited || hung.Within < within*9/10 {
		t.Errorf("the error tells of %v; the stop was bounded by %v and took %v", hung.Within, within, waited)
	}
}

func TestShorterSecondStopReachesTheWholeTree(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	actor.Spawn(sys, "c", column(5, func(c *actor.Context[int]) actor.Actor[int] {
		c.Self().Send(1)
		return actor.Func[int](func(c *actor.Context[int], _ int) { // never idle
			c.After(time.Millisecond, 1)
			c.Self().Send(1)
		})
	}))
	sys.BeginStop(time.Hour)
	w.Run(0)
	if err := sys.Stop(time.Second); err != nil {
		t.Errorf("stop: %v", err)
	}
	if w.Elapsed() > time.Second {
		t.Errorf("the second stop, within 1s, took %v", w.Elapsed())
	}
}

func TestStoppedMeansNotHandled(t *testing.T) {
	rounds := 100
	if testing.Short() {
		rounds = 20
	}
	for policy, name := range map[actor.Overflow]string{actor.Reject: "reject", actor.DropNewest: "drop newest", actor.DropOldest: "drop oldest", actor.Wait: "wait"} {
		t.Run(name, func(t *testing.T) {
			for range rounds {
				handled := make(map[int]bool) // the actor's, until the system has stopped
				sys := actor.NewSystem("s", actor.Live())
				a := actor.Spawn(sys, "a", func(*actor.Context[int]) actor.Actor[int] {
					return actor.Func[int](func(_ *actor.Context[int], n int) { handled[n] = true })
				}, actor.WhenFull(policy), actor.Capacity(4))
				const senders = 3
				refused := make(chan int, senders)
				for s := range senders {
					go func() {
						for n := s; ; n += senders {
							if a.Send(n) == actor.Stopped {
								refused <- n
								return
							}
						}
					}()
				}
				a.Stop()
				var answered []int
				for range senders {
					answered = append(answered, <-refused)
				}
				if err := sys.Stop(time.Minute); err != nil {
					t.Fatal(err)
				}
				for _, n := range answered {
					if handled[n] {
						t.Fatalf("message %d was answered Stopped and handled", n)
					}
				}
			}
		})
	}
}
