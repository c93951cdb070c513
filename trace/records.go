package trace

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"

	"eddy/testbench/network"
	"eddy/testbench/service"
)

// Carrier is one message between nodes that had a value in it, and its fate.
type Carrier struct {
	Name      string // as its sender's record has it, if that was traced
	Src, Dest string
	Sent      time.Duration
	Received  time.Duration // when it was delivered; unless Delivered
	Delivered bool
	LostAt    time.Duration
	Lost      string // why it was; empty if it was not
	Number    int64  // of the value on its link, by its sender's record; else 0
	As        string // the value as the message has it, where it has altered its type: "7" for 7

	place int // of the value in the message's list
}

// Learning is a node's first sight of a value.
type Learning struct {
	Node  string
	At    time.Duration
	Cause string // the message that brought it
	Clock uint64
}

// Records is all that a run's files have of one value.
type Records struct {
	Value    string
	Given    []Learning // clients' requests with it, by the node that was asked
	Learned  []Learning
	Carriers []Carrier
	Nodes    []string                   // of the run, in order
	reach    map[string]map[string]bool // which node has links to, or was seen to send to, which
	lives    map[string][]time.Duration // when each node began
	traced   bool                       // there are words of state, so that what is not said did not happen
	altered  string                     // the value as another type, to be looked for too
	anywhere bool                       // the value may be in any field: of a program whose messages say no more
	fields   []string                   // that have values; empty where that is not known
	sampled  time.Duration              // since when only some messages are recorded; 0: all are
	shown    []Learning                 // replies to clients that held the value
}

// Collect reads what there is of a value.
func Collect(r *Run, value string) (*Records, error) {
	d := &Records{Value: value, fields: r.Values, reach: make(map[string]map[string]bool), lives: make(map[string][]time.Duration)}
	if err := d.readJournal(r); err != nil {
		return nil, err
	}
	if err := d.readRecords(r); err != nil {
		return nil, err
	}
	if !d.traced && len(d.Carriers) == 0 { // another program's messages have other fields
		if err := d.readAnywhere(r, value, ""); err != nil {
			return nil, err
		}
		if altered := otherType(value); len(d.Carriers) == 0 && altered != "" {
			if err := d.readAnywhere(r, value, altered); err != nil {
				return nil, err
			}
		}
	}
	d.sampled = r.Sampled
	byTime := func(a, b Learning) int { return cmp.Compare(a.At, b.At) }
	slices.SortStableFunc(d.Given, byTime)
	slices.SortStableFunc(d.Learned, byTime)
	slices.SortFunc(d.Nodes, compareNames)
	d.Nodes = slices.Compact(d.Nodes)
	if !d.traced {
		d.inferLearned()
	}
	return d, nil
}

// readAnywhere looks for the value in any field of a message, and where none has it in one, for what it is as another
// type.
func (d *Records) readAnywhere(r *Run, value, altered string) error {
	d.anywhere, d.altered, d.Nodes, d.Given, d.shown = true, altered, nil, nil, nil
	clear(d.lives)
	return d.readJournal(r)
}

// otherType is a number as a string, or the number that a string spells; empty for anything else.
func otherType(value string) string {
	if text, quoted := jsonText([]byte(value)); quoted {
		if isNumber(text) {
			return text
		}
		return ""
	}
	if isNumber(value) {
		return quote(value)
	}
	return ""
}

func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "-0123456789") == ""
}

// readJournal takes the carriers and their fates from the network's journal.
func (d *Records) readJournal(r *Run) error {
	value := []byte(d.Value)
	under := make(map[int64]int) // carriers by the network's number
	asked := make(map[int64]Learning)
	inits := make(map[int64]bool)
	seen := make(map[string]bool)
	return r.EachMessage(func(m *Message) error {
		switch m.Kind {
		case MessageSent:
			if !network.IsClient(m.Src) && !service.Is(m.Src) && !seen[m.Src] {
				seen[m.Src] = true
				d.Nodes = append(d.Nodes, m.Src)
			}
			if network.IsClient(m.Dest) && !service.Is(m.Src) {
				if _, found := findAnywhere(m.Body, value); found {
					d.shown = append(d.shown, Learning{Node: m.Src, At: m.At, Cause: m.Name()})
				}
			}
			if network.IsClient(m.Dest) || service.Is(m.Dest) {
				return nil
			}
			if !network.IsClient(m.Src) {
				d.link(m.Src, m.Dest)
			}
			if string(fieldOf(m.Body, "type")) == `"init"` {
				inits[m.ID] = true
			}
			place, found := d.carries(m.Body)
			if d.anywhere && !found && !inits[m.ID] {
				place, found = findAnywhere(m.Body, value)
			}
			as := ""
			if !found && d.altered != "" && !network.IsClient(m.Src) {
				if place, found = findAnywhere(m.Body, []byte(d.altered)); found {
					as = d.altered
				}
			}
			switch {
			case !found:
			case network.IsClient(m.Src):
				asked[m.ID] = Learning{Node: m.Dest, At: m.At, Cause: m.Name()}
			default:
				under[m.ID] = len(d.Carriers)
				c := newCarrier(m, place)
				c.As = as
				d.Carriers = append(d.Carriers, c)
			}
		case MessageReceived:
			if i, carrier := under[m.ID]; carrier {
				d.Carriers[i].Received, d.Carriers[i].Delivered = m.At, true
			}
			if inits[m.ID] {
				d.lives[m.Dest] = append(d.lives[m.Dest], m.At)
			}
			if given, request := asked[m.ID]; request {
				given.At = m.At
				d.Given = append(d.Given, given)
			}
		case MessageLost:
			if i, carrier := under[m.ID]; carrier {
				d.Carriers[i].LostAt, d.Carriers[i].Lost = m.At, m.Why
			}
		}
		return nil
	})
}

