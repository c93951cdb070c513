package actor_test

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
	"time"

	"eddy/actor"
)

func runtimeGoexit() { runtime.Goexit() }

// token travels between the nodes of a small network; who has touched it, in
// which order, depends on every interleaving and latency.
type token struct {
	from, to string
	trail    string
}

func (k token) String() string { return k.from + "->" + k.to + ":" + k.trail }

// wire is a network with a latency drawn from the world.
type network struct {
	world *actor.World
	nodes map[string]actor.Ref[token]
	names []string
}

func (n *network) send(k token) {
	delay := time.Duration(1+n.world.Rand().IntN(50)) * time.Millisecond
	n.world.At(n.world.Elapsed()+delay, func() { n.nodes[k.to].Send(k) })
}

// router hands tokens to workers; workers race to the logger, which asks a
// clerk; a ticker interferes. All of them are sensitive to interleaving.
func startNode(n *network, name string, hops int) *actor.System {
	sys := actor.NewSystem(name, n.world)
	out := actor.Spawn(sys, "out", func(*actor.Context[token]) actor.Actor[token] {
		return actor.Func[token](func(_ *actor.Context[token], k token) { n.send(k) })
	}, actor.WhenFull(actor.Wait), actor.Capacity(2))
	clerk := actor.Spawn(sys, "clerk", func(*actor.Context[ask]) actor.Actor[ask] { return &parrot{} }, actor.Capacity(3))
	type stamped struct {
		k token
		a string
	}
	logger := actor.Spawn(sys, "logger", func(c *actor.Context[stamped]) actor.Actor[stamped] {
		seen := 0
		return actor.Func[stamped](func(c *actor.Context[stamped], m stamped) {
			seen++
			if m.a == "" {
				actor.Ask(c, clerk, 20*time.Millisecond, func(r actor.Reply[string]) ask { return ask{m.k.trail, r} },
					func(a actor.Answer[string]) stamped { return stamped{m.k, fmt.Sprint("a", a.Err)} })
				return
			}
			if len(m.k.trail) < hops {
				to := n.names[c.Rand().IntN(len(n.names))]
				out.Send(token{from: name, to: to, trail: m.k.trail + fmt.Sprintf("%s%d.", name, seen%10)})
			}
		})
	}, actor.Capacity(4), actor.WhenFull(actor.DropOldest))
	workers := make([]actor.Ref[token], 3)
	for i := range workers {
		workers[i] = actor.Spawn(sys, fmt.Sprintf("worker-%d", i), func(*actor.Context[token]) actor.Actor[token] {
			return actor.Func[token](func(c *actor.Context[token], k token) {
				if c.Rand().IntN(40) == 0 {
					panic("unlucky")
				}
				k.trail += fmt.Sprint("w", i)
				logger.Send(stamped{k: k})
			})
		}, actor.Restarts(1000, time.Hour))
	}
	n.nodes[name] = actor.Spawn(sys, "router", func(*actor.Context[token]) actor.Actor[token] {
		return actor.Func[token](func(_ *actor.Context[token], k token) {
			for _, w := range workers {
				w.Send(k)
			}
		})
	})
	actor.SpawnTicker(sys, "ticker", 7*time.Millisecond, token{from: name, to: name, trail: "t"}, workers[0])
	return sys
}

func runTraced(seed uint64) []byte {
	var trace bytes.Buffer
	w := actor.NewWorld(seed)
	w.Trace(&trace)
	n := &network{world: w, nodes: map[string]actor.Ref[token]{}, names: []string{"n1", "n2", "n3"}}
	for _, name := range n.names {
		startNode(n, name, 24)
	}
	n.nodes["n1"].Send(token{to: "n1", trail: "x"})
	w.Run(120 * time.Millisecond)
	return trace.Bytes()
}

func TestSameSeedSameTraceByteForByte(t *testing.T) {
	seen := map[string]uint64{}
	for seed := range uint64(100) {
		first, second := runTraced(seed), runTraced(seed)
		if !bytes.Equal(first, second) {
			t.Fatalf("seed %d: two runs differ: %s", seed, firstDifference(first, second))
		}
		if bytes.Count(first, []byte("\n")) < 1000 {
			t.Fatalf("seed %d: only %d lines: the cluster hardly ran", seed, bytes.Count(first, []byte("\n")))
		}
		if other, ok := seen[string(first)]; ok {
			t.Fatalf("seeds %d and %d give the same interleaving", seed, other)
		}
		seen[string(first)] = seed
	}
}

func TestTraceDoesNotDependOnGOMAXPROCS(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := runTraced(7)
	runtime.GOMAXPROCS(2)
	if two := runTraced(7); !bytes.Equal(one, two) {
		t.Errorf("traces differ: %s", firstDifference(one, two))
	}
}

func firstDifference(a, b []byte) string {
	as, bs := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(as), len(bs)) {
		if !bytes.Equal(as[i], bs[i]) {
			return fmt.Sprintf("line %d: %q and %q", i+1, as[i], bs[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(as), len(bs))
}

func TestSeedsDecideWhoGoesFirst(t *testing.T) {
	orders := map[string]bool{}
	for seed := range uint64(50) {
		w := actor.NewWorld(seed)
		sys := actor.NewSystem("n1", w)
		order := ""
		for _, name := range []string{"a", "b", "c"} {
			actor.Spawn(sys, name, func(*actor.Context[int]) actor.Actor[int] {
				return actor.Func[int](func(*actor.Context[int], int) { order += name })
			}).Send(1)
		}
		w.Run(time.Second)
		orders[order] = true
	}
	if len(orders) != 6 {
		t.Errorf("%d of the 6 orders of three actors occur in 50 seeds: %v", len(orders), orders)
	}
}

func TestVirtualTimeJumpsToTheNextEvent(t *testing.T) {
	w := actor.NewWorld(1)
	sys := actor.NewSystem("n1", w)
	var at []time.Duration
	actor.Spawn(sys, "sleeper", func(c *actor.Context[int]) actor.Actor[int] {
		c.After(time.Hour, 1)
		c.After(time.Minute, 2)
		c.After(2*time.Hour, 3).Cancel()
		return actor.Func[int](func(c *actor.Context[int], _ int) { at = append(at, c.Elapsed()) })
	})
	w.Run(24 * time.Hour)
	if fmt.Sprint(at) != "[1m0s 1h0m0s]" {
		t.Errorf("woken at %v", at)
	}
	if w.Elapsed() != 24*time.Hour {
		t.Errorf("the world is at %v", w.Elapsed())
	}
}
