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

// onBoth runs a claim on either executor: two executors, one behaviour.
func onBoth(t *testing.T, claim func(t *testing.T, on actor.Executor)) {
	t.Run("live", func(t *testing.T) { claim(t, actor.Live()) })
	for _, seed := range []uint64{1, 2, 3} {
		t.Run(fmt.Sprintf("world-%d", seed), func(t *testing.T) { claim(t, actor.NewWorld(seed)) })
	}
}

// ask is the message of the test actors below.
type ask struct {
	what  string
	reply actor.Reply[string]
}

// settle lets a world do what is to be done; live actors do it anyway.
func settle(on actor.Executor) {
	if w, simulated := on.(*actor.World); simulated {
		w.Run(time.Second)
	}
}

const patience = 5 * time.Second

func say(t *testing.T, to actor.Ref[ask], what string) string {
	t.Helper()
	answer, err := actor.Call(to, patience, func(r actor.Reply[string]) ask { return ask{what, r} })
	if err != nil {
		t.Fatalf("%s to %s: %v", what, to.Path(), err)
	}
	return answer
}

func sayErr(to actor.Ref[ask], what string) error {
	_, err := actor.Call(to, patience, func(r actor.Reply[string]) ask { return ask{what, r} })
	return err
}

// parrot counts and answers, and does what it is told to.
type parrot struct {
	heard   []string
	stopped chan<- string
	onStop  func()
}

func (p *parrot) Receive(c *actor.Context[ask], m ask) {
	switch m.what {
	case "panic":
		panic("told to")
	case "stop yourself":
		c.Stop()
		m.reply.Send("stopping")
		return
	case "heard":
		m.reply.Send(strings.Join(p.heard, ","))
		return
	case "restarts":
		m.reply.Send(fmt.Sprint(c.Restarts()))
		return
	}
	p.heard = append(p.heard, m.what)
	m.reply.Send("heard " + m.what)
}

func (p *parrot) Stopped() {
	if p.onStop != nil {
		p.onStop()
	}
	if p.stopped != nil {
		p.stopped <- strings.Join(p.heard, ",")
	}
}

func spawnParrot(s actor.Scope, name string, opts ...actor.Option) actor.Ref[ask] {
	return actor.Spawn(s, name, func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{} }, opts...)
}

func stop(t *testing.T, sys *actor.System) {
	t.Helper()
	if err := sys.Stop(patience); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestMessagesSentBeforeTheStartAreHandled(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		release := make(chan struct{})
		if _, simulated := on.(*actor.World); simulated {
			close(release) // in a World nothing starts until it is stepped
		}
		ref := actor.Spawn(sys, "late", func(*actor.Context[ask]) actor.Actor[ask] {
			<-release
			return &parrot{}
		})
		for i := range 10 {
			if d := ref.Send(ask{what: fmt.Sprint(i)}); d != actor.Accepted {
				t.Fatalf("message %d before the start: %v", i, d)
			}
		}
		select {
		case <-release:
		default:
			close(release)
		}
		if got := say(t, ref, "heard"); got != "0,1,2,3,4,5,6,7,8,9" {
			t.Errorf("heard %q", got)
		}
	})
}

// refusable tells when it is refused.
type refusable struct {
	n       int
	refused chan<- error
}

func (r refusable) Refuse(cause error) { r.refused <- cause }

func TestNoMessageDuringAStopIsLostInSilence(t *testing.T) {
	for round := range 200 {
		sys := actor.NewSystem("n1", actor.Live())
		const senders, each = 4, 50
		refused := make(chan error, senders*each)
		handled := 0
		ref := actor.Spawn(sys, "sponge", func(*actor.Context[refusable]) actor.Actor[refusable] {
			return actor.Func[refusable](func(*actor.Context[refusable], refusable) { handled++ })
		}, actor.Capacity(8))
		answered := make(chan int, senders)
		for range senders {
			go func() {
				turnedAway := 0
				for i := range each {
					if d := ref.Send(refusable{n: i, refused: refused}); d == actor.Rejected {
						turnedAway++
					}
				}
				answered <- turnedAway
			}()
		}
		ref.Stop()
		turnedAway := 0
		for range senders {
			turnedAway += <-answered
		}
		stop(t, sys)
		// The order to stop may have waited outside the full mailbox: the goroutine that brings it in helps to empty the mailbox of
		// an actor that has ended meanwhile, and may be at its last refusal when the stop has returned.
		told := 0
		for late := time.After(patience); handled+turnedAway+told < senders*each; told++ {
			select {
			case <-refused:
			case <-late:
				t.Fatalf("round %d: %d handled + %d rejected + %d refused = %d of %d", round, handled, turnedAway, told, handled+turnedAway+told, senders*each)
			}
		}
		if len(refused) > 0 {
			t.Fatalf("round %d: %d refusals too many", round, len(refused))
		}
	}
}