func newCarrier(m *Message, place int) Carrier {
	c := Carrier{Src: m.Src, Dest: m.Dest, Sent: m.At, place: place}
	if m.untraced || bytes.Contains(m.Body, mark) {
		c.Name = m.Name()
	}
	return c
}

// numbered takes in which numbers the carrier's values have, by its sender's record.
func (c *Carrier) numbered(e *Event) {
	if c.Number = e.Last; e.First != 0 {
		c.Number = e.First + int64(c.place)
	}
}

// carries reports whether a body brings the value, and at which place of a list.
func (d *Records) carries(body []byte) (place int, found bool) {
	if len(d.fields) == 0 {
		return findAnywhere(body, []byte(d.Value))
	}
	return carries(body, []byte(d.Value), d.fields)
}

func (d *Records) link(src, dest string) {
	to := d.reach[src]
	if to == nil {
		to = make(map[string]bool)
		d.reach[src] = to
	}
	to[dest] = true
}

// readRecords takes from the nodes' logs who learned the value when; where there
// is no journal, the carriers too.
func (d *Records) readRecords(r *Run) error {
	seen := make(map[string]bool)
	carriers := make(map[string]int)
	for i, c := range d.Carriers {
		if _, known := carriers[c.Name]; !known && c.Name != "" {
			carriers[c.Name] = i
		}
	}
	_, err := r.Events(func(e *Event) error {
		if !seen[e.Node] {
			seen[e.Node] = true
			d.Nodes = append(d.Nodes, e.Node)
		}
		switch {
		case e.untraced:
		case e.Kind == State:
			d.traced = true
			if learned, ok := e.Learned(); ok && learned == d.Value {
				d.Learned = append(d.Learned, Learning{e.Node, e.At, string(e.Cause), e.Clock})
			}
		case r.Messages == "" && e.Actor == Stdin && e.Type == "init":
			d.lives[e.Node] = append(d.lives[e.Node], e.At)
		case e.Kind == Spawn:
			if peer := linkPeer(e.Actor); peer != "" {
				d.link(e.Node, peer)
			}
		case r.Messages == "" && e.Crossing():
			d.edge(e, carriers)
		}
		if i, known := carriers[string(e.ID)]; known && e.Actor == Stdout {
			d.Carriers[i].numbered(e)
		}
		return nil
	})
	return err
}

// edge takes a carrier from what its sender and its receiver recorded.
func (d *Records) edge(e *Event, carriers map[string]int) {
	peer := e.Src
	if e.Actor == Stdout {
		peer = e.Dest
		if !network.IsClient(peer) && !service.Is(peer) {
			d.link(e.Node, peer)
		}
	}
	place, found := d.carries(e.BodyText())
	if !found || service.Is(peer) {
		return
	}
	if network.IsClient(peer) {
		if e.Actor == Stdin {
			d.Given = append(d.Given, Learning{e.Node, e.At, string(e.ID), e.Clock})
		}
		return
	}
	i, known := carriers[string(e.ID)]
	if !known {
		i = len(d.Carriers)
		carriers[string(e.ID)] = i
		m := Message{Src: e.Node, Dest: e.Dest, At: e.At, Body: e.BodyText()}
		if e.Actor == Stdin {
			m.Src, m.Dest = e.Src, e.Node
		}
		c := newCarrier(&m, place)
		c.Name = string(e.ID)
		d.Carriers = append(d.Carriers, c)
	}
	if e.Actor == Stdin {
		d.Carriers[i].Received, d.Carriers[i].Delivered = e.At, true
	} else {
		d.Carriers[i].Sent = e.At
	}
}

// linkPeer is the node that an actor is the link to: the name behind link/.
func linkPeer(path string) string {
	at := bytes.LastIndex([]byte(path), []byte("link/"))
	if at < 0 {
		return ""
	}
	peer := path[at+len("link/"):]
	if peer == "" || bytes.IndexByte([]byte(peer), '/') >= 0 {
		return ""
	}
	return peer
}

// inferLearned stands in for words of state where nodes have said none: whoever
// was given the value, or got a message with it, has it.
func (d *Records) inferLearned() {
	d.Learned = slices.Concat(d.Given, d.shown)
	for _, c := range d.Carriers {
		if c.Delivered && c.As == "" {
			d.Learned = append(d.Learned, Learning{Node: c.Dest, At: c.Received, Cause: c.Name})
		}
	}
	slices.SortStableFunc(d.Learned, func(a, b Learning) int { return cmp.Compare(a.At, b.At) })
}

// has tells when a node first learned the value.
func (d *Records) has(node string) (Learning, bool) {
	for _, l := range d.Learned {
		if l.Node == node {
			return l, true
		}
	}
	return Learning{}, false
}

// onlyGiven reports whether a client gave a node the value, and no message of the node ever held it.
func (d *Records) onlyGiven(node string) bool {
	of := func(l Learning) bool { return l.Node == node }
	sent := func(c Carrier) bool { return c.Src == node }
	return slices.ContainsFunc(d.Given, of) && !slices.ContainsFunc(d.shown, of) && !slices.ContainsFunc(d.Carriers, sent)
}

// keeps reports whether a node learned the value in its last life.
func (d *Records) keeps(node string) bool {
	lives := d.lives[node]
	for _, l := range d.Learned {
		if l.Node == node && (len(lives) == 0 || l.At >= lives[len(lives)-1]) {
			return true
		}
	}
	return false
}

// Without are the nodes that do not have the value at the end.
func (d *Records) Without() []string {
	var all []string
	for _, n := range d.Nodes {
		if !d.keeps(n) {
			all = append(all, n)
		}
	}
	return all
}
