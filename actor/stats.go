package actor

import (
	"cmp"
	"slices"
)

// Stats are the counters of one actor since its spawn.
type Stats struct {
	Path     string
	Received uint64 // messages handled
	Rejected int    // messages its mailbox turned away, dropped, or held at its end
	Restarts int
	Deepest  int    // most messages seen waiting
	Waiting  int    // messages waiting now
	Late     uint64 // answers that came after their deadline, or twice
	Asking   int    // requests of its own that have no answer yet
	View     string // what it shows of its state, in a World: see [Viewer]
}

// Viewer is implemented by actors that show their state: a line or a few, for people. In a World it is called between
// steps, and must change nothing.
type Viewer interface{ View() string }

// census is an actor's answer to the question for its counters.
type census struct {
	stats    Stats
	children []inbox
	gone     bool
}

func (c *Context[M]) census() census {
	out := census{stats: Stats{
		Path:     c.id.path,
		Received: c.received,
		Rejected: c.rejected,
		Restarts: int(c.restarts),
		Deepest:  int(c.deepest),
		Waiting:  len(c.box.queue),
		Late:     uint64(c.late),
		Asking:   int(c.asking),
	}}
	for _, child := range c.children() {
		out.children = append(out.children, child.inbox)
	}
	return out
}

// addTally counts the messages that senders saw turned away since the last time.
func (c *Context[M]) addTally() {
	select {
	case n := <-c.box.tally:
		c.rejected += n
	default:
	}
}

// Stats asks every actor for its counters and returns them by path. An actor
// that does not answer within a second is left out. Not for handlers: it waits.
func (s *System) Stats() []Stats {
	var all []Stats
	ask := []inbox{s.root.inbox}
	for len(ask) > 0 {
		counted := s.exec.census(ask[0])
		ask = append(ask[1:], counted.children...)
		if counted.stats.Path != "" && !counted.gone {
			all = append(all, counted.stats)
		}
	}
	slices.SortFunc(all, func(a, b Stats) int { return cmp.Compare(a.Path, b.Path) })
	return all
}
