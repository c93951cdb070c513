package testbench

import "math/bits"

// threads are the workers of a run, and after them the nemesis, as Jepsen's generators see them: which
// are free, and whose turn is next. The nemesis counts in the turns, so that after the last worker the
// first one may come twice; recordings of Maelstrom show it. With chance apart it does not count.
type threads struct {
	free    []uint64 // one bit a thread
	workers int
	next    int
	idle    int  // free workers, without the nemesis
	apart   bool // the nemesis does not count in the turns
}

func newThreads(workers int, apart bool) *threads {
	t := &threads{apart: apart, free: make([]uint64, workers/64+1), workers: workers, idle: workers}
	for i := range workers + 1 {
		t.free[i/64] |= 1 << (i % 64)
	}
	return t
}

func (t *threads) nemesis() int           { return t.workers }
func (t *threads) isFree(thread int) bool { return t.free[thread/64]&(1<<(thread%64)) != 0 }
func (t *threads) allFree() bool          { return t.idle == t.workers && t.isFree(t.nemesis()) }
func (t *threads) worker(thread int) bool { return thread < t.workers }
func (t *threads) flip(thread, change int) {
	t.free[thread/64] ^= 1 << (thread % 64)
	if t.worker(thread) {
		t.idle += change
	}
}

// busy takes a free thread and passes the turn on.
func (t *threads) busy(thread int) {
	t.flip(thread, -1)
	if t.apart && !t.worker(thread) {
		return
	}
	t.next = (t.next + 1) % (t.workers + 1)
}

// release frees a busy thread.
func (t *threads) release(thread int) { t.flip(thread, +1) }

// inTurn gives the free worker whose turn it is; there must be one.
func (t *threads) inTurn() int {
	if w := t.firstFree(t.next); w < t.workers {
		return w
	}
	return t.firstFree(0)
}

// inTurnOf gives the free worker whose turn it is, of those from one number up to before another.
func (t *threads) inTurnOf(from, to int) (worker int, any bool) {
	if t.next > from && t.next < to {
		if w := t.firstFree(t.next); w < to {
			return w, true
		}
	}
	w := t.firstFree(from)
	return w, w < to
}

// firstFree gives the first free thread from start on, or one past the nemesis.
func (t *threads) firstFree(start int) int {
	mask := ^uint64(0) << (start % 64)
	for word := start / 64; word < len(t.free); word++ {
		if found := t.free[word] & mask; found != 0 {
			return word*64 + bits.TrailingZeros64(found)
		}
		mask = ^uint64(0)
	}
	return t.workers + 1
}

// freeWorker gives the k-th free worker, counting from 0; there must be as many.
func (t *threads) freeWorker(k int) int {
	for word, set := range t.free {
		count := bits.OnesCount64(set)
		if k >= count {
			k -= count
			continue
		}
		for ; k > 0; k-- {
			set &= set - 1
		}
		return word*64 + bits.TrailingZeros64(set)
	}
	return t.workers
}
