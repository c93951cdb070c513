package gossip

import (
	"encoding/json"
	"fmt"
	"strconv"
	"testing"

	"eddy/actor/node/wire"
)

func TestValuesAreComparedByCanonicalForm(t *testing.T) {
	v := newValues()
	for _, c := range []struct {
		value string
		fresh bool
	}{
		{`1`, true}, {`"1"`, true}, {`1.0`, true}, {`1`, false}, {`10e-1`, false},
		{`{"a":1,"b":2}`, true}, {`{ "b" : 2, "a" : 1 }`, false}, {`{"a":1,"b":"2"}`, true},
		{`"\u0061"`, true}, {`"a"`, false}, {`[1,2]`, true}, {`[2,1]`, true}, {`[1, 2]`, false},
		{`null`, true}, {`false`, true}, {`""`, true},
		{`123456789012345678901234567890`, true}, {`123456789012345678901234567891`, true},
	} {
		fresh, err := v.learn(wire.Raw(c.value), fromClient)
		if err != nil || fresh != c.fresh {
			t.Errorf("%s: fresh %v, %v", c.value, fresh, err)
		}
	}
	var all []json.RawMessage
	if err := json.Unmarshal([]byte("["+string(v.encoded)+"]"), &all); err != nil {
		t.Fatalf("encoded as %s: %v", v.encoded, err)
	}
	if len(all) != len(v.log) {
		t.Errorf("%d values in the log, %d encoded: %s", len(v.log), len(all), v.encoded)
	}
}

func TestASnapshotDoesNotChange(t *testing.T) {
	v := newValues()
	for i := range 1000 {
		_, _ = v.learn(wire.Raw(strconv.Itoa(i)), fromClient)
	}
	encoded, log := string(v.encoded), v.log
	snapshot := v.encoded
	for i := range 100_000 {
		_, _ = v.learn(wire.Raw(strconv.Itoa(1000+i)), fromClient)
	}
	if string(snapshot) != encoded {
		t.Error("the encoding changed under its reader")
	}
	for i, e := range log {
		if string(e.raw) != strconv.Itoa(i) {
			t.Fatalf("entry %d of the log is now %s", i, e.raw)
		}
	}
}

// filled with n values of up to seven digits.
func filledValues(n int) *values {
	v := newValues()
	for i := range n {
		_, _ = v.learn(wire.Raw(strconv.Itoa(i)), fromClient)
	}
	return &v
}

// The cost of a read against the size of the set: beside a copy of its bytes,
// and the encoding of every value that it would cost without one at hand.
func BenchmarkRead(b *testing.B) {
	for n := 100; n <= 1_000_000; n *= 10 {
		v := filledValues(n)
		ints := make([]int, n)
		for i := range ints {
			ints[i] = i
		}
		header := wire.Header{Src: "n1", Dest: "c1", Type: "read_ok", InReplyTo: 1, HasInReplyTo: true}
		b.Run(fmt.Sprintf("values=%d/answer", n), func(b *testing.B) {
			b.SetBytes(int64(len(v.encoded)))
			for b.Loop() {
				if _, err := wire.AppendMessage(nil, header, listed{"messages", v.encoded}); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(fmt.Sprintf("values=%d/copy", n), func(b *testing.B) {
			b.SetBytes(int64(len(v.encoded)))
			for b.Loop() {
				_ = append([]byte(nil), v.encoded...)
			}
		})
		b.Run(fmt.Sprintf("values=%d/encode", n), func(b *testing.B) {
			for b.Loop() {
				if _, err := wire.AppendMessage(nil, header, map[string][]int{"messages": ints}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// The cost of a broadcast into a set that holds so many already.
func BenchmarkBroadcast(b *testing.B) {
	for n := 100; n <= 1_000_000; n *= 10 {
		b.Run(fmt.Sprintf("values=%d", n), func(b *testing.B) {
			const batch = 1000
			v := filledValues(n)
			next := n
			b.ResetTimer()
			for range b.N {
				for range batch {
					if _, err := v.learn(strconv.AppendInt(nil, int64(next), 10), fromClient); err != nil {
						b.Fatal(err)
					}
					next++
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*batch), "ns/value")
		})
	}
}
