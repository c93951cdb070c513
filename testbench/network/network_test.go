package network

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

const ms = time.Millisecond

// testClock runs callbacks in the order of their times; late makes each come that much later.
type testClock struct {
	now   time.Duration
	late  time.Duration
	calls []testCall
}

type testCall struct {
	at  time.Duration
	run func()
}

func (c *testClock) Now() time.Duration { return c.now }

func (c *testClock) At(t time.Duration, f func()) {
	at := max(t, c.now)
	i := slices.IndexFunc(c.calls, func(o testCall) bool { return o.at > at })
	if i < 0 {
		i = len(c.calls)
	}
	c.calls = slices.Insert(c.calls, i, testCall{at, f})
}

// until runs everything that is to come by t.
func (c *testClock) until(t time.Duration) {
	for len(c.calls) > 0 && c.calls[0].at <= t {
		next := c.calls[0]
		c.calls = c.calls[1:]
		c.now = max(c.now, next.at+c.late)
		next.run()
	}
	c.now = max(c.now, t)
}

// world is a network of n0, n1, n2, c0 that notes every delivery as "time src>dest body".
type world struct {
	*Network
	clock *testClock
	got   []string
}

func newWorld(config Config) *world {
	w := &world{clock: &testClock{}}
	w.Network = New(config, w.clock, rand.New(rand.NewPCG(1, 2)), w)
	for _, id := range []string{"n0", "n1", "n2", "c0"} {
		w.Add(id, func(m *Message, _ time.Duration) {
			w.got = append(w.got, fmt.Sprintf("%v %s>%s %s", w.clock.now, m.Src, m.Dest, m.Body))
		})
	}
	return w
}

func (w *world) Sent(time.Duration, *Message)     {}
func (w *world) Received(time.Duration, *Message) {}
func (w *world) Lost(at time.Duration, m *Message, why string) {
	w.got = append(w.got, fmt.Sprintf("%v lost by %s %s>%s %s", at, why, m.Src, m.Dest, m.Body))
}

func (w *world) send(t *testing.T, src, dest, body string) {
	t.Helper()
	if err := w.Send(src, dest, []byte(body)); err != nil {
		t.Fatal(err)
	}
}

func (w *world) expect(t *testing.T, want ...string) {
	t.Helper()
	w.clock.until(time.Hour)
	if !slices.Equal(w.got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(w.got, "\n"), strings.Join(want, "\n"))
	}
}

func constant(meanMs int64) Config { return Config{Latency: Latency{MeanMs: meanMs}} }

func TestMessageBetweenNodesTakesTheLatencyLessAMoment(t *testing.T) {
	w := newWorld(constant(100))
	w.send(t, "n0", "n1", "a")
	w.expect(t, "99ms n0>n1 a")
}

func TestMessagesOfClientsTakeNoTime(t *testing.T) {
	w := newWorld(constant(100))
	w.send(t, "c0", "n1", "ask")
	w.send(t, "n1", "c0", "answer")
	w.expect(t, "0s c0>n1 ask", "0s n1>c0 answer")
}

// The receiver takes one message and waits for it: what a client sends meanwhile comes after it, and
// what became due meanwhile follows at once.
func TestRequestWaitsBehindAMessageInFlight(t *testing.T) {
	w := newWorld(constant(100))
	w.send(t, "n0", "n1", "first")
	w.clock.until(20 * ms)
	w.send(t, "c0", "n1", "request")
	w.send(t, "n2", "n1", "second")
	w.expect(t, "99ms n0>n1 first", "99ms c0>n1 request", "119ms n2>n1 second")
}

func TestIdealDeliveryKeepsEveryMessageToItsOwnTime(t *testing.T) {
	config := constant(100)
	config.IdealDelivery = true
	w := newWorld(config)
	w.send(t, "n0", "n1", "first")
	w.clock.until(20 * ms)
	w.send(t, "c0", "n1", "request")
	w.send(t, "n2", "n1", "second")
	w.send(t, "c0", "n1", "request 2")
	w.expect(t, "20ms c0>n1 request", "20ms c0>n1 request 2", "100ms n0>n1 first", "120ms n2>n1 second")
}

func TestPartitionIsLookedAtWhenAMessageIsTaken(t *testing.T) {
	w := newWorld(constant(100))
	w.send(t, "n0", "n1", "taken before the cut")
	w.clock.until(10 * ms)
	w.Cut("n1", "n0")
	w.send(t, "n0", "n1", "taken within")
	w.send(t, "n1", "n0", "the other way")
	w.clock.until(150 * ms)
	w.send(t, "n0", "n1", "sent within, taken within")
	w.clock.until(200 * ms)
	w.Heal()
	w.send(t, "n0", "n1", "after")
	w.expect(t,
		"99ms n0>n1 taken before the cut",
		"99ms lost by partition n0>n1 taken within",
		"109ms n1>n0 the other way",
		"150ms lost by partition n0>n1 sent within, taken within",
		"299ms n0>n1 after")
}

func TestPartitionsDoNotReachClients(t *testing.T) {
	w := newWorld(constant(0))
	w.Cut("n1", "c0")
	w.Cut("c0", "n1")
	if w.Cuts() != 0 {
		t.Errorf("%d links of clients are cut", w.Cuts())
	}
	w.send(t, "c0", "n1", "ask")
	w.expect(t, "0s c0>n1 ask")
}

