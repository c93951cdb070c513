package node_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"go.uber.org/zap/zapcore"

	"eddy/actor"
	"eddy/actor/node"
)

// counting is a service whose nodes count in lin-kv, each add a compare and set
// that is tried until it holds, and tell their peers, with retries.
func counting(n *node.Node) error {
	type addBody struct {
		Delta int64 `json:"delta" wire:"required"`
	}
	type addRequest = node.Request[addBody, numberBody]
	type attempt struct {
		request addRequest
		from    int64
		err     error
	}
	to := actor.Spawn(n, "counter", func(*actor.Context[any]) actor.Actor[any] {
		read := func(c *actor.Context[any], r addRequest) {
			node.Read(c, n.LinKV(), "sum", node.KVOptions{Retry: node.DefaultRetry}, func(a actor.Answer[int64]) any { return attempt{r, a.Value, a.Err} })
		}
		return actor.Func[any](func(c *actor.Context[any], m any) {
			switch m := m.(type) {
			case addRequest:
				read(c, m)
			case attempt:
				if m.err != nil && code(m.err) != 20 {
					m.request.Fail(m.err)
					return
				}
				node.CompareAndSet(c, n.LinKV(), "sum", m.from, m.from+m.request.Body.Delta, true, node.KVOptions{}, func(err error) any {
					return func(c *actor.Context[any]) {
						if code(err) == 22 {
							c.After(time.Duration(c.Rand().IntN(1000))*time.Millisecond, m.request) // somebody was faster
							return
						}
						if err != nil {
							m.request.Fail(err)
							return
						}
						m.request.Reply(numberBody{m.from + m.request.Body.Delta})
						for _, peer := range n.IDs() {
							node.RPC(c, n, node.Call{Dest: peer, Type: "told", Fields: m.request.Body, Retry: node.DefaultRetry, Within: time.Minute}, func(a actor.Answer[node.None]) any { return nil })
						}
					}
				})
			case func(*actor.Context[any]):
				m(c)
			}
		})
	})
	node.Handle(n, "add", to, func(r addRequest) any { return r })
	heard := actor.Spawn(n, "heard", func(*actor.Context[addRequest]) actor.Actor[addRequest] {
		sum := int64(0)
		return actor.Func[addRequest](func(_ *actor.Context[addRequest], r addRequest) {
			sum += r.Body.Delta
			r.Reply(numberBody{sum})
		})
	})
	node.Handle(n, "told", heard, func(r addRequest) addRequest { return r })
	return nil
}

// countTogether has three nodes count over a network with latency and loss.
func countTogether(seed uint64) *cluster {
	c := newCluster(seed)
	c.services["lin-kv"] = linKV()
	c.start(counting, "n1", "n2", "n3")
	for i := range 30 {
		c.world.At(time.Duration(i)*100*ms, func() {
			c.client(fmt.Sprint("c", i), fmt.Sprint("n", i%3+1), 1, "add", fmt.Sprintf(`,"delta":%d`, i))
		})
	}
	c.world.Run(time.Minute)
	return c
}

func TestSameSeedGivesAClusterTheSameOutputByteForByte(t *testing.T) {
	runs := map[string]uint64{}
	for seed := range uint64(30) {
		first, second := countTogether(seed).journal.Bytes(), countTogether(seed).journal.Bytes()
		if !bytes.Equal(first, second) {
			t.Fatalf("seed %d gives two different runs", seed)
		}
		if n := bytes.Count(first, []byte("\n")); n < 300 {
			t.Fatalf("seed %d: only %d lines: the cluster hardly ran", seed, n)
		}
		if other, same := runs[string(first)]; same {
			t.Errorf("seeds %d and %d give the same run", seed, other)
		}
		runs[string(first)] = seed
	}
}

func TestClusterCountsRightWhateverTheSeed(t *testing.T) {
	for seed := range uint64(30) {
		c := countTogether(seed)
		best, answers := "", 0
		for _, m := range c.heard {
			if m.typ() == "add_ok" {
				answers++
				if n := m.text("n"); len(n) > len(best) || len(n) == len(best) && n > best {
					best = n
				}
			}
		}
		if want := fmt.Sprint(30 * 29 / 2); best != want || answers != 30 {
			t.Errorf("seed %d: %d of 30 adds answered, the sum is %s, not %s", seed, answers, best, want)
		}
	}
}

func TestLinesArriveInTheOrderInWhichTheyWereFed(t *testing.T) {
	w, n := alone(1, parrot, node.Options{})
	const lines = 5000 // more than any mailbox holds
	for i := range lines {
		n.Feed([]byte(request(i, "number", fmt.Sprintf(`,"n":%d`, i))))
	}
	if len(n.said) != 0 {
		t.Error("Feed ran the node")
	}
	w.Run(0)
	for i, s := range n.said[1:] {
		if s.text("n") != fmt.Sprint(i) {
			t.Fatalf("answer %d is %v", i, s)
		}
	}
	if len(n.said) != lines+1 {
		t.Errorf("%d answers to %d requests", len(n.said)-1, lines)
	}
}

