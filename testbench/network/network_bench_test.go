package network

import (
	"math/rand/v2"
	"testing"
	"time"
)

// BenchmarkMessage is one message from the line that a node printed to the line that another reads.
func BenchmarkMessage(b *testing.B) {
	clock := &testClock{}
	n := New(Config{}, clock, rand.New(rand.NewPCG(1, 1)), nil)
	n.Add("n1", func(*Message, time.Duration) {})
	n.Add("n2", func(m *Message, _ time.Duration) { _ = Line(m) })
	line := []byte(`{"src":"n1","dest":"n2","body":{"type":"gossip","msg_id":12,"values":[1001,1002,1003,1004,1005,1006,1007,1008]}}`)
	b.ReportAllocs()
	for b.Loop() {
		p, err := ParseLine(line)
		if err != nil {
			b.Fatal(err)
		}
		if err := n.Send(p.Src, p.Dest, p.Body); err != nil {
			b.Fatal(err)
		}
		clock.until(clock.now)
	}
}
