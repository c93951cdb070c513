package drawing

import (
	"cmp"
	"slices"
	"time"

	"eddy/testbench/network"
	"eddy/testbench/service"
	"eddy/trace"
	"eddy/trace/picture"
)

// Span is a part of a run. A To of 0 is its end.
type Span struct{ From, To time.Duration }

func (s Span) holds(at time.Duration) bool { return at >= s.From && (s.To == 0 || at <= s.To) }

// Draw makes the picture of a part of a run, whose records it holds in memory.
func Draw(run *trace.Run, part Span) (*picture.Page, error) {
	d := &drawing{page: &picture.Page{}, part: part, sent: make(map[int64]int), left: make(map[string]picture.Hop)}
	if err := d.network(run); err != nil {
		return nil, err
	}
	if err := d.records(run); err != nil {
		return nil, err
	}
	d.unread()
	d.addHops()
	if err := d.faults(run); err != nil {
		return nil, err
	}
	return d.page, nil
}

// addHops gives the page its arrows, those of one moment in the order in which a message takes them: in at
// stdin, from actor to actor, to stdout, over the network.
func (d *drawing) addHops() {
	step := func(h picture.Hop) int {
		switch {
		case h.From.Actor == trace.Stdout:
			return 4
		case h.To.Actor == trace.Stdout:
			return 3
		case h.From.Actor == trace.Stdin:
			return 1
		case h.From.Node != h.To.Node:
			return 0
		}
		return 2
	}
	slices.SortStableFunc(d.hops, func(a, b picture.Hop) int { return cmp.Or(cmp.Compare(a.Sent, b.Sent), step(a)-step(b)) })
	for _, h := range d.hops {
		if d.part.holds(h.Sent) {
			d.page.Hop(h)
		}
	}
}

func (d *drawing) hop(h picture.Hop) { d.hops = append(d.hops, h) }

// drawing is a picture in the making.
type drawing struct {
	page *picture.Page
	part Span

	journal bool // the network wrote down what it did
	hops    []picture.Hop
	sent    map[int64]int // those under way, by the network's number: their place in hops

	left     map[string]picture.Hop // without a journal: what left a node and was not read yet, by name
	departed []string               // their names in order
}

// network draws what passed between nodes, clients and services, by the network's own account.
func (d *drawing) network(run *trace.Run) error {
	return run.EachMessage(func(m *trace.Message) error {
		d.journal = true
		switch i, known := d.sent[m.ID]; {
		case m.Kind == trace.MessageSent:
			d.sent[m.ID] = len(d.hops)
			name := m.Name()
			d.hops = append(d.hops, picture.Hop{
				Message: name, From: outer(m.Src, trace.Stdout), To: outer(m.Dest, trace.Stdin), Sent: m.At,
				Lost: true, Why: "still under way when the run ended",
			})
			d.page.Message(picture.Message{ID: name, Body: body(m.Body)})
		case !known:
		case m.Kind == trace.MessageReceived:
			d.hops[i].Lost, d.hops[i].Why, d.hops[i].Got = false, "", m.At
		default:
			d.hops[i].Why = "lost: " + m.Why
		}
		return nil
	})
}

// body is a message's body as its sender meant it: without the mark that tracing adds.
func body(text []byte) string {
	return string(trace.WithoutMark(text))
}

// outer is the lane at which a node, a client or a service sends or receives.
func outer(id, edge string) picture.Lane {
	switch {
	case network.IsClient(id):
		return picture.Lane{Node: picture.Clients, Actor: id}
	case service.Is(id):
		return picture.Lane{Node: id}
	}
	return picture.Lane{Node: id, Actor: edge}
}

// records draws what nodes wrote down.
func (d *drawing) records(run *trace.Run) error {
	return run.Merged(func(e *trace.Event) error {
		if !d.part.holds(e.At) {
			return nil
		}
		here := picture.Lane{Node: e.Node, Actor: e.Actor}
		switch {
		case e.Actor == trace.Stdin && e.Kind == trace.Receive:
			d.arrives(e, here)
		case e.Actor == trace.Stdout && e.Kind == trace.Send:
			d.leaves(e, here)
		case e.Handled():
			d.handled(e, here)
		default:
			d.page.Event(picture.Event{At: e.At, Lane: here, Kind: e.Kind, Message: string(e.Cause), Text: e.Words()})
		}
		return nil
	})
}

// arrives: a node has read a message.
func (d *drawing) arrives(e *trace.Event, here picture.Lane) {
	name := e.Name()
	d.page.Message(picture.Message{ID: name, Type: e.Type, Body: body(e.BodyText())})
	if d.journal {
		return
	}
	h, known := d.left[name]
	if !known { // from a client or a service, which write nothing down
		h = picture.Hop{Message: name, From: outer(e.Src, trace.Stdout), To: here, Sent: e.At}
	}
	delete(d.left, name)
	h.Got = e.At
	d.hop(h)
}

// leaves: a node has written a message.
func (d *drawing) leaves(e *trace.Event, here picture.Lane) {
	name := e.Name()
	d.page.Message(picture.Message{ID: name, Type: e.Type, Body: body(e.BodyText()), Cause: string(e.Cause)})
	if e.From != "" {
		d.hop(picture.Hop{Message: name, From: picture.Lane{Node: e.Node, Actor: e.From}, To: here, Sent: e.At - e.Waited, Got: e.At})
	}
	if d.journal {
		return
	}
	h := picture.Hop{Message: name, From: here, To: outer(e.Dest, trace.Stdin), Sent: e.At, Got: e.At}
	if network.IsClient(e.Dest) || service.Is(e.Dest) {
		d.hop(h)
		return
	}
	d.left[name] = h
	d.departed = append(d.departed, name)
}

// handled: an actor has handled a message.
func (d *drawing) handled(e *trace.Event, here picture.Lane) {
	id := string(e.ID)
	m := picture.Message{ID: id, Type: e.Type}
	if e.Kind == trace.Receive {
		m.Cause = string(e.Cause) // of a tick it is what set the timer: an endless chain
	}
	d.page.Message(m)
	d.page.Event(picture.Event{At: e.At, Took: e.Took, Lane: here, Kind: e.Kind, Message: id, Depth: e.Depth, Text: e.Words()})
	if e.Kind != trace.Receive {
		return
	}
	from := picture.Lane{Node: e.Node, Actor: e.From}
	if e.From == "" {
		from.Actor = trace.Stdin
	}
	d.hop(picture.Hop{Message: id, From: from, To: here, Sent: e.At - e.Waited, Got: e.At})
}

// unread draws what left a node and was read by none.
func (d *drawing) unread() {
	for _, name := range d.departed {
		if h, still := d.left[name]; still {
			h.Lost, h.Why = true, "never read"
			d.hop(h)
		}
	}
}
