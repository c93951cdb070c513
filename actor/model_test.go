package actor_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"eddy/actor"
)

// The promises of docs/actors.md, asserted over random programs: actors that tell,
// ask, set timers, watch, spawn, panic and stop each other and themselves, live under
// the race detector and in the simulator. Every message and every request has a
// number, under which the model keeps what was said of it and what became of it.

const (
	modelPlaces = 12 // actors that know each other
	modelDepth  = 4  // messages that lead to each other
)

// model is one program and what is known of its run.
type model struct {
	t      *testing.T
	sys    *actor.System
	places [modelPlaces]atomic.Pointer[actor.Ref[deed]]
	fates  []fate
	asks   []atomic.Int32 // answers of a request
	ends   []atomic.Int32 // ends that a watch was told
	next   atomic.Int64   // number of the last message
	asked  atomic.Int64   // number of the last request
	looked atomic.Int64   // number of the last watch
	names  atomic.Int64   // for spawns
}

// fate is what became of a message.
type fate struct {
	delivery         atomic.Int32 // one more than the Delivery; 0: the send has not returned
	handled, refused atomic.Int32
	panicked         atomic.Bool
}

// deed is the message of the model's actors: what to do, and to whom.
type deed struct {
	m      *model
	number int64 // of the message; 0 for those of the actor to itself
	what   string
	to     int
	depth  int
	seed   uint64

	reply       actor.Reply[int64]
	ask         int64               // number of the request that it is, or answers
	answer      actor.Answer[int64] // of an answer
	incarnation int                 // of the actor that a timer, an answer or an end is for
}

func (d deed) Refuse(error) {
	if d.number > 0 {
		d.m.fates[d.number].refused.Add(1)
	}
}

// member is an actor of the model. Its fields belong to it, as the race detector sees.
type member struct {
	m           *model
	incarnation int
	handling    int
	ended       bool
	kept        []deed // requests to answer later
}

func newMember(m *model) actor.Constructor[deed] {
	return func(c *actor.Context[deed]) actor.Actor[deed] {
		return &member{m: m, incarnation: c.Restarts()}
	}
}

func (a *member) Stopped() { a.ended = true }

func (a *member) Receive(c *actor.Context[deed], d deed) {
	m := a.m
	if a.ended {
		m.t.Errorf("%s handles %q after its end", c.Path(), d.what)
	}
	if a.handling++; a.handling != 1 {
		m.t.Errorf("%s handles two messages at a time", c.Path())
	}
	defer func() { a.handling-- }()
	if d.number > 0 {
		m.fates[d.number].handled.Add(1)
	} else if d.what != "nothing" && d.incarnation != a.incarnation {
		m.t.Errorf("%s: %s of incarnation %d came to incarnation %d", c.Path(), d.what, d.incarnation, a.incarnation)
	}
	switch d.what {
	case "answer":
		m.answered(d)
		return
	case "ended":
		if n := m.ends[d.ask%int64(len(m.ends))].Add(1); n > 1 && m.looked.Load() < int64(len(m.ends)) {
			m.t.Errorf("watch %d was told %d ends", d.ask, n)
		}
		return
	}
	a.reply(d)
	if d.depth < modelDepth {
		a.act(c, d)
	}
}

// reply answers a request now, twice, later, or never.
func (a *member) reply(d deed) {
	if d.ask == 0 {
		return
	}
	switch d.seed % 8 {
	case 0:
		a.kept = append(a.kept, d)
	case 1:
		d.reply.Send(d.number)
		d.reply.Send(d.number)
	case 2: // never
	default:
		d.reply.Send(d.number)
	}
	if len(a.kept) > 1 {
		a.kept[0].reply.Send(a.kept[0].number)
		a.kept = a.kept[1:]
	}
}

func (a *member) act(c *actor.Context[deed], d deed) {
	m, r := a.m, rand.New(rand.NewPCG(d.seed, 1))
	self := deed{m: m, depth: d.depth + 1, incarnation: a.incarnation, seed: r.Uint64()}
	ref := m.place(d.to)
	switch d.what {
	case "tell":
		m.tell(ref, m.deed(r, d.depth+1))
	case "ask":
		m.ask(c, ref, d.depth+1, r, a.incarnation)
	case "timer":
		self.what = "tell"
		timer := c.After(time.Duration(r.Int64N(int64(3*time.Millisecond))), self)
		if r.IntN(4) == 0 {
			timer.Cancel()
		}
	case "watch":
		self.what, self.depth, self.ask = "ended", modelDepth, m.looked.Add(1)
		gone := ref.IsZero() || ref.Send(deed{m: m, what: "nothing"}) == actor.Stopped
		actor.Watch(c, ref, func(e actor.Ended) deed {
			if gone && e.Err == nil {
				m.t.Errorf("%s: the end of an actor that was gone is told without ErrStopped", e.Path)
			}
			return self
		})
	case "spawn":
		m.spawn(c, d.to, r)
	case "stop":
		ref.Stop()
	case "leave":
		c.Stop()
	case "panic":
		if d.number > 0 {
			m.fates[d.number].panicked.Store(true)
		}
		panic("as told")
	}
}

