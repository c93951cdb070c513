package search

import (
	"testing"
	"time"
)

// chance is a run in which the failure is inevitable from a moment on, and before it comes in every so many futures.
func chance(from time.Duration, every int) func(time.Duration, int) int {
	return func(at time.Duration, futures int) int {
		switch {
		case at >= from:
			return futures
		case every == 0:
			return 0
		}
		return futures - futures/every
	}
}

func TestTheMomentOfNoReturnIsFoundToTheMillisecond(t *testing.T) {
	for _, from := range []time.Duration{1, 999, 1000, 7321, 9999} {
		from *= time.Millisecond
		for _, every := range []int{0, 2, 8} {
			found := FindInevitable(10*time.Second, chance(from, every))
			if found.From.At != from || found.Before.At != from-time.Millisecond || !found.From.all() || found.Before.all() {
				t.Errorf("inevitable from %v, found %+v, before it %+v", from, found.From, found.Before)
			}
			if n := len(found.Curve); n != gridMoments+1 || found.Curve[0].At != 0 || found.Curve[n-1].At != 10*time.Second {
				t.Errorf("the curve is %v", found.Curve)
			}
		}
	}
}

func TestWhatFailsWhateverComesWasInevitableFromTheStart(t *testing.T) {
	if found := FindInevitable(time.Second, chance(0, 0)); found.From.At != 0 || found.Before.At != 0 {
		t.Errorf("found %+v", found)
	}
}

func TestAFailureOfTheLastMomentIsInevitableOnlyThen(t *testing.T) {
	found := FindInevitable(time.Second, chance(time.Hour, 2))
	if found.Before.At != time.Second || found.From.At <= time.Second {
		t.Errorf("found %+v", found)
	}
}
