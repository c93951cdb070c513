package actor_test

import (
	"runtime"
	"strconv"
	"testing"
	"time"

	"eddy/actor"
)

// Each benchmark has its raw counterpart beside it, with a channel of the same
// capacity: compare them within one run.

const benchCapacity = 256

type counter struct {
	n, want int
	done    chan struct{}
}

func (a *counter) Receive(_ *actor.Context[int], _ int) {
	if a.n++; a.n == a.want {
		close(a.done)
	}
}

func benchmarkSendRaw(b *testing.B, senders int) {
	b.ReportAllocs()
	ch := make(chan int, benchCapacity)
	done := make(chan struct{})
	each := b.N/senders + 1
	go func() {
		n := 0
		for range ch {
			if n++; n == each*senders {
				close(done)
				return
			}
		}
	}()
	b.ResetTimer()
	for range senders {
		go func() {
			for i := range each {
				ch <- i
			}
		}()
	}
	<-done
}

func benchmarkSendActor(b *testing.B, senders int) {
	b.ReportAllocs()
	sys := actor.NewSystem("bench", actor.Live())
	done := make(chan struct{})
	each := b.N/senders + 1
	ref := actor.Spawn(sys, "counter", func(*actor.Context[int]) actor.Actor[int] {
		return &counter{want: each * senders, done: done}
	}, actor.Capacity(benchCapacity))
	b.ResetTimer()
	for range senders {
		go func() {
			for i := range each {
				ref.SendWait(i)
			}
		}()
	}
	<-done
	b.StopTimer()
	_ = sys.Stop(time.Second)
}

func BenchmarkSendRaw1(b *testing.B)   { benchmarkSendRaw(b, 1) }
func BenchmarkSendActor1(b *testing.B) { benchmarkSendActor(b, 1) }
func BenchmarkSendRaw8(b *testing.B)   { benchmarkSendRaw(b, 8) }
func BenchmarkSendActor8(b *testing.B) { benchmarkSendActor(b, 8) }

type rawRequest struct {
	n     int
	reply chan int
}

func BenchmarkAskRaw(b *testing.B) {
	b.ReportAllocs()
	requests := make(chan rawRequest, benchCapacity)
	go func() {
		for r := range requests {
			r.reply <- r.n
		}
	}()
	for i := range b.N {
		r := rawRequest{n: i, reply: make(chan int, 1)}
		requests <- r
		<-r.reply
	}
	close(requests)
}

type request struct {
	n     int
	reply actor.Reply[int]
}

type asker struct {
	left   int
	target actor.Ref[request]
	done   chan struct{}
}

func (a *asker) Receive(c *actor.Context[actor.Answer[int]], _ actor.Answer[int]) {
	if a.left--; a.left < 0 {
		close(a.done)
		return
	}
	n := a.left
	actor.Ask(c, a.target, time.Second,
		func(r actor.Reply[int]) request { return request{n, r} },
		func(answer actor.Answer[int]) actor.Answer[int] { return answer })
}

func BenchmarkAskActor(b *testing.B) {
	b.ReportAllocs()
	sys := actor.NewSystem("bench", actor.Live())
	target := actor.Spawn(sys, "target", func(*actor.Context[request]) actor.Actor[request] {
		return actor.Func[request](func(_ *actor.Context[request], r request) { r.reply.Send(r.n) })
	}, actor.Capacity(benchCapacity))
	done := make(chan struct{})
	ref := actor.Spawn(sys, "asker", func(*actor.Context[actor.Answer[int]]) actor.Actor[actor.Answer[int]] {
		return &asker{left: b.N, target: target, done: done}
	}, actor.Capacity(benchCapacity))
	b.ResetTimer()
	ref.Send(actor.Answer[int]{})
	<-done
	b.StopTimer()
	_ = sys.Stop(time.Second)
}

func BenchmarkPingPongRaw(b *testing.B) {
	b.ReportAllocs()
	ping, pong := make(chan int, 16), make(chan int, 16)
	go func() {
		for n := range ping {
			pong <- n
		}
	}()
	b.ResetTimer()
	for i := range b.N {
		ping <- i
		<-pong
	}
	close(ping)
}

