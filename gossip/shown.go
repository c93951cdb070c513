package gossip

import (
	"bytes"
	"fmt"
	"strings"
)

// What actors show of their state: see actor.Viewer.

// shownValues is how many values are shown, the latest.
const shownValues = 20

// String is how many values there are, and the latest.
func (v *values) String() string {
	return shown(len(v.log), func(i int) []byte { return v.log[i].raw })
}

func shown(n int, value func(i int) []byte) string {
	if n == 0 {
		return "no values"
	}
	var last [][]byte
	for i := max(0, n-shownValues); i < n; i++ {
		last = append(last, value(i))
	}
	text := fmt.Sprintf("%d values: ", n)
	if n > shownValues {
		text += "… "
	}
	return text + string(bytes.Join(last, []byte(" ")))
}

func (s *store) View() string { return s.values.String() }

func (s *star) View() string {
	lines := []string{s.values.String(), "hub: " + s.node.IDs()[s.hub]}
	for _, peer := range s.sessions {
		if peer != nil && peer.life != 0 {
			lines = append(lines, fmt.Sprintf("%s has %d of %d", s.node.IDs()[peer.peer], peer.acked, len(s.history)))
		}
	}
	return strings.Join(lines, "\n")
}

func (l *link) View() string {
	if shows, ok := l.acks.(fmt.Stringer); ok {
		return shows.String()
	}
	return ""
}

// String is how far the neighbour has acknowledged, and what is under way.
func (a *cumulative) String() string {
	return fmt.Sprintf("%s %v", a.peer, a.half)
}