func TestNodesMayBeWiredStraightTogether(t *testing.T) {
	w := actor.NewWorld(1)
	hops := 0
	relay := func(n *node.Node) error {
		to := actor.Spawn(n, "relay", func(*actor.Context[numberRequest]) actor.Actor[numberRequest] {
			return actor.Func[numberRequest](func(_ *actor.Context[numberRequest], r numberRequest) {
				hops++
				n.Send(n.IDs()[(hops)%2], "number", numberBody{r.Body.N + 1})
			})
		}, actor.Capacity(1))
		node.Handle(n, "number", to, func(r numberRequest) numberRequest { return r })
		return nil
	}
	nodes := map[string]*node.Simulated{}
	for _, name := range []string{"n1", "n2"} {
		nodes[name] = node.Simulate(w, name, relay, func(l node.Line) {
			if to := nodes[l.Dest]; to != nil && hops < 100_000 {
				to.Feed(l.Data)
			}
		}, node.Options{})
		nodes[name].Feed(fmt.Appendf(nil, `{"src":"c0","dest":%q,"body":{"type":"init","node_id":%q,"node_ids":["n1","n2"]}}`, name, name))
	}
	nodes["n1"].Feed([]byte(`{"src":"c0","dest":"n1","body":{"type":"number","n":1}}`))
	w.Run(0)
	if hops != 100_000 {
		t.Errorf("%d hops", hops)
	}
}

func TestSimulatedNodeKeepsToTheLimitOfALine(t *testing.T) {
	line := echo(2, `"`+strings.Repeat("x", 1000)+`"`)
	for _, ending := range []string{"", "\n"} {
		for limit, code := range map[int]string{len(line): "", len(line) - 1: "12"} {
			w, n := alone(1, parrot, node.Options{LineMax: limit})
			n.Feed([]byte(line + ending))
			w.Run(0)
			if a := answerTo(t, n.said, "c1", 2); a == nil || a.text("code") != code {
				t.Errorf("limit %d, a line of %d: answered %v", limit, len(line), a)
			}
		}
	}
}

func TestErrSaysWhyASimulatedNodeEnded(t *testing.T) {
	unable := errors.New("unable")
	w, refuses := alone(1, func(*node.Node) error { return unable }, node.Options{})
	w.Run(time.Minute)
	refuses.Feed([]byte(echo(2, `1`)))
	w.Run(time.Minute)
	if !errors.Is(refuses.Err(), unable) {
		t.Errorf("Err is %v", refuses.Err())
	}
	wantError(t, refuses.said, "c0", 1, 13)
	if len(refuses.said) != 1 {
		t.Errorf("after its end the node said %v", refuses.said)
	}

	w, fails := alone(1, parrot, node.Options{})
	for i := range 10 {
		fails.Feed([]byte(request(2+i, "panic", "")))
		w.Run(ms)
	}
	w.Run(time.Minute)
	var budget *actor.BudgetError
	if !errors.As(fails.Err(), &budget) {
		t.Errorf("Err is %v", fails.Err())
	}
	if len(fails.said) != 5 {
		t.Errorf("4 panics ended the node, and it said %v", fails.said)
	}
	fails.Kill()
	if !errors.As(fails.Err(), &budget) {
		t.Errorf("after a kill Err is %v", fails.Err())
	}
}

func TestNodeMayBeKilledFromAnywhereAndTwice(t *testing.T) {
	log, seen := logged(zapcore.DebugLevel)
	w := actor.NewWorld(1)
	var n *node.Simulated
	lines, before := 0, 0
	n = node.Simulate(w, "n1", slow, func(node.Line) {
		if lines++; lines == 2 {
			n.Kill()
			before = seen.Len()
		}
	}, node.Options{Log: log})
	n.Feed([]byte(initLine))
	for i := range 5 {
		n.Feed([]byte(waitLine("c1", i+2, 100)))
	}
	w.Run(200 * ms)
	w.At(300*ms, n.Kill)
	w.Run(time.Hour)
	if lines != 2 {
		t.Errorf("killed at its second line, the node said %d", lines)
	}
	if seen.Len() != before {
		t.Errorf("the dead node logged %v", seen.All()[before:])
	}
	if w.Step() {
		t.Error("an hour after the kill there is something to do")
	}
}

func TestLogOfASimulatedNodeTellsVirtualTime(t *testing.T) {
	log, seen := logged(zapcore.WarnLevel)
	w, n := alone(1, parrot, node.Options{Log: log})
	w.Run(time.Minute)
	n.Feed([]byte("no JSON"))
	w.Run(time.Minute)
	if want := time.Date(2025, 1, 1, 0, 1, 0, 0, time.UTC); seen.Len() != 1 || !seen.All()[0].Time.Equal(want) {
		t.Errorf("logged %v, expected one line at %v", seen.All(), want)
	}
}
