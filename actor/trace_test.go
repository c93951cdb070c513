package actor_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
)

// notebook is a tracer that keeps what it is told, by actor. Records go through a channel: in a
// live system they come from many goroutines.
type notebook struct {
	records chan actor.Record
}

type page struct {
	book   *notebook
	unsent []actor.Record
}

func newNotebook() *notebook { return &notebook{records: make(chan actor.Record, 1<<16)} }

func (b *notebook) Trail(string) actor.Trail { return &page{book: b} }

func (p *page) Record(r *actor.Record) { p.unsent = append(p.unsent, *r) }

func (p *page) Flush() {
	for _, r := range p.unsent {
		p.book.records <- r
	}
	p.unsent = p.unsent[:0]
}

// all takes what was recorded so far.
func (b *notebook) all() []actor.Record {
	var all []actor.Record
	for len(b.records) > 0 {
		all = append(all, <-b.records)
	}
	return all
}

// of are the records of one kind and actor.
func of(all []actor.Record, kind actor.EventKind, path string) []actor.Record {
	return slices.DeleteFunc(slices.Clone(all), func(r actor.Record) bool { return r.Kind != kind || r.Path != path })
}

// traced makes a system on either executor whose messages are traced, and a
// function that lets it come to rest and gives what was recorded.
func traced(t *testing.T, live bool, every int) (*actor.System, func() []actor.Record) {
	t.Helper()
	book := newNotebook()
	var on actor.Executor
	rest := func() { time.Sleep(time.Millisecond) }
	if live {
		on = actor.Live()
	} else {
		world := actor.NewWorld(1)
		on, rest = world, func() { world.Run(time.Second) }
	}
	tracing := actor.NewTracing(book, every)
	tracing.Name("n1:")
	sys := actor.NewSystem("n1", on, actor.WithTracing(tracing))
	return sys, func() []actor.Record {
		rest()
		if err := sys.Stop(5 * time.Second); err != nil {
			t.Error(err)
		}
		return book.all()
	}
}

// bothWays runs a test on either executor.
func bothWays(t *testing.T, f func(t *testing.T, live bool)) {
	for _, live := range []bool{false, true} {
		t.Run(map[bool]string{false: "simulated", true: "live"}[live], func(t *testing.T) { f(t, live) })
	}
}

// await waits until the actors of a live system have handled so many messages.
func await(t *testing.T, sys *actor.System, live bool, messages uint64) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); live; time.Sleep(time.Millisecond) {
		handled := uint64(0)
		for _, s := range sys.Stats() {
			handled += s.Received
		}
		if handled >= messages {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d of %d messages were handled", handled, messages)
		}
	}
}

type letter struct{ hops int }

// chain spawns actors a, b and c that pass a letter on.
func chain(sys *actor.System) actor.Ref[letter] {
	var next actor.Ref[letter]
	for _, name := range []string{"c", "b", "a"} {
		to := next
		next = actor.Spawn(sys, name, func(*actor.Context[letter]) actor.Actor[letter] {
			return actor.Func[letter](func(c *actor.Context[letter], l letter) { to.SendBy(c, letter{l.hops + 1}) })
		}, actor.Capacity(256))
	}
	return next
}

func TestTraceLeadsFromCauseToEffect(t *testing.T) {
	bothWays(t, func(t *testing.T, live bool) {
		sys, end := traced(t, live, 1)
		first := chain(sys)
		for i := range 100 {
			first.SendFrom(letter{}, &actor.Source{ID: actor.MessageID{Of: "c1/", N: int64(i)}, Clock: uint64(i)})
		}
		first.Send(letter{})
		await(t, sys, live, 3*101)
		all := end()
		byID := make(map[string]actor.Record)
		for _, r := range all {
			if r.Kind == actor.EventReceive {
				byID[r.ID.String()] = r
			}
		}
		handled := of(all, actor.EventReceive, "c")
		if len(handled) != 101 {
			t.Fatalf("c handled %d letters", len(handled))
		}
		fromClient := 0
		for _, r := range handled {
			b, a := byID[r.Cause.String()], byID[byID[r.Cause.String()].Cause.String()]
			if r.From != "b" || b.Path != "b" || b.From != "a" || a.Path != "a" || a.From != "" || r.Type != "actor_test.letter" {
				t.Fatalf("%+v came of %+v, which came of %+v", r, b, a)
			}
			if !(a.Clock < b.Clock && b.Clock < r.Clock) || r.Depth < 1 || r.Waited < 0 {
				t.Fatalf("clocks %d, %d, %d, depth %d, waited %v", a.Clock, b.Clock, r.Clock, r.Depth, r.Waited)
			}
			if a.ID.Of == "c1/" {
				fromClient++
			}
		}
		if fromClient != 100 {
			t.Errorf("%d of 100 chains begin with the client's message", fromClient)
		}
	})
}