func (m *model) place(i int) actor.Ref[deed] {
	if ref := m.places[i].Load(); ref != nil {
		return *ref
	}
	return actor.Ref[deed]{}
}

// spawn starts an actor whose options are drawn, and puts it in a place. Only a sink,
// which sends to nobody, makes its senders wait.
func (m *model) spawn(at actor.Scope, place int, r *rand.Rand) {
	construct := newMember(m)
	options := []actor.Option{
		actor.Capacity(1 + r.IntN(6)), actor.EndsAlone(), actor.Restarts(r.IntN(4), time.Minute), actor.StopWithin(time.Minute),
		actor.WhenFull([]actor.Overflow{actor.Reject, actor.DropNewest, actor.DropOldest}[r.IntN(3)]),
	}
	if r.IntN(5) == 0 {
		options = append(options, actor.WhenFull(actor.Wait))
		construct = func(*actor.Context[deed]) actor.Actor[deed] {
			return actor.Func[deed](func(c *actor.Context[deed], d deed) {
				if d.number > 0 {
					m.fates[d.number].handled.Add(1)
				}
				if d.what == "leave" {
					c.Stop()
				}
			})
		}
	}
	ref := actor.Spawn(at, fmt.Sprint("a", m.names.Add(1)), construct, options...)
	m.places[place].Store(&ref)
}

var modelDeeds = []string{"tell", "tell", "tell", "ask", "ask", "timer", "watch", "spawn", "stop", "leave", "panic", "nothing"}

func (m *model) deed(r *rand.Rand, depth int) deed {
	return deed{m: m, what: modelDeeds[r.IntN(len(modelDeeds))], to: r.IntN(modelPlaces), depth: depth, seed: r.Uint64()}
}

// number gives a message its number; there is none when the run has had its number
// of messages.
func (m *model) number(d *deed) bool {
	if d.number = m.next.Add(1); d.number >= int64(len(m.fates)) {
		d.number = 0
		return false
	}
	return true
}

func (m *model) tell(to actor.Ref[deed], d deed) actor.Delivery {
	if !m.number(&d) {
		return actor.Stopped
	}
	delivery := to.Send(d)
	m.fates[d.number].delivery.Store(int32(delivery) + 1)
	return delivery
}

func (m *model) ask(c *actor.Context[deed], to actor.Ref[deed], depth int, r *rand.Rand, incarnation int) {
	d := m.deed(r, depth)
	if !m.number(&d) {
		return
	}
	if d.ask = m.asked.Add(1); d.ask >= int64(len(m.asks)) {
		return
	}
	m.fates[d.number].delivery.Store(-1) // the asker is not told
	actor.Ask(c, to, time.Duration(1+r.IntN(4))*time.Millisecond,
		func(reply actor.Reply[int64]) deed { d.reply = reply; return d },
		func(a actor.Answer[int64]) deed {
			return deed{m: m, what: "answer", ask: d.ask, to: int(d.number), answer: a, incarnation: incarnation, depth: modelDepth}
		})
}

// answered holds an answer to the truth.
func (m *model) answered(d deed) {
	if n := m.asks[d.ask].Add(1); n > 1 {
		m.t.Errorf("request %d has %d answers", d.ask, n)
	}
	f := &m.fates[d.to]
	switch handled := f.handled.Load(); {
	case d.answer.Err == nil && handled != 1:
		m.t.Errorf("request %d has a reply and was handled %d times", d.ask, handled)
	case d.answer.Err == nil && d.answer.Value != int64(d.to):
		m.t.Errorf("request %d has the reply to message %d, not to %d", d.ask, d.answer.Value, d.to)
	case errors.Is(d.answer.Err, actor.ErrStopped) || errors.Is(d.answer.Err, actor.ErrFull):
		f.refused.Add(1)
	}
}

// judge holds every message to what its sender was told. It runs when the system has
// stopped, so nothing changes any more.
func (m *model) judge() (told, handled int) {
	for number := int64(1); number < min(m.next.Load()+1, int64(len(m.fates))); number++ {
		f := &m.fates[number]
		h, r, delivery := f.handled.Load(), f.refused.Load(), f.delivery.Load()
		handled += int(h)
		told++
		if f.panicked.Load() { // and the message is told so
			if delivery > 0 && r != 1 {
				m.t.Errorf("message %d, over which an actor panicked, was refused %d times", number, r)
			}
			r = 0
		}
		switch {
		case h > 1:
			m.t.Errorf("message %d was handled %d times", number, h)
		case h+r > 1:
			m.t.Errorf("message %d was handled %d times and refused %d times", number, h, r)
		case delivery == int32(actor.Accepted)+1 && h+r == 0:
			m.t.Errorf("message %d was accepted, and lost in silence", number)
		case delivery > int32(actor.Accepted)+1 && h > 0:
			m.t.Errorf("message %d was answered %v and handled", number, actor.Delivery(delivery-1))
		case delivery == 0:
			m.t.Errorf("the send of message %d did not return", number)
		}
	}
	return told, handled
}

