package picture

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Page is what a page shows. Times count from the begin of the picture, and are shown to the microsecond.
type Page struct {
	Title   string
	Verdict Verdict
	End     time.Duration // of the picture; stretched to hold whatever is in it

	messages []Message
	hops     []Hop
	events   []Event
	shades   []Shade
}

// Verdict is how a run was judged, and why. Where it was not judged all is empty.
type Verdict struct {
	Word    string // valid, invalid, unknown
	Reason  string // in a few words
	Cause   string // what went wrong first, in a sentence; ids of messages in it can be clicked
	Heading string // of the values
	Total   int    // how many values there are; Values may be fewer
	Values  []string
}

// Lane is the line of an actor in the diagram. An empty Actor stands for a node, or anything else, that has
// no parts.
type Lane struct{ Node, Actor string }

// Message is something that was sent. It may take several hops.
type Message struct {
	ID    string // no two have the same
	Type  string
	Body  string
	Cause string // ID of the message that was in hand when it was sent; may be empty, or one that is not shown
}

// Hop is a message's way from one lane to another: an arrow.
type Hop struct {
	Message  string // its ID
	From, To Lane
	Sent     time.Duration
	Got      time.Duration
	Lost     bool // it was never got; Got does not count
	Why      string
}

// Event is something that happened on a lane: a tick across it.
type Event struct {
	At, Took time.Duration
	Lane     Lane
	Kind     string // receive, state, drop, ...
	Message  string // ID of the one in hand; may be empty
	Depth    int    // of the mailbox
	Text     string
}

// Shade is a span of time in which something was wrong.
type Shade struct {
	Kind     string // partition, pause or kill, which have colours
	From, To time.Duration
	Nodes    []string // that it befell; none for all
	Label    string
}

// Message adds a message. Of several with one ID the first counts, but for parts that it left empty.
func (p *Page) Message(m Message) { p.messages = append(p.messages, m) }

// Hop adds an arrow. Its message may be added later, or never.
func (p *Page) Hop(h Hop) {
	p.hops = append(p.hops, h)
	p.stretch(h.Sent)
	if !h.Lost {
		p.stretch(h.Got)
	}
}

// Event adds a tick.
func (p *Page) Event(e Event) {
	p.events = append(p.events, e)
	p.stretch(e.At + e.Took)
}

// Shade adds a shade.
func (p *Page) Shade(s Shade) {
	p.shades = append(p.shades, s)
	p.stretch(s.From)
}

func (p *Page) stretch(at time.Duration) { p.End = max(p.End, at) }

// Events counts what there is to see: arrows and ticks.
func (p *Page) Events() int { return len(p.hops) + len(p.events) }

// byName sorts names as people do: n2 before n10. Those in first come first, in that order, those in last come last.
func byName(first, last []string) func(a, b string) int {
	rank := func(name string) int {
		if i := slices.Index(first, name); i >= 0 {
			return i - len(first)
		}
		return slices.Index(last, name) + 1
	}
	return func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), natural(a, b))
	}
}

// natural compares runs of digits by their number.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// digits is how long the run of digits is that s begins with.
func digits(s string) int {
	return len(s) - len(strings.TrimLeft(s, "0123456789"))
}