func TestTraceOfARequestItsAnswerAndATimeout(t *testing.T) {
	bothWays(t, func(t *testing.T, live bool) {
		type answered = actor.Answer[string]
		sys, end := traced(t, live, 1)
		deaf := actor.Spawn(sys, "deaf", func(*actor.Context[ask]) actor.Actor[ask] {
			return actor.Func[ask](func(*actor.Context[ask], ask) {})
		})
		clerk := actor.Spawn(sys, "clerk", func(*actor.Context[ask]) actor.Actor[ask] {
			return actor.Func[ask](func(_ *actor.Context[ask], a ask) { a.reply.Send("so") })
		})
		got := make(chan error, 2)
		asker := actor.Spawn(sys, "asker", func(*actor.Context[answered]) actor.Actor[answered] {
			return actor.Func[answered](func(c *actor.Context[answered], a answered) {
				if a.Value == "begin" {
					put := func(to actor.Ref[ask], within time.Duration) {
						actor.Ask(c, to, within, func(r actor.Reply[string]) ask { return ask{"what", r} }, func(a answered) answered { return a })
					}
					put(clerk, time.Minute)
					put(deaf, 2*time.Millisecond)
					return
				}
				got <- a.Err
			})
		})
		asker.SendFrom(answered{Value: "begin"}, &actor.Source{ID: actor.MessageID{Of: "c1/", N: 1}})
		if live {
			<-got
			<-got
		}
		all := end()
		question := of(all, actor.EventReceive, "clerk")
		if len(question) != 1 || question[0].Cause.String() != "c1/1" || question[0].From != "asker" {
			t.Fatalf("the clerk handled %+v", question)
		}
		var answer []actor.Record
		for _, r := range of(all, actor.EventReceive, "asker") {
			if r.From == "clerk" {
				answer = append(answer, r)
			}
		}
		if len(answer) != 1 || answer[0].Cause != question[0].ID {
			t.Errorf("the answer is %+v, of the question %+v", answer, question[0])
		}
		if waited := of(all, actor.EventTimeout, "asker"); len(waited) != 1 || waited[0].Cause.String() != "c1/1" {
			t.Errorf("timeouts: %+v", waited)
		}
	})
}

func TestTraceOfTicksSaysWhatSetThem(t *testing.T) {
	sys, end := traced(t, false, 1)
	to := actor.Spawn(sys, "sleeper", func(*actor.Context[string]) actor.Actor[string] {
		return actor.Func[string](func(c *actor.Context[string], m string) {
			if m == "sleep" {
				c.After(time.Millisecond, "wake")
			}
			c.Trace(actor.EventState, actor.Fact{About: "now", Value: m})
		})
	})
	to.SendFrom("sleep", &actor.Source{ID: actor.MessageID{Of: "c1/", N: 7}})
	all := end()
	ticks, said := of(all, actor.EventTick, "sleeper"), of(all, actor.EventState, "sleeper")
	if len(ticks) != 1 || ticks[0].Cause.String() != "c1/7" || ticks[0].At != time.Millisecond {
		t.Fatalf("ticks: %+v", ticks)
	}
	if len(said) != 2 || said[0].Cause.String() != "c1/7" || said[1].Cause != ticks[0].ID || said[1].Fact != (actor.Fact{About: "now", Value: "wake"}) {
		t.Errorf("said: %+v", said)
	}
}

func TestTraceSaysWhatWasDroppedAndWhatFailed(t *testing.T) {
	bothWays(t, func(t *testing.T, live bool) {
		sys, end := traced(t, live, 1)
		sent := make(chan struct{})
		full := actor.Spawn(sys, "full", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(_ *actor.Context[int], n int) {
				if n == 13 {
					<-sent
					panic("thirteen")
				}
			})
		}, actor.Capacity(1))
		from := actor.Spawn(sys, "from", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(c *actor.Context[int], _ int) {
				full.SendBy(c, 13)
				full.SendBy(c, 2)
				full.SendBy(c, 3)
				close(sent)
			})
		})
		if live { // its mailbox has room for 13 once it has begun
			full.Send(0)
			await(t, sys, live, 1)
		}
		from.Send(1)
		await(t, sys, live, 3)
		all := end()
		drops := of(all, actor.EventDrop, "full")
		if len(drops) != 2 && !(live && len(drops) == 1) { // live, the first may be taken before the next is sent
			t.Fatalf("drops: %+v", drops)
		}
		for _, d := range drops {
			if d.From != "from" || d.Text != "the mailbox is full" || d.Cause != of(all, actor.EventReceive, "from")[0].ID {
				t.Errorf("dropped: %+v", d)
			}
		}
		failed := of(all, "panic", "full")
		if len(failed) != 1 || !strings.Contains(failed[0].Text, "thirteen") || len(of(all, "restart", "full")) != 1 {
			t.Errorf("failed: %+v", failed)
		}
	})
}

func TestTraceOfOneInTenHasWholeChains(t *testing.T) {
	bothWays(t, func(t *testing.T, live bool) {
		sys, end := traced(t, live, 10)
		first := chain(sys)
		for range 60 {
			first.Send(letter{})
		}
		await(t, sys, live, 3*60)
		all := end()
		for _, path := range []string{"a", "b", "c"} {
			if n := len(of(all, actor.EventReceive, path)); n != 6 {
				t.Errorf("%s has %d records of 60 letters", path, n)
			}
		}
	})
}

