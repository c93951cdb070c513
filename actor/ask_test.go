package actor_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"eddy/actor"
)

// outcomes collects what an asker is told, as text.
type outcomes struct{ told []string }

func (o *outcomes) add(a actor.Answer[string]) {
	if a.Err != nil {
		o.told = append(o.told, a.Err.Error())
	} else {
		o.told = append(o.told, a.Value)
	}
}

// askIn spawns an asker that asks each of the targets once, within d.
func askIn(s actor.Scope, d time.Duration, what string, to ...actor.Ref[ask]) *outcomes {
	o := &outcomes{}
	actor.Spawn(s, fmt.Sprintf("asker-%s", what), func(c *actor.Context[actor.Answer[string]]) actor.Actor[actor.Answer[string]] {
		for _, target := range to {
			actor.Ask(c, target, d, func(r actor.Reply[string]) ask { return ask{what, r} },
				func(a actor.Answer[string]) actor.Answer[string] { return a })
		}
		return actor.Func[actor.Answer[string]](func(_ *actor.Context[actor.Answer[string]], a actor.Answer[string]) { o.add(a) })
	})
	return o
}

// sphinx keeps the Reply, and answers when told to.
type sphinx struct{ kept []actor.Reply[string] }

func (s *sphinx) Receive(_ *actor.Context[ask], m ask) {
	if m.what != "answer" {
		s.kept = append(s.kept, m.reply)
		return
	}
	for _, r := range s.kept {
		r.Send("at last")
		r.Send("and again")
	}
	m.reply.Send("done")
}

func late(sys *actor.System, path string) uint64 {
	for _, s := range sys.Stats() {
		if s.Path == path {
			return s.Late
		}
	}
	return 0
}

func TestAnAnswerArrivesOnceAndLaterOnesAreCounted(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	target := actor.Spawn(sys, "sphinx", func(*actor.Context[ask]) actor.Actor[ask] { return &sphinx{} })
	o := askIn(sys, time.Minute, "early", target)
	w.Run(time.Second)
	say(t, target, "answer")
	w.Run(time.Second)
	if got := strings.Join(o.told, "; "); got != "at last" {
		t.Errorf("told %q", got)
	}
	if n := late(sys, "asker-early"); n != 1 {
		t.Errorf("%d late answers counted, want 1", n)
	}
}

func TestATimeoutIsAMessageAndTheAnswerBehindItIsLate(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	target := actor.Spawn(sys, "sphinx", func(*actor.Context[ask]) actor.Actor[ask] { return &sphinx{} })
	o := askIn(sys, time.Second, "q", target, target)
	w.Run(999 * time.Millisecond)
	if len(o.told) != 0 {
		t.Errorf("told %q before the deadline", o.told)
	}
	w.Run(time.Millisecond)
	if len(o.told) != 2 || o.told[0] != actor.ErrTimeout.Error() {
		t.Errorf("told %q at the deadline", o.told)
	}
	say(t, target, "answer")
	w.Run(time.Second)
	if len(o.told) != 2 {
		t.Errorf("told %q after the deadline", o.told)
	}
	for _, s := range sys.Stats() {
		if s.Path == "asker-q" && (s.Late != 4 || s.Asking != 0) {
			t.Errorf("%+v", s)
		}
	}
}

func TestAnAnswerFindsRoomInAFullMailbox(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		target := actor.Spawn(sys, "target", func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{} }, actor.Capacity(256))
		done := make(chan int, 1)
		actor.Spawn(sys, "asker", func(c *actor.Context[actor.Answer[string]]) actor.Actor[actor.Answer[string]] {
			for range 100 { // a hundred answers for a mailbox of one
				actor.Ask(c, target, patience, func(r actor.Reply[string]) ask { return ask{"x", r} },
					func(a actor.Answer[string]) actor.Answer[string] { return a })
			}
			got := 0
			return actor.Func[actor.Answer[string]](func(_ *actor.Context[actor.Answer[string]], a actor.Answer[string]) {
				if a.Err != nil {
					t.Errorf("answer %d: %v", got, a.Err)
				}
				if got++; got == 100 {
					done <- got
				}
			})
		}, actor.Capacity(1))
		settle(on)
		<-done
	})
}

func TestARequestCanBePassedOn(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		back := spawnParrot(sys, "back")
		front := actor.Spawn(sys, "front", func(*actor.Context[ask]) actor.Actor[ask] {
			return actor.Func[ask](func(_ *actor.Context[ask], m ask) { back.Send(m) })
		})
		if got := say(t, front, "hello"); got != "heard hello" {
			t.Errorf("answered %q", got)
		}
	})
}

func TestAskingOneself(t *testing.T) {
	onBoth(t, func(t *testing.T, on actor.Executor) {
		sys := actor.NewSystem("n1", on)
		defer stop(t, sys)
		type message struct {
			question actor.Reply[int]
			answer   actor.Answer[int]
			kind     string
		}
		done := make(chan actor.Answer[int], 1)
		ref := actor.Spawn(sys, "narcissus", func(*actor.Context[message]) actor.Actor[message] {
			return actor.Func[message](func(c *actor.Context[message], m message) {
				switch m.kind {
				case "begin":
					actor.Ask(c, c.Self(), patience, func(r actor.Reply[int]) message { return message{kind: "question", question: r} },
						func(a actor.Answer[int]) message { return message{kind: "answer", answer: a} })
				case "question":
					m.question.Send(42)
				case "answer":
					done <- m.answer
				}
			})
		})
		ref.Send(message{kind: "begin"})
		settle(on)
		if a := <-done; a.Value != 42 || a.Err != nil {
			t.Errorf("answered %+v", a)
		}
	})
}

func TestAnAskersEarlierLifeHearsNothing(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	target := actor.Spawn(sys, "sphinx", func(*actor.Context[ask]) actor.Actor[ask] { return &sphinx{} })
	heard := 0
	ref := actor.Spawn(sys, "asker", func(c *actor.Context[string]) actor.Actor[string] {
		if c.Restarts() == 0 {
			actor.Ask(c, target, time.Minute, func(r actor.Reply[string]) ask { return ask{"q", r} },
				func(actor.Answer[string]) string { return "answer" })
		}
		return actor.Func[string](func(_ *actor.Context[string], m string) {
			if m == "panic" {
				panic(m)
			}
			heard++
		})
	})
	ref.Send("panic")
	w.Run(time.Second)
	say(t, target, "answer")
	w.Run(2 * time.Minute)
	if heard != 0 {
		t.Errorf("the second life heard %d answers of the first", heard)
	}
}

func TestADroppedRequestIsAnswered(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	target := actor.Spawn(sys, "busy", func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{} },
		actor.Capacity(1), actor.WhenFull(actor.DropOldest))
	o := askIn(sys, time.Minute, "q", target, target, target)
	w.Run(time.Second)
	if got := strings.Join(o.told, "; "); strings.Count(got, actor.ErrFull.Error()) != 2 || !strings.Contains(got, "heard q") {
		t.Errorf("told %q", got)
	}
	var none actor.Ref[ask]
	if err := sayErr(none, "hello"); !errors.Is(err, actor.ErrStopped) {
		t.Errorf("calling nobody: %v", err)
	}
}
