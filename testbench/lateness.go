package testbench

import (
	"math/bits"
	"time"
)

// Lateness collects how late something came that the bench had to do at a certain time. It keeps counts
// in buckets whose bounds lie within 7 % of each other, from a microsecond up. The zero value is empty.
type Lateness struct {
	counts [latenessBuckets]int64
	max    time.Duration
	sum    time.Duration
	n      int64
}

// Each power of two of microseconds is split in latenessSteps.
const (
	latenessSteps   = 16
	latenessBuckets = 40 * latenessSteps
)

// Add notes one. Early is on time.
func (l *Lateness) Add(late time.Duration) {
	late = max(late, 0)
	l.counts[latenessBucket(late)]++
	l.max = max(l.max, late)
	l.sum += late
	l.n++
}

// Merge adds what another one has collected.
func (l *Lateness) Merge(other *Lateness) {
	for i, c := range other.counts {
		l.counts[i] += c
	}
	l.max = max(l.max, other.max)
	l.sum += other.sum
	l.n += other.n
}

// Figures are a summary of how late the bench was. P50 and P99 are the upper bounds of the buckets they
// fall in.
type Figures struct {
	Count         int64
	P50, P99, Max time.Duration
}

// Figures sums up.
func (l *Lateness) Figures() Figures {
	return Figures{Count: l.n, P50: l.quantile(0.5), P99: l.quantile(0.99), Max: l.max}
}

func (l *Lateness) quantile(q float64) time.Duration {
	rank := int64(float64(l.n) * q)
	for i, c := range l.counts {
		if rank -= c; rank < 0 {
			return min(latenessBound(i), l.max)
		}
	}
	return l.max
}

func latenessBucket(d time.Duration) int {
	us := uint64(d / time.Microsecond)
	if us < latenessSteps {
		return int(us)
	}
	shift := bits.Len64(us) - bits.Len64(latenessSteps)
	bucket := (shift+1)*latenessSteps + int(us>>shift) - latenessSteps
	return min(bucket, latenessBuckets-1)
}

// latenessBound is the upper bound of a bucket.
func latenessBound(bucket int) time.Duration {
	if bucket < latenessSteps {
		return time.Duration(bucket+1) * time.Microsecond
	}
	shift := bucket/latenessSteps - 1
	us := uint64(bucket%latenessSteps+latenessSteps+1) << shift
	return time.Duration(us) * time.Microsecond
}
