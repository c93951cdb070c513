package network

import "time"

// Preemption is a time in which messages between servers wait: those that one node sends to another, or, where a name is
// empty, to or from all others. What is sent then travels once it is over, so that what others send comes first.
type Preemption struct {
	Src, Dest   string
	From, Until time.Duration
}

// heldUp is for how long a message waits before it travels.
func (n *Network) heldUp(m *Message) (wait time.Duration) {
	now := n.clock.Now()
	for i := range n.config.Preemptions {
		p := &n.config.Preemptions[i]
		if now >= p.From && now < p.Until && (p.Src == "" || p.Src == m.Src) && (p.Dest == "" || p.Dest == m.Dest) {
			wait = max(wait, p.Until-now)
		}
	}
	return wait
}
