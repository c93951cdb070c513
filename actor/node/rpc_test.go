package node_test

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

// probe is a service of one actor that does what a test tells it to.
type probe struct {
	*soloist
	node  *node.Node
	ref   actor.Ref[any]
	calls []outcomeOf // in the order in which they ended
}

// outcomeOf is how one call ended.
type outcomeOf struct {
	name  string
	value string
	err   error
	at    time.Duration
}

func (p *probe) service(n *node.Node) error {
	p.node = n
	p.ref = actor.Spawn(n, "probe", func(*actor.Context[any]) actor.Actor[any] {
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case func(*actor.Context[any]):
				m(c)
			case outcomeOf:
				m.at = c.Elapsed()
				p.calls = append(p.calls, m)
			}
		})
	})
	return nil
}

// newProbe is a node n1 alone in a world, its init behind it.
func newProbe(seed uint64, o node.Options) *probe {
	p := &probe{}
	w := actor.NewWorld(seed)
	p.soloist = begin(w, "n1", p.service, o)
	p.Feed([]byte(initLine))
	w.Run(0)
	p.said, p.at = nil, nil
	return p
}

// do has f done inside the actor.
func (p *probe) do(f func(*actor.Context[any])) {
	p.ref.Send(f)
	p.world.Run(0)
}

// call calls, and keeps how it ends under a name.
func (p *probe) call(name string, call node.Call) {
	p.do(func(c *actor.Context[any]) {
		node.RPC(c, p.node, call, func(a actor.Answer[echoBody]) any {
			return outcomeOf{name: name, value: string(a.Value.Echo), err: a.Err}
		})
	})
}

// answer feeds an answer to the i-th line that the node said, from somebody.
func (p *probe) answer(i int, from, body string) {
	p.Feed(fmt.Appendf(nil, `{"src":%q,"dest":"n1","body":{"in_reply_to":%s%s}}`, from, p.said[i].text("msg_id"), body))
	p.world.Run(0)
}

// want fails unless the calls ended so, in this order.
func (p *probe) want(t *testing.T, outcomes ...outcomeOf) {
	t.Helper()
	same := slices.EqualFunc(p.calls, outcomes, func(a, b outcomeOf) bool {
		return a.name == b.name && a.value == b.value && a.at == b.at && (errors.Is(a.err, b.err) || fmt.Sprint(a.err) == fmt.Sprint(b.err))
	})
	if !same {
		t.Errorf("the calls ended so:\n%v\nexpected\n%v", p.calls, outcomes)
	}
}

const ms = time.Millisecond

var call = node.Call{Dest: "n2", Type: "echo", Fields: map[string]any{"echo": 7}, Within: 300 * ms}

func TestCallIsSentOnceAndItsAnswerArrives(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", call)
	if len(p.said) != 1 || p.said[0].Dest != "n2" || !slices.Equal(p.said[0].fields(), []string{"echo", "msg_id", "type"}) || p.said[0].text("echo") != "7" {
		t.Fatalf("the node said %v", p.said)
	}
	p.world.Run(100 * ms)
	p.answer(0, "n2", `,"type":"echo_ok","echo":[1,"a"]`)
	p.world.Run(time.Hour)
	p.want(t, outcomeOf{"a", `[1,"a"]`, nil, 100 * ms})
	if len(p.said) != 1 {
		t.Errorf("the node said %v", p.said)
	}
}

func TestEveryErrorCodeIsAnErrorZeroToo(t *testing.T) {
	for _, code := range []int{0, 1, 10, 11, 12, 13, 14, 20, 21, 22, 30, 1000, -1} {
		p := newProbe(1, node.Options{})
		p.call("a", call)
		p.answer(0, "n2", fmt.Sprintf(`,"type":"error","code":%d,"text":"why"`, code))
		p.want(t, outcomeOf{"a", "", node.Errorf(code, "why"), 0})
	}
}

func TestErrorAnswerThatMakesNoSenseIsACrash(t *testing.T) {
	for _, body := range []string{``, `,"text":"why"`, `,"code":"20"`, `,"code":null`, `,"code":1.5`, `,"code":20,"text":7`} {
		p := newProbe(1, node.Options{})
		p.call("a", call)
		p.answer(0, "n2", `,"type":"error"`+body)
		var coded *node.Error
		if len(p.calls) != 1 || !errors.As(p.calls[0].err, &coded) || coded.Code != 13 {
			t.Errorf("an error with %s: the call ended as %v", body, p.calls)
		}
	}
}

func TestAnswerThatDoesNotFitIsAnError(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", call)
	p.answer(0, "n2", `,"type":"echo_ok"`)
	if len(p.calls) != 1 || p.calls[0].err == nil || !strings.Contains(p.calls[0].err.Error(), `"echo" is missing`) {
		t.Errorf("the call ended as %v", p.calls)
	}
}