func newModel(t *testing.T, on actor.Executor, messages int, r *rand.Rand) *model {
	m := &model{t: t, sys: actor.NewSystem("model", on), fates: make([]fate, messages+1), asks: make([]atomic.Int32, messages+1), ends: make([]atomic.Int32, 4*messages)}
	for place := range modelPlaces {
		m.spawn(m.sys, place, r)
	}
	return m
}

// modelMessages is the number of messages of all programs of an executor together.
func modelMessages() int {
	switch {
	case os.Getenv("EDDY_CHECK") != "":
		return 500_000
	case testing.Short():
		return 10_000
	}
	return 40_000
}

const messagesOfAProgram = 2000

func TestRandomProgramsKeepEveryPromiseLive(t *testing.T) {
	before := runtime.NumGoroutine()
	handled := 0
	for program := range modelMessages() / messagesOfAProgram {
		r := rand.New(rand.NewPCG(uint64(program), 2))
		m := newModel(t, actor.Live(), messagesOfAProgram, r)
		const senders = 3
		done := make(chan struct{})
		for range senders {
			mine := rand.New(rand.NewPCG(r.Uint64(), 3))
			go func() {
				defer func() { done <- struct{}{} }()
				for m.next.Load() < messagesOfAProgram {
					place := mine.IntN(modelPlaces)
					if mine.IntN(50) == 0 { // so that there is somebody left
						m.spawn(m.sys, place, mine)
					}
					switch m.tell(m.place(place), m.deed(mine, 0)) {
					case actor.Accepted:
					case actor.Stopped: // or the rest is sent to nobody
						m.spawn(m.sys, place, mine)
					default: // or the rest is refused before an actor gets a processor
						runtime.Gosched()
					}
				}
			}()
		}
		early := program%3 == 0 // stop while all is in full swing
		if early {
			time.Sleep(time.Duration(r.Int64N(int64(2 * time.Millisecond))))
			if err := m.sys.Stop(time.Minute); err != nil {
				t.Errorf("program %d: stop: %v", program, err)
			}
		}
		for range senders {
			<-done
		}
		if !early {
			if err := m.sys.Stop(time.Minute); err != nil {
				t.Errorf("program %d: stop: %v", program, err)
			}
		}
		_, h := m.judge()
		handled += h
		if t.Failed() {
			t.Fatalf("in program %d", program)
		}
	}
	if handled < modelMessages()/10 {
		t.Errorf("only %d of %d messages were handled: the programs are no test", handled, modelMessages())
	}
	for wait := 0; runtime.NumGoroutine() > before && wait < 500; wait++ {
		time.Sleep(10 * time.Millisecond)
	}
	if after := runtime.NumGoroutine(); after > before {
		t.Errorf("%d goroutines are left of %d programs", after-before, modelMessages()/messagesOfAProgram)
	}
}

func TestRandomProgramsKeepEveryPromiseSimulated(t *testing.T) {
	handled := 0
	for program := range modelMessages() / messagesOfAProgram {
		r := rand.New(rand.NewPCG(uint64(program), 4))
		w := actor.NewWorld(uint64(program))
		m := newModel(t, w, messagesOfAProgram, r)
		var send func()
		send = func() {
			if m.next.Load() >= messagesOfAProgram {
				return
			}
			place := r.IntN(modelPlaces)
			if r.IntN(50) == 0 {
				m.spawn(m.sys, place, r)
			}
			m.tell(m.place(place), m.deed(r, 0))
			w.At(w.Elapsed()+time.Duration(r.Int64N(int64(50*time.Microsecond))), send)
		}
		w.At(0, send)
		if program%3 == 0 {
			w.Run(time.Duration(r.Int64N(int64(20 * time.Millisecond))))
		} else {
			w.Run(time.Second)
		}
		if err := m.sys.Stop(time.Minute); err != nil {
			t.Errorf("program %d: stop: %v", program, err)
		}
		w.Run(time.Second) // senders find an end
		_, h := m.judge()
		handled += h
		if t.Failed() {
			t.Fatalf("in program %d", program)
		}
	}
	if handled < modelMessages()/10 {
		t.Errorf("only %d of %d messages were handled: the programs are no test", handled, modelMessages())
	}
}