func TestLostMessagesStayCounted(t *testing.T) {
	w := newWorld(Config{Loss: 1})
	w.send(t, "n0", "n1", "x")
	w.send(t, "c0", "n1", "ask")
	w.expect(t, "0s lost by loss n0>n1 x", "0s c0>n1 ask")
	want := Stats{All: Counts{2, 1, 2}, Clients: Counts{1, 1, 1}, Servers: Counts{1, 0, 1}, Harm: Harm{LostOnTheWay: 1}}
	if w.Stats() != want {
		t.Errorf("counts %+v, want %+v", w.Stats(), want)
	}
}

func TestMessageToOrFromNobodyIsRefusedAndNotCounted(t *testing.T) {
	w := newWorld(constant(0))
	w.Remove("c0")
	for _, c := range []struct{ src, dest, field, id string }{
		{"n0", "c0", "dest", "c0"}, {"n0", "n9", "dest", "n9"}, {"n8", "n1", "src", "n8"},
	} {
		var unknown *UnknownEndpointError
		if err := w.Send(c.src, c.dest, []byte("{}")); !errors.As(err, &unknown) || unknown.Field != c.field || unknown.ID != c.id {
			t.Errorf("%s to %s: %v", c.src, c.dest, err)
		}
	}
	if w.Stats().All.Sends != 0 {
		t.Error("refused messages are counted")
	}
}

func TestClientThatDoesNotListenFindsMessagesLater(t *testing.T) {
	w := newWorld(constant(0))
	w.Listen("c0", false)
	w.send(t, "n0", "c0", "early")
	w.clock.until(5 * ms)
	if w.Stats().Clients.Receives != 0 {
		t.Error("received by a client that waits for nothing")
	}
	w.Listen("c0", true)
	w.expect(t, "5ms n0>c0 early")
}

func TestRemovedEndpointGetsNothingMore(t *testing.T) {
	w := newWorld(constant(100))
	w.send(t, "n0", "n1", "a")
	w.clock.until(50 * ms)
	w.Remove("n1")
	w.expect(t)
}

// A node that sends to itself within its own delivery must not start a second loop.
func TestReceiverMaySendToItself(t *testing.T) {
	w := newWorld(constant(10))
	left := 3
	w.Remove("n0")
	w.Add("n0", func(m *Message, _ time.Duration) {
		w.got = append(w.got, fmt.Sprintf("%v %s", w.clock.now, m.Body))
		if left--; left >= 0 {
			w.send(t, "n0", "n0", fmt.Sprint("again ", left))
		}
	})
	w.send(t, "n1", "n0", "go")
	w.expect(t, "9ms go", "18ms again 2", "27ms again 1", "36ms again 0")
}

func TestEqualDueTimesKeepTheOrderOfSending(t *testing.T) {
	config := constant(100)
	config.IdealDelivery = true
	w := newWorld(config)
	var want []string
	for i := range 50 {
		w.send(t, []string{"n0", "n2"}[i%2], "n1", fmt.Sprint(i))
		want = append(want, fmt.Sprintf("100ms %s>n1 %d", []string{"n0", "n2"}[i%2], i))
	}
	w.expect(t, want...)
}

// Overtaking leaves callbacks behind; they must not multiply with every message.
func TestOvertakenCallbacksDoNotMultiply(t *testing.T) {
	w := newWorld(Config{Latency: Latency{MeanMs: 50, Distribution: Uniform}, IdealDelivery: true})
	for i := range 1000 {
		w.clock.until(time.Duration(i) * ms)
		w.send(t, "n0", "n1", "x")
		if len(w.clock.calls) > 110 {
			t.Fatalf("%d callbacks for the 100 messages that can be under way", len(w.clock.calls))
		}
	}
	w.clock.until(time.Hour)
	if len(w.got) != 1000 {
		t.Errorf("%d of 1000 messages delivered", len(w.got))
	}
}

// A late clock is not the network's plan: the receiver is told when it should have had the message.
func TestPlannedTimeIsThatOfAPunctualClock(t *testing.T) {
	for _, ideal := range []bool{false, true} {
		w := newWorld(Config{Latency: Latency{MeanMs: 100}, IdealDelivery: ideal})
		w.clock.late = 30 * ms
		var planned []time.Duration
		w.Remove("n1")
		w.Add("n1", func(_ *Message, at time.Duration) { planned = append(planned, at) })
		w.send(t, "n0", "n1", "a")
		w.clock.until(time.Hour)
		if len(planned) != 1 || planned[0] < 99*ms || planned[0] > 130*ms || w.clock.late == 0 {
			t.Errorf("ideal %v: planned for %v", ideal, planned)
		}
	}
}

func TestLatenciesFollowTheirDistribution(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, c := range []struct {
		d        Distribution
		mean     float64
		min, max time.Duration
	}{
		{Constant, 100, 100 * ms, 100 * ms},
		{Uniform, 99.5, 0, 199 * ms},
		{Exponential, 99.5, 0, 5 * time.Second},
	} {
		l := Latency{MeanMs: 100, Distribution: c.d}
		sum, smallest, largest := 0.0, time.Hour, time.Duration(0)
		for range 20000 {
			d := l.draw(rng)
			if d%ms != 0 {
				t.Fatalf("%s: %v is not whole milliseconds", c.d, d)
			}
			sum, smallest, largest = sum+float64(d/ms), min(smallest, d), max(largest, d)
		}
		if mean := sum / 20000; mean < c.mean-3 || mean > c.mean+3 || smallest < c.min || largest > c.max {
			t.Errorf("%s: mean %.1f, from %v to %v", c.d, mean, smallest, largest)
		}
		if (Latency{Distribution: c.d}).draw(rng) != 0 {
			t.Errorf("%s of mean 0 is not 0", c.d)
		}
	}
}
