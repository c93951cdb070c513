package actor

import "time"

// deadline is an entry in its owner's heap: a request's or a timer's.
type deadline struct {
	at    time.Duration // since the executor started
	seq   uint64        // of entry, so that equal times keep their order
	index int           // place in the heap plus one; 0 when not in it
	owner expirer
}

// expirer is what a deadline belongs to: a timer, or a request under way.
type expirer interface {
	// expire: the time has come. The deadline is out of the heap already.
	expire()
	// abandon: the actor's life ends, nothing is handled any more.
	abandon()
}

// deadlines is a binary heap by time, then order of entry. Entries know their
// place, so that an answered request leaves at once instead of lingering until
// its deadline.
type deadlines struct {
	heap []*deadline
	seq  uint64
}

func (d *deadlines) push(e *deadline, at time.Duration) {
	d.seq++
	e.at, e.seq = at, d.seq
	d.heap = append(d.heap, e)
	e.index = len(d.heap)
	d.up(len(d.heap) - 1)
}

// first is the earliest deadline, nil when there is none.
func (d *deadlines) first() *deadline {
	if len(d.heap) == 0 {
		return nil
	}
	return d.heap[0]
}

func (d *deadlines) remove(e *deadline) {
	if e.index == 0 {
		return
	}
	i, last := e.index-1, len(d.heap)-1
	d.swap(i, last)
	d.heap[last] = nil
	d.heap = d.heap[:last]
	e.index = 0
	if i < last {
		d.down(i)
		d.up(i)
	}
}

// clear forgets every deadline without expiring it.
func (d *deadlines) clear() {
	for _, e := range d.heap {
		e.index = 0
	}
	clear(d.heap)
	d.heap = d.heap[:0]
}

func (d *deadlines) less(i, j int) bool {
	a, b := d.heap[i], d.heap[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

func (d *deadlines) swap(i, j int) {
	d.heap[i], d.heap[j] = d.heap[j], d.heap[i]
	d.heap[i].index, d.heap[j].index = i+1, j+1
}

func (d *deadlines) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if !d.less(i, parent) {
			return
		}
		d.swap(i, parent)
		i = parent
	}
}

func (d *deadlines) down(i int) {
	for {
		child := 2*i + 1
		if child >= len(d.heap) {
			return
		}
		if right := child + 1; right < len(d.heap) && d.less(right, child) {
			child = right
		}
		if !d.less(child, i) {
			return
		}
		d.swap(i, child)
		i = child
	}
}
