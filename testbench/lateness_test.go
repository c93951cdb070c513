package testbench

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

func TestFiguresAreWithinAFewPercent(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	var l, half Lateness
	var all []time.Duration
	for i := range 100_000 {
		d := time.Duration(rng.ExpFloat64() * float64(time.Second))
		all = append(all, d)
		if i%2 == 0 {
			l.Add(d)
		} else {
			half.Add(d)
		}
	}
	l.Merge(&half)
	slices.Sort(all)
	f := l.Figures()
	if f.Count != 100_000 || f.Max != all[len(all)-1] {
		t.Errorf("%+v", f)
	}
	for _, c := range []struct{ got, want time.Duration }{{f.P50, all[50_000]}, {f.P99, all[99_000]}} {
		if c.got < c.want || float64(c.got) > 1.07*float64(c.want) {
			t.Errorf("%v for %v", c.got, c.want)
		}
	}
}

func TestEveryDurationFallsBelowTheBoundOfItsBucket(t *testing.T) {
	for d := time.Duration(0); d < 1000*time.Hour; d += d/50 + 1 {
		b := latenessBucket(d)
		if b > 0 && latenessBound(b-1) > d || latenessBound(b) <= d {
			t.Fatalf("%v is in the bucket from %v to %v", d, latenessBound(b-1), latenessBound(b))
		}
	}
}

func TestEarlyIsOnTime(t *testing.T) {
	var l Lateness
	l.Add(-time.Second)
	if f := l.Figures(); f.Max != 0 || f.Count != 1 || f.Excessive() {
		t.Errorf("%+v", f)
	}
	if (Figures{}).Excessive() {
		t.Error("nothing measured is excessive")
	}
}
