// Package decisions_test measures what the pages beside it decide by.
package decisions_test

import (
	"testing"
	"time"
)

const (
	capacity = 1024
	burst    = capacity // messages sent before they are received: no goroutine switches in the figures
)

// What a mailbox would cost that is one channel, and one whose owner also
// listens for a stop and a tick on channels of their own.

func BenchmarkReceiveFromOneChannel(b *testing.B) {
	queue := make(chan int, capacity)
	benchmarkReceive(b, queue, func() { <-queue })
}

func BenchmarkReceiveBySelectOverThree(b *testing.B) {
	queue, stop, tick := make(chan int, capacity), make(chan struct{}), make(chan time.Time)
	benchmarkReceive(b, queue, func() {
		select {
		case <-queue:
		case <-stop:
		case <-tick:
		}
	})
}

func benchmarkReceive(b *testing.B, queue chan int, receive func()) {
	for sent := 0; sent < b.N; sent += burst {
		b.StopTimer()
		for i := range burst {
			queue <- i
		}
		b.StartTimer()
		for range burst {
			receive()
		}
	}
}

// What a send costs that looks whether the actor has ended: afterwards, before and
// afterwards, or in one select with the send.

func BenchmarkSendThenLook(b *testing.B) {
	queue, dead := make(chan int, capacity), make(chan struct{})
	benchmarkSend(b, queue, func(i int) bool {
		select {
		case queue <- i:
		default:
			return false
		}
		select {
		case <-dead:
			return false
		default:
			return true
		}
	})
}

func BenchmarkSendBetweenTwoLooks(b *testing.B) {
	queue, dead := make(chan int, capacity), make(chan struct{})
	benchmarkSend(b, queue, func(i int) bool {
		select {
		case <-dead:
			return false
		default:
		}
		select {
		case queue <- i:
		default:
			return false
		}
		select {
		case <-dead:
		default:
		}
		return true
	})
}

func BenchmarkSendBySelectWithStop(b *testing.B) {
	queue, dead := make(chan int, capacity), make(chan struct{})
	benchmarkSend(b, queue, func(i int) bool {
		select {
		case queue <- i:
			return true
		case <-dead:
			return false
		}
	})
}

func benchmarkSend(b *testing.B, queue chan int, send func(int) bool) {
	for sent := 0; sent < b.N; sent += burst {
		b.StopTimer()
		for len(queue) > 0 {
			<-queue
		}
		b.StartTimer()
		for i := range burst {
			if !send(i) {
				b.Fatal("not sent")
			}
		}
	}
}