func TestStopHandlesWhatIsQueuedAndRefusesTheRest(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		ended := make(chan string, 1)
		gate := make(chan struct{})
		if _, simulated := on.(*actor.World); simulated {
			close(gate)
		}
		ref := actor.Spawn(sys, "p", func(*actor.Context[ask]) actor.Actor[ask] {
			<-gate
			return &parrot{stopped: ended}
		})
		ref.Send(ask{what: "a"})
		ref.Send(ask{what: "b"})
		ref.Stop()
		select {
		case <-gate:
		default:
			close(gate)
		}
		stop(t, sys)
		if got := <-ended; got != "a,b" {
			t.Errorf("handled %q before the end, want a,b", got)
		}
		if err := sayErr(ref, "c"); !errors.Is(err, actor.ErrStopped) {
			t.Errorf("an ask after the end is answered %v", err)
		}
		if d := ref.Send(ask{what: "d"}); d != actor.Stopped {
			t.Errorf("a message after the end: %v", d)
		}
	})
}

func TestAskToADeadActorIsAnsweredAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		dead := spawnParrot(sys, "dead")
		dead.Stop()
		say(t, spawnParrot(sys, "other"), "hello")
		for dead.Send(ask{what: "?"}) != actor.Stopped {
			say(t, spawnParrot(sys, fmt.Sprint("again", time.Now().UnixNano())), "wait")
		}
		got := make(chan error, 2)
		actor.Spawn(sys, "asker", func(c *actor.Context[error]) actor.Actor[error] {
			for _, to := range []actor.Ref[ask]{dead, {}} {
				actor.Ask(c, to, time.Hour, func(r actor.Reply[string]) ask { return ask{"hello", r} },
					func(a actor.Answer[string]) error { return a.Err })
			}
			return actor.Func[error](func(_ *actor.Context[error], err error) { got <- err })
		})
		say(t, spawnParrot(sys, "time-passes"), "x")
		for range 2 {
			settle(on)
			if err := <-got; !errors.Is(err, actor.ErrStopped) {
				t.Errorf("asking the dead: %v", err)
			}
		}
	})
}

func TestPanicRestartsFromTheConstructorAndKeepsTheMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		ref := spawnParrot(sys, "p")
		say(t, ref, "one")
		var panicked *actor.PanicError
		if err := sayErr(ref, "panic"); !errors.As(err, &panicked) || panicked.Path != "p" || panicked.Value != "told to" {
			t.Errorf("the request that was being handled is answered %v", err)
		}
		if got := say(t, ref, "heard"); got != "" {
			t.Errorf("state %q survived the restart", got)
		}
		if got := say(t, ref, "restarts"); got != "1" {
			t.Errorf("%s restarts", got)
		}
	})
}

func TestExhaustedBudgetEndsABranchNotTheProcess(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		children := make(chan actor.Ref[ask], 10)
		branch := actor.Spawn(sys, "branch", func(c *actor.Context[ask]) actor.Actor[ask] {
			children <- spawnParrot(c, "leaf", actor.Restarts(2, time.Minute))
			return &parrot{}
		})
		other := spawnParrot(sys, "other")
		say(t, branch, "before")
		leaf := <-children
		for range 3 {
			_ = sayErr(leaf, "panic")
		}
		settle(on)
		renewed := <-children
		if err := sayErr(leaf, "hello"); !errors.Is(err, actor.ErrStopped) {
			t.Errorf("the leaf beyond its budget answers %v", err)
		}
		if got := say(t, renewed, "hello"); got != "heard hello" {
			t.Errorf("the renewed leaf: %q", got)
		}
		if got := say(t, branch, "heard"); got != "" {
			t.Errorf("the branch kept its state: %q", got)
		}
		if got := say(t, other, "hello"); got != "heard hello" {
			t.Errorf("the neighbour: %q", got)
		}
		if err := sys.Err(); err != nil {
			t.Errorf("the system ended: %v", err)
		}
	})
}

func TestExhaustedBudgetOfTheRootEndsTheSystem(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		ref := spawnParrot(sys, "top", actor.Restarts(1, time.Minute))
		_ = sayErr(ref, "panic")
		_ = sayErr(ref, "panic")
		err := sys.Stop(patience)
		var budget *actor.BudgetError
		if !errors.As(err, &budget) || budget.Path != "top" {
			t.Errorf("the system ended with %v", err)
		}
	})
}

func TestBudgetIsCountedWithinItsWindow(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	defer stop(t, sys)
	ref := spawnParrot(sys, "p", actor.Restarts(1, 10*time.Second))
	for range 5 {
		_ = sayErr(ref, "panic")
		w.Run(11 * time.Second)
	}
	if got := say(t, ref, "restarts"); got != "5" {
		t.Errorf("%s restarts, want 5 spread over five windows", got)
	}
}

func TestStopIsDeliveredOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		ended := make(chan string, 10)
		child := make(chan actor.Ref[ask], 1)
		parent := actor.Spawn(sys, "parent", func(c *actor.Context[ask]) actor.Actor[ask] {
			child <- actor.Spawn(c, "child", func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{stopped: ended} })
			return &parrot{}
		})
		say(t, parent, "hello")
		ref := <-child
		ref.Send(ask{what: "stop yourself"}) // the child ends itself,
		parent.Stop()                        // its parent ends it,
		ref.Stop()                           // and so does a stranger
		ref.Stop()
		stop(t, sys)
		if len(ended) != 1 {
			t.Errorf("stopped %d times", len(ended))
		}
		if ref.Stop() {
			t.Error("stopping an actor that is not there claims that there was one")
		}
		if (actor.Ref[ask]{}).Stop() {
			t.Error("stopping nobody claims that there was somebody")
		}
	})
}

func TestPanicWhileStoppingStillEnds(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		watched := make(chan actor.Ended, 1)
		ref := actor.Spawn(sys, "p", func(*actor.Context[ask]) actor.Actor[ask] {
			return &parrot{onStop: func() { panic("last words") }}
		})
		watching := make(chan struct{})
		actor.Spawn(sys, "watcher", func(c *actor.Context[actor.Ended]) actor.Actor[actor.Ended] {
			actor.Watch(c, ref, func(e actor.Ended) actor.Ended { return e })
			close(watching)
			return actor.Func[actor.Ended](func(_ *actor.Context[actor.Ended], e actor.Ended) { watched <- e })
		})
		settle(on)
		<-watching
		ref.Send(ask{what: "stop yourself"})
		settle(on)
		e := <-watched
		var panicked *actor.PanicError
		if !errors.As(e.Err, &panicked) {
			t.Errorf("ended with %v", e.Err)
		}
		stop(t, sys)
	})
}

func TestWatchOfAnEndedActorTellsAtOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		ended := make(chan actor.Ended, 3)
		first := spawnParrot(sys, "first")
		spawn := func(name string) {
			actor.Spawn(sys, name, func(c *actor.Context[actor.Ended]) actor.Actor[actor.Ended] {
				actor.Watch(c, first, func(e actor.Ended) actor.Ended { return e })
				return actor.Func[actor.Ended](func(_ *actor.Context[actor.Ended], e actor.Ended) { ended <- e })
			})
			settle(on)
		}
		spawn("before")
		first.Stop()
		settle(on)
		if e := <-ended; e.Path != "first" {
			t.Errorf("told of the end of %q", e.Path)
		}
		spawn("after")
		if e := <-ended; e.Path != "first" || !errors.Is(e.Err, actor.ErrStopped) && e.Err != nil {
			t.Errorf("a late watcher is told %+v", e)
		}
	})
}

func TestShutdownWithAHungChildIsBoundedAndNamesIt(t *testing.T) {
	sys := actor.NewSystem("n1", actor.Live())
	release := make(chan struct{})
	defer close(release)
	hanging := make(chan struct{})
	parent := actor.Spawn(sys, "parent", func(c *actor.Context[ask]) actor.Actor[ask] {
		actor.Spawn(c, "fine", func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{} })
		hung := actor.Spawn(c, "hung", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(*actor.Context[int], int) { close(hanging); <-release })
		})
		hung.Send(1)
		return &parrot{}
	})
	say(t, parent, "hello")
	<-hanging
	err := sys.Stop(2 * time.Second) // its parent, which has nine tenths of that, still says who hangs
	var hung *actor.HungError
	if !errors.As(err, &hung) || !slices.Equal(hung.Paths, []string{"parent/hung"}) {
		t.Errorf("stop: %v", err)
	}
}

func TestFailedConstructorCountsAgainstTheBudget(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		tries := 0
		actor.Spawn(sys, "stillborn", func(*actor.Context[ask]) actor.Actor[ask] {
			tries++
			panic("no luck")
		}, actor.Restarts(3, time.Minute), actor.EndsAlone())
		other := spawnParrot(sys, "other")
		say(t, other, "hello")
		stop(t, sys)
		if tries != 4 {
			t.Errorf("constructed %d times, want once and three restarts", tries)
		}
	})
}

func TestMessagesOfARestartAreKept(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		ref := actor.Spawn(sys, "p", func(c *actor.Context[ask]) actor.Actor[ask] {
			spawnParrot(c, "child") // the restart waits for its end
			return &parrot{}
		})
		ref.Send(ask{what: "panic"})
		for i := range 20 {
			ref.Send(ask{what: fmt.Sprint(i)})
		}
		if got := say(t, ref, "heard"); got != "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19" {
			t.Errorf("after the restart: %q", got)
		}
	})
}

func TestGoexitInAHandlerIsAFailure(t *testing.T) {
	sys := actor.NewSystem("n1", actor.Live())
	defer stop(t, sys)
	ref := actor.Spawn(sys, "p", func(c *actor.Context[func()]) actor.Actor[func()] {
		return actor.Func[func()](func(_ *actor.Context[func()], f func()) { f() })
	})
	ref.Send(func() { runtimeGoexit() })
	done := make(chan struct{})
	ref.Send(func() { close(done) })
	<-done
}