func TestCallFailsAtItsDeadline(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", call)
	short, unsaid := call, call
	short.Within, unsaid.Within = 20*ms, 0
	p.call("b", short)
	p.call("c", unsaid)
	p.world.Run(time.Hour)
	p.want(t, outcomeOf{"b", "", actor.ErrTimeout, 20 * ms}, outcomeOf{"a", "", actor.ErrTimeout, 300 * ms},
		outcomeOf{"c", "", actor.ErrTimeout, node.WithinDefault})
}

func TestLateAnswersAreDroppedAndCounted(t *testing.T) {
	log, seen := logged(zapcore.InfoLevel)
	p := newProbe(1, node.Options{Log: log})
	p.call("a", call)
	p.world.Run(time.Second)
	for range 5 {
		p.answer(0, "n2", `,"type":"echo_ok","echo":1`)
	}
	p.call("b", call)
	p.answer(1, "n2", `,"type":"echo_ok","echo":2`)
	p.answer(1, "n2", `,"type":"echo_ok","echo":3`) // a second one
	p.want(t, outcomeOf{"a", "", actor.ErrTimeout, 300 * ms}, outcomeOf{"b", "2", nil, time.Second})
	counts := ""
	for _, e := range seen.All() {
		counts += fmt.Sprint(e.ContextMap()["count"], " ")
	}
	if counts != "1 2 4 " {
		t.Errorf("6 late answers were logged at the counts %s", counts)
	}
}

func TestCallsThatTimeOutLeaveNothing(t *testing.T) {
	p := newProbe(1, node.Options{})
	patient := call
	patient.Retry = node.DefaultRetry
	for range 1000 {
		p.call("a", patient)
	}
	p.world.Run(time.Hour)
	if len(p.calls) != 1000 {
		t.Errorf("%d of 1000 calls ended", len(p.calls))
	}
	for _, s := range p.Stats() {
		if s.Asking != 0 || s.Waiting != 0 {
			t.Errorf("%s still has %d requests open and %d messages waiting", s.Path, s.Asking, s.Waiting)
		}
	}
	if p.world.Step() {
		t.Error("an hour later there is still something to do")
	}
}

func TestAnswerFromAnotherThanWasAskedIsIgnored(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", call)
	p.answer(0, "n3", `,"type":"echo_ok","echo":"wrong"`)
	p.answer(0, "c1", `,"type":"error","code":20`)
	p.want(t)
	p.answer(0, "n2", `,"type":"echo_ok","echo":"right"`)
	p.want(t, outcomeOf{"a", `"right"`, nil, 0})
}

// tries are when the lines to n2 were said, in ms.
func (p *probe) tries() []int64 {
	var all []int64
	for _, at := range p.at {
		all = append(all, at.Milliseconds())
	}
	return all
}

func TestRetriesBackOffUnderOneID(t *testing.T) {
	for name, c := range map[string]struct {
		retry node.Retry
		tries []int64
	}{
		"never":                    {node.Retry{}, []int64{0}},
		"doubling":                 {node.Retry{First: 100 * ms, Factor: 2}, []int64{0, 100, 300, 700, 1500}},
		"doubling unless told":     {node.Retry{First: 100 * ms}, []int64{0, 100, 300, 700, 1500}},
		"steady":                   {node.Retry{First: 300 * ms, Factor: 1}, []int64{0, 300, 600, 900, 1200, 1500, 1800}},
		"bounded":                  {node.Retry{First: 100 * ms, Factor: 3, Max: 400 * ms}, []int64{0, 100, 400, 800, 1200, 1600}},
		"bounded from the first":   {node.Retry{First: 900 * ms, Max: 600 * ms}, []int64{0, 600, 1200, 1800}},
		"a factor that is none":    {node.Retry{First: 100 * ms, Factor: math.NaN()}, []int64{0, 100, 300, 700, 1500}},
		"a factor beyond all time": {node.Retry{First: 100 * ms, Factor: math.Inf(1)}, []int64{0, 100}},
	} {
		p := newProbe(1, node.Options{})
		p.call("a", node.Call{Dest: "n2", Type: "echo", Within: 2 * time.Second, Retry: c.retry})
		p.world.Run(time.Hour)
		if !slices.Equal(p.tries(), c.tries) {
			t.Errorf("%s: tried at %v ms, expected %v", name, p.tries(), c.tries)
		}
		for _, s := range p.said {
			if s.String() != p.said[0].String() {
				t.Errorf("%s: the tries differ: %v and %v", name, p.said[0], s)
			}
		}
		p.want(t, outcomeOf{"a", "", actor.ErrTimeout, 2 * time.Second})
	}
}

