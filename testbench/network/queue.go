package network

// queue is a binary heap of messages: the next one due at index 0, of equal ones the one sent first.
type queue []Message

func (q queue) before(i, j int) bool {
	if q[i].Due != q[j].Due {
		return q[i].Due < q[j].Due
	}
	return q[i].ID < q[j].ID
}

func (q *queue) push(m Message) {
	*q = append(*q, m)
	h := *q
	for i := len(h) - 1; i > 0; {
		parent := (i - 1) / 2
		if !h.before(i, parent) {
			return
		}
		h[i], h[parent] = h[parent], h[i]
		i = parent
	}
}

// pop takes the first message; the queue must not be empty.
func (q *queue) pop() Message {
	h := *q
	first, last := h[0], len(h)-1
	h[0] = h[last]
	h[last] = Message{} // so that the body can be collected
	h = h[:last]
	*q = h
	for i := 0; ; {
		child := 2*i + 1
		if child >= len(h) {
			return first
		}
		if right := child + 1; right < len(h) && h.before(right, child) {
			child = right
		}
		if !h.before(child, i) {
			return first
		}
		h[i], h[child] = h[child], h[i]
		i = child
	}
}
