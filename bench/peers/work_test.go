package peers

import (
	"errors"
	goruntime "runtime"
	"testing"
	"time"
)

// mailboxRoom is every mailbox's, where a peer bounds it.
const mailboxRoom = 256

var errTimeout = errors.New("no answer in time")

// BenchmarkWork is the table of times: an operation is one message handled, one request answered, one round trip,
// one hop, one actor started that has handled its first message.
func BenchmarkWork(b *testing.B) {
	for _, work := range []struct {
		name string
		do   func(b *testing.B, r runtime)
	}{
		{"tell-1-to-1", tellFrom(1)},
		{"tell-8-to-1", tellFrom(8)},
		{"ask", ask},
		{"ping-pong", pingPong},
		{"ring-1000", ring},
		{"spawn", spawn},
	} {
		for _, p := range peers {
			b.Run(work.name+"/"+p.name, func(b *testing.B) {
				r := p.open()
				b.ReportAllocs()
				work.do(b, r)
				b.StopTimer()
				r.close()
			})
		}
	}
}

// tellFrom sends from goroutines outside to one actor.
func tellFrom(senders int) func(*testing.B, runtime) {
	return func(b *testing.B, r runtime) {
		each := b.N/senders + 1
		left, done := each*senders, make(chan struct{})
		to := r.spawn(mailboxRoom, func(*message) {
			if left--; left == 0 {
				close(done)
			}
		})
		b.ResetTimer()
		for range senders {
			go func() {
				m := &message{}
				for range each {
					to.pour(m)
				}
			}()
		}
		<-done
	}
}

// ask asks from outside, one request after another, with a deadline.
func ask(b *testing.B, r runtime) {
	request := r.responder()
	m := &message{}
	b.ResetTimer()
	for range b.N {
		if answer, err := request(m, 5*time.Second); err != nil || answer != m {
			b.Fatal(answer, err)
		}
	}
}

// pingPong has two actors send one message to and fro.
func pingPong(b *testing.B, r runtime) {
	left, done := b.N, make(chan struct{})
	var ping, pong address
	pong = r.spawn(mailboxRoom, func(m *message) { _ = ping.tell(m) })
	ping = r.spawn(mailboxRoom, func(m *message) {
		if left--; left < 0 {
			close(done)
			return
		}
		_ = pong.tell(m)
	})
	b.ResetTimer()
	ping.pour(&message{})
	<-done
}

// ring has one message go round among 1,000 actors.
func ring(b *testing.B, r runtime) {
	const size = 1000
	left, done := b.N, make(chan struct{})
	members := make([]address, size)
	for i := range members {
		members[i] = r.spawn(16, func(m *message) {
			if left--; left == 0 {
				close(done)
			}
			if left > 0 {
				_ = members[(i+1)%size].tell(m)
			}
		})
	}
	b.ResetTimer()
	members[0].pour(&message{})
	<-done
}

// spawn starts actors one after another.
func spawn(b *testing.B, r runtime) {
	done := make(chan struct{}, 1)
	m := &message{}
	b.ResetTimer()
	for range b.N {
		r.spawn(16, func(*message) { done <- struct{}{} }).pour(m)
		<-done
	}
}

// BenchmarkIdle reports the memory of an actor that waits, one of 100,000, each with a mailbox of 16 where the peer
// bounds it, and having handled one message.
func BenchmarkIdle(b *testing.B) {
	const actors = 100_000
	for _, p := range peers {
		b.Run("100000-actors/"+p.name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				r := p.open()
				before := memoryInUse()
				addresses := make([]address, actors)
				done := make(chan struct{}, actors)
				for i := range addresses {
					addresses[i] = r.spawn(16, func(*message) { done <- struct{}{} })
					addresses[i].pour(&message{})
				}
				for range addresses {
					<-done
				}
				time.Sleep(200 * time.Millisecond)                                 // whoever has work left does it
				b.ReportMetric(float64(memoryInUse()-before)/actors-16, "B/actor") // 16: the address kept here
				r.close()
				goruntime.KeepAlive(addresses)
			}
		})
	}
}

func memoryInUse() uint64 {
	goruntime.GC()
	goruntime.GC()
	var m goruntime.MemStats
	goruntime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