func TestRetriesEndWithTheAnswer(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", node.Call{Dest: "n2", Type: "echo", Within: time.Minute, Retry: node.Retry{First: 100 * ms}})
	p.world.Run(350 * ms)
	p.answer(1, "n2", `,"type":"echo_ok","echo":1`)
	p.world.Run(time.Hour)
	p.want(t, outcomeOf{"a", "1", nil, 350 * ms})
	if !slices.Equal(p.tries(), []int64{0, 100, 300}) {
		t.Errorf("tried at %v ms", p.tries())
	}
}

func TestJitterStaysWithinItsFraction(t *testing.T) {
	tries := func(seed uint64, jitter float64) []int64 {
		p := newProbe(seed, node.Options{})
		p.call("a", node.Call{Dest: "n2", Type: "echo", Within: time.Minute, Retry: node.Retry{First: time.Second, Factor: 1, Jitter: jitter}})
		p.world.Run(time.Hour)
		return p.tries()
	}
	runs := map[string]bool{}
	for seed := range uint64(30) {
		first := tries(seed, 0.2)
		if !slices.Equal(first, tries(seed, 0.2)) {
			t.Errorf("seed %d gives two different runs", seed)
		}
		runs[fmt.Sprint(first)] = true
		for i := 1; i < len(first); i++ {
			if wait := first[i] - first[i-1]; wait < 799 || wait > 1201 {
				t.Errorf("seed %d: a wait of %d ms, expected 800 to 1200", seed, wait)
			}
		}
		wild := tries(seed, 50) // no fraction: counts as 1
		for i := 1; i < len(wild); i++ {
			if wait := wild[i] - wild[i-1]; wait > 2001 {
				t.Errorf("seed %d: a wait of %d ms, expected at most 2000", seed, wait)
			}
		}
	}
	if len(runs) != 30 {
		t.Errorf("30 seeds gave %d different runs", len(runs))
	}
}

func TestFieldsAreThoseOfTheCallWhateverBecomesOfThemLater(t *testing.T) {
	p := newProbe(1, node.Options{})
	fields := map[string]any{"echo": 1}
	p.do(func(c *actor.Context[any]) {
		node.RPC(c, p.node, node.Call{Dest: "n2", Type: "echo", Fields: fields, Retry: node.Retry{First: 100 * ms}}, func(a actor.Answer[echoBody]) any { return a })
		fields["echo"] = 2
	})
	p.world.Run(time.Hour)
	if len(p.said) < 3 {
		t.Fatalf("%d tries", len(p.said))
	}
	for _, s := range p.said {
		if s.text("echo") != "1" {
			t.Errorf("a try says %v", s)
		}
	}
}

func TestCallThatMakesNoSenseHurtsOnlyItsCaller(t *testing.T) {
	p := newProbe(1, node.Options{})
	p.call("a", call)
	for name, bad := range map[string]node.Call{
		"fields": {Dest: "n2", Type: "echo", Fields: map[string]any{"echo": make(chan int)}},
		"nobody": {Type: "echo"},
	} {
		p.do(func(c *actor.Context[any]) {
			actor.Spawn(c, name, func(c *actor.Context[any]) actor.Actor[any] {
				node.RPC(c, p.node, bad, func(a actor.Answer[echoBody]) any { return a })
				t.Errorf("%s: the call was made", name)
				return nil
			}, actor.EndsAlone())
		})
	}
	p.answer(0, "n2", `,"type":"echo_ok","echo":1`)
	p.want(t, outcomeOf{"a", "1", nil, 0})
	for _, s := range p.Stats() {
		if s.Restarts != 0 {
			t.Errorf("%s was restarted", s.Path)
		}
	}
}

func TestKilledNodesIDsDoNotComeAgainThoughItsClockIsWrong(t *testing.T) {
	w := actor.NewWorld(1)
	used := map[string]bool{}
	for _, ahead := range []time.Duration{0, 0, -10 * time.Second, -10 * time.Second, time.Hour} {
		p := &probe{}
		p.soloist = begin(w, "n1", p.service, node.Options{})
		p.SetClock(ahead)
		p.Feed([]byte(initLine))
		w.Run(10 * ms)
		for range 10 {
			p.call("a", call)
		}
		for _, s := range p.said[1:] {
			if id := s.text("msg_id"); used[id] {
				t.Errorf("msg_id %s was used by an earlier life", id)
			} else {
				used[id] = true
			}
		}
		p.Kill()
	}
	if len(used) != 50 {
		t.Errorf("%d different ids of 50 calls", len(used))
	}
}