type pinger struct {
	left int
	peer actor.Ref[int]
	done chan struct{}
}

func (p *pinger) Receive(_ *actor.Context[int], n int) {
	if p.left--; p.left < 0 {
		close(p.done)
		return
	}
	p.peer.Send(n)
}

func BenchmarkPingPongActor(b *testing.B) {
	b.ReportAllocs()
	sys := actor.NewSystem("bench", actor.Live())
	done := make(chan struct{})
	back := make(chan actor.Ref[int], 1)
	ponger := actor.Spawn(sys, "pong", func(*actor.Context[int]) actor.Actor[int] {
		to := <-back
		return actor.Func[int](func(_ *actor.Context[int], n int) { to.Send(n) })
	}, actor.Capacity(16))
	ref := actor.Spawn(sys, "ping", func(*actor.Context[int]) actor.Actor[int] {
		return &pinger{left: b.N, peer: ponger, done: done}
	}, actor.Capacity(16))
	back <- ref
	b.ResetTimer()
	ref.Send(1)
	<-done
	b.StopTimer()
	_ = sys.Stop(time.Second)
}

func BenchmarkSpawnStopRaw(b *testing.B) {
	b.ReportAllocs()
	for range b.N {
		ch, ended := make(chan int, 16), make(chan struct{})
		go func() {
			for range ch {
			}
			close(ended)
		}()
		close(ch)
		<-ended
	}
}

type spawner struct {
	left int
	done chan struct{}
}

func (s *spawner) Receive(c *actor.Context[struct{}], _ struct{}) {
	if s.left--; s.left < 0 {
		close(s.done)
		return
	}
	child := actor.Spawn(c, "child", func(*actor.Context[int]) actor.Actor[int] {
		return actor.Func[int](func(*actor.Context[int], int) {})
	}, actor.Capacity(16))
	actor.Watch(c, child, func(actor.Ended) struct{} { return struct{}{} })
	child.Stop()
}

func BenchmarkSpawnStopActor(b *testing.B) {
	b.ReportAllocs()
	sys := actor.NewSystem("bench", actor.Live())
	done := make(chan struct{})
	ref := actor.Spawn(sys, "spawner", func(*actor.Context[struct{}]) actor.Actor[struct{}] {
		return &spawner{left: b.N, done: done}
	})
	b.ResetTimer()
	ref.Send(struct{}{})
	<-done
	b.StopTimer()
	_ = sys.Stop(time.Second)
}

// BenchmarkIdleActor reports the memory of an actor that waits, goroutine and
// mailbox of 16 included, and of a goroutine that waits on a channel of 16.
func BenchmarkIdleActor(b *testing.B) {
	const n = 20_000
	for range b.N {
		sys := actor.NewSystem("bench", actor.Live())
		parent := actor.Spawn(sys, "parent", func(*actor.Context[int]) actor.Actor[int] {
			return actor.Func[int](func(c *actor.Context[int], from int) {
				for i := range n {
					actor.Spawn(c, strconv.Itoa(from+i), func(*actor.Context[int]) actor.Actor[int] {
						return actor.Func[int](func(*actor.Context[int], int) {})
					}, actor.Capacity(16))
				}
			})
		})
		before := memoryInUse()
		parent.Send(0)
		for len(sys.Stats()) < n+1 {
			time.Sleep(10 * time.Millisecond)
		}
		b.ReportMetric(float64(memoryInUse()-before)/n, "B/actor")

		release := make(chan struct{})
		before = memoryInUse()
		channels := make([]chan int, n)
		for i := range channels {
			channels[i] = make(chan int, 16)
			go func() {
				for range channels[i] {
				}
			}()
		}
		time.Sleep(50 * time.Millisecond)
		b.ReportMetric(float64(memoryInUse()-before)/n, "B/goroutine")
		close(release)
		for _, ch := range channels {
			close(ch)
		}
		_ = sys.Stop(10 * time.Second)
	}
}

func memoryInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
