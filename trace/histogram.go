package trace

import (
	"math/bits"
	"time"
)

// histogram counts durations in buckets whose width is an eighth of their size, so
// that a quantile is right within 12 %, whatever was counted.
type histogram struct {
	buckets []uint32 // grown to what is needed
	count   uint64
	most    time.Duration
}

// subBits is how many bits below the highest one tell buckets apart.
const subBits = 3

func bucketOf(d time.Duration) int {
	n := uint64(max(d, 0))
	if n < 1<<subBits {
		return int(n)
	}
	shift := bits.Len64(n) - 1 - subBits
	return (shift+1)<<subBits + int(n>>shift)&(1<<subBits-1)
}

// floorOf is the least duration of a bucket.
func floorOf(bucket int) time.Duration {
	if bucket < 1<<subBits {
		return time.Duration(bucket)
	}
	shift := bucket>>subBits - 1
	return time.Duration((1<<subBits + bucket&(1<<subBits-1)) << shift)
}

func (h *histogram) add(d time.Duration) {
	b := bucketOf(d)
	for b >= len(h.buckets) {
		h.buckets = append(h.buckets, 0)
	}
	h.buckets[b]++
	h.count++
	h.most = max(h.most, d)
}

func (h *histogram) merge(other *histogram) {
	for b, n := range other.buckets {
		for b >= len(h.buckets) {
			h.buckets = append(h.buckets, 0)
		}
		h.buckets[b] += n
	}
	h.count += other.count
	h.most = max(h.most, other.most)
}

// quantile is the duration that a fraction q of what was counted does not exceed.
func (h *histogram) quantile(q float64) time.Duration {
	rank := uint64(float64(h.count) * q)
	for b, n := range h.buckets {
		if uint64(n) > rank {
			return floorOf(b)
		}
		rank -= uint64(n)
	}
	return h.most
}
