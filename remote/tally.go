package remote

// tally is which ranges of an order are done, and how many are still wanted.
type tally struct {
	order Order
	done  []bool
	made  int // jobs
	first int // range that is not done
	bound int // the last job that is wanted; -1 for none
}

func newTally(o Order) *tally {
	return &tally{order: o, done: make([]bool, o.ranges()), bound: o.Jobs - 1}
}

// add notes a range, and is false for one that is known already.
func (t *tally) add(n int) bool {
	if t.done[n] {
		return false
	}
	t.done[n] = true
	first, end := t.order.jobs(n)
	t.made += end - first
	for t.first < len(t.done) && t.done[t.first] {
		t.first++
	}
	return true
}

// wantNoneAfter says that jobs after this one are not wanted.
func (t *tally) wantNoneAfter(job int) { t.bound = min(t.bound, job) }

// over tells whether every range that is wanted is done.
func (t *tally) over() bool { return t.first == len(t.done) || t.first*t.order.Batch > t.bound }

// missing are the ranges that are wanted and not done.
func (t *tally) missing() (all []int) {
	for n := t.first; n < len(t.done) && n*t.order.Batch <= t.bound; n++ {
		if !t.done[n] {
			all = append(all, n)
		}
	}
	return all
}