func TestTracingChangesNoSimulatedRun(t *testing.T) {
	run := func(trace bool) string {
		w := actor.NewWorld(7)
		var options []actor.SystemOption
		if trace {
			options = append(options, actor.WithTracing(actor.NewTracing(newNotebook(), 1)))
		}
		sys := actor.NewSystem("n1", w, options...)
		var order []string
		for _, name := range []string{"x", "y", "z"} {
			to := actor.Spawn(sys, name, func(*actor.Context[int]) actor.Actor[int] {
				return actor.Func[int](func(c *actor.Context[int], n int) {
					order = append(order, fmt.Sprint(name, n, c.Elapsed()))
					if n < 20 {
						c.After(time.Duration(c.Rand().IntN(1000)), n+1)
						c.Self().Send(n + 7)
					}
				})
			})
			to.Send(0)
		}
		w.Run(time.Second)
		return strings.Join(order, " ")
	}
	if plain, traced := run(false), run(true); plain != traced {
		t.Errorf("without a trace:\n%s\nwith one:\n%s", plain, traced)
	}
}

func TestTracedHandlersOfANodeRunSideBySide(t *testing.T) {
	sys, end := traced(t, true, 1)
	met := make(chan bool)
	for _, name := range []string{"one", "other"} {
		actor.Spawn(sys, name, func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(*actor.Context[int], int) {
				select { // a handler waits for nobody but in this test
				case met <- true:
				case <-met:
				}
			})
		}).Send(1)
	}
	await(t, sys, true, 2)
	end()
}

func TestEveryMessageOfManyActorsHasARecordOfItsOwn(t *testing.T) {
	sys, end := traced(t, true, 1)
	var refs []actor.Ref[int]
	ready := make(chan bool)
	for i := range 8 {
		refs = append(refs, actor.Spawn(sys, fmt.Sprint("worker/", i), func(*actor.Context[int]) actor.Actor[int] {
			<-ready // for all of refs
			return actor.Func[int](func(c *actor.Context[int], n int) {
				for to := range refs {
					if n > 0 {
						refs[to].SendBy(c, n-1)
					}
				}
			})
		}, actor.Capacity(1024)))
	}
	close(ready)
	refs[0].Send(3)
	await(t, sys, true, 1+8+64+512)
	ids, effects := make(map[string]bool), 0
	for _, r := range end() {
		if r.Kind == actor.EventReceive {
			ids[r.ID.String()] = true
			if r.Cause.Of != "" {
				effects++
			}
		}
	}
	if len(ids) != 1+8+64+512 || effects != 8+64+512 {
		t.Errorf("%d messages have a record, %d of them a cause", len(ids), effects)
	}
}

func TestStopOfATracedSystemAnswersWhatIsLeft(t *testing.T) {
	sys, end := traced(t, true, 1)
	got := make(chan error, 1)
	asker := actor.Spawn(sys, "asker", func(c *actor.Context[actor.Answer[string]]) actor.Actor[actor.Answer[string]] {
		return actor.Func[actor.Answer[string]](func(c *actor.Context[actor.Answer[string]], a actor.Answer[string]) {
			if a.Value == "begin" {
				gone := actor.Spawn(c, "gone", func(*actor.Context[ask]) actor.Actor[ask] {
					return actor.Func[ask](func(*actor.Context[ask], ask) {})
				})
				gone.Stop()
				actor.Watch(c, gone, func(actor.Ended) actor.Answer[string] { return actor.Answer[string]{Value: "ended"} })
				return
			}
			if a.Value == "ended" {
				got <- nil
			}
		})
	})
	asker.Send(actor.Answer[string]{Value: "begin"})
	select {
	case err := <-got:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the end of a child is not heard of")
	}
	all := end()
	if len(of(all, actor.EventStop, "asker/gone")) != 1 || len(of(all, actor.EventSpawn, "asker")) != 1 {
		t.Errorf("no record of the actors' births and ends in %v", all)
	}
	if errors.Is(sys.Err(), actor.ErrStopped) {
		t.Error(sys.Err())
	}
}

// The message path of a system without a trace is as it was: a request costs its
// one allocation.
func TestUntracedRequestCostsOneAllocation(t *testing.T) {
	sys := actor.NewSystem("n1", actor.Live())
	target := actor.Spawn(sys, "target", func(*actor.Context[request]) actor.Actor[request] {
		return actor.Func[request](func(_ *actor.Context[request], r request) { r.reply.Send(r.n) })
	})
	const requests = 10_000
	done := make(chan struct{})
	ref := actor.Spawn(sys, "asker", func(*actor.Context[actor.Answer[int]]) actor.Actor[actor.Answer[int]] {
		return &asker{left: requests, target: target, done: done}
	})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	ref.Send(actor.Answer[int]{})
	<-done
	runtime.ReadMemStats(&after)
	if each := float64(after.Mallocs-before.Mallocs) / requests; each > 1.2 {
		t.Errorf("a request costs %.2f allocations", each)
	}
	_ = sys.Stop(time.Second)
}
