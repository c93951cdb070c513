package trace

import (
	"cmp"
	"hash/maphash"
	"slices"
	"strings"
	"time"

	"eddy/testbench/network"
)

// Step is one record of a story, kept.
type Step struct {
	At     time.Duration `json:"at_ns"`
	Node   string        `json:"node"`
	Actor  string        `json:"actor"`
	Event  string        `json:"event"`
	Type   string        `json:"type,omitempty"`
	ID     string        `json:"id,omitempty"`
	Cause  string        `json:"cause,omitempty"`
	From   string        `json:"from,omitempty"`
	Peer   string        `json:"peer,omitempty"` // at the edge: the other end
	Depth  int           `json:"depth,omitempty"`
	Waited time.Duration `json:"waited_ns,omitempty"`
	Took   time.Duration `json:"took_ns,omitempty"`
	Flight time.Duration `json:"flight_ns,omitempty"` // of a message that came from another node
	Fate   string        `json:"fate,omitempty"`      // of a message that was sent and did not arrive
	Clock  uint64        `json:"clock"`
	Text   string        `json:"text,omitempty"`
}

func stepOf(e *Event) Step {
	s := Step{
		At: e.At, Node: e.Node, Actor: e.Actor, Event: e.Kind, Type: e.Type, ID: string(e.ID), Cause: string(e.Cause), From: e.From,
		Depth: e.Depth, Waited: e.Waited, Took: e.Took, Clock: e.Clock, Text: e.Words(), Peer: e.Src,
	}
	if e.Actor == Stdout {
		s.Peer = e.Dest
	}
	return s
}

// Story is what became of a message, a value or a key, in the order of Lamport's
// clocks.
type Story struct {
	Of      string  `json:"of"`
	Steps   []Step  `json:"steps"`
	More    int     `json:"more,omitempty"`  // steps beyond the bound
	Given   int     `json:"given,omitempty"` // requests of clients that brought the value
	Has     int     `json:"has,omitempty"`   // nodes that have it at the end
	Nodes   int     `json:"nodes,omitempty"`
	Missing []Cause `json:"missing,omitempty"` // why each other has not
}

// stepsMax bounds a story.
const stepsMax = 2000

// Follow tells what became of a value, a message by its id, or a key.
func Follow(r *Run, of string) (*Story, error) {
	if isMessageID(of) {
		return followMessage(r, of)
	}
	d, err := Collect(r, of)
	if err != nil {
		return nil, err
	}
	if len(d.Learned)+len(d.Carriers)+len(d.Given) == 0 && !strings.HasPrefix(of, `"`) {
		quoted, err := Collect(r, quote(of)) // a string's quotes are hard to type
		if err != nil {
			return nil, err
		}
		if len(quoted.Learned)+len(quoted.Carriers)+len(quoted.Given) > 0 {
			d = quoted
		}
	}
	if len(d.Learned)+len(d.Carriers) == 0 {
		return followWord(r, of)
	}
	return d.story(r)
}

func quote(text string) string { return `"` + strings.ReplaceAll(text, `"`, `\"`) + `"` }

// story tells a value's way: the requests that gave it, the messages that carried
// it, what nodes learned, and why it went no further.
func (d *Records) story(r *Run) (*Story, error) {
	s := &Story{Of: d.Value, Given: len(d.Given), Nodes: len(d.Nodes)}
	ids := make(map[string]*Carrier)
	for i := range d.Carriers {
		if d.Carriers[i].Name != "" {
			ids[d.Carriers[i].Name] = &d.Carriers[i]
		}
	}
	for _, g := range d.Given {
		ids[g.Cause] = nil
	}
	for _, l := range d.Learned {
		if _, known := ids[l.Cause]; !known {
			ids[l.Cause] = nil
		}
	}
	err := r.Merged(func(e *Event) error {
		c, wanted := ids[string(e.ID)]
		learned, isLearned := e.Learned()
		if !wanted && !(isLearned && learned == d.Value) {
			return nil
		}
		step := stepOf(e)
		if c != nil {
			step.flown(c)
		}
		s.add(step)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.order()
	without := d.Without()
	s.Has = s.Nodes - len(without)
	for _, node := range without[:min(len(without), missingShown)] {
		c, err := Explain(r, d, node)
		if err != nil {
			return nil, err
		}
		s.Missing = append(s.Missing, c)
	}
	return s, nil
}

// missingShown is for how many nodes it is told why they have not got a value.
const missingShown = 8

// flown adds a message's flight, or why there was none.
func (s *Step) flown(c *Carrier) {
	switch {
	case s.Actor == Stdin && c.Delivered:
		s.Flight = s.At - c.Sent
	case s.Actor == Stdout && c.Lost != "":
		s.Fate = lossWords(c.Lost)
	case s.Actor == Stdout && !c.Delivered:
		s.Fate = "not delivered before the end"
	}
}

func (s *Story) add(step Step) {
	if len(s.Steps) >= stepsMax {
		s.More++
		return
	}
	s.Steps = append(s.Steps, step)
}

// order puts the steps in the order of the clocks; those of one message on one
// node stay as they are.
func (s *Story) order() {
	slices.SortStableFunc(s.Steps, func(a, b Step) int { return cmp.Or(cmp.Compare(a.Clock, b.Clock), cmp.Compare(a.At, b.At)) })
}

// followWord tells of every record that mentions a word, such as a key.
func followWord(r *Run, of string) (*Story, error) {
	s := &Story{Of: of}
	err := r.Merged(func(e *Event) error {
		if mentions(e.Body, of) || mentions([]byte(e.Words()), of) {
			s.add(stepOf(e))
		}
		return nil
	})
	s.order()
	return s, err
}

// relation is the cause of one message, in little room.
type relation struct {
	id, cause uint64
	tick      bool
}

// followMessage tells what led to a message and what it led to. Ticks end both: each
// has led to all later ones.
func followMessage(r *Run, id string) (*Story, error) {
	seed := maphash.MakeSeed()
	hash := func(id []byte) uint64 { return maphash.Bytes(seed, id) }
	var all []relation
	_, err := r.Events(func(e *Event) error {
		if len(e.ID) > 0 && len(e.Cause) > 0 && string(e.ID) != string(e.Cause) {
			all = append(all, relation{hash(e.ID), hash(e.Cause), e.Kind == Tick})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	family := relatives(all, hash([]byte(id)))
	s := &Story{Of: id}
	sent := make(map[string]time.Duration)
	err = r.Merged(func(e *Event) error {
		wanted := len(e.ID) > 0 && family[hash(e.ID)] || len(e.ID) == 0 && len(e.Cause) > 0 && family[hash(e.Cause)]
		if !wanted {
			return nil
		}
		step := stepOf(e)
		if e.Actor == Stdout {
			sent[step.ID] = e.At
		}
		if at, known := sent[step.ID]; known && e.Actor == Stdin {
			step.Flight = e.At - at
		}
		s.add(step)
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.order()
	return s, s.fates(r)
}

// relatives are a message's ancestors, itself, and its descendants.
func relatives(all []relation, of uint64) map[uint64]bool {
	slices.SortFunc(all, func(a, b relation) int { return cmp.Compare(a.id, b.id) })
	family := map[uint64]bool{of: true}
	for at := of; ; {
		i, found := slices.BinarySearchFunc(all, at, func(r relation, id uint64) int { return cmp.Compare(r.id, id) })
		if !found || all[i].tick || family[all[i].cause] {
			break
		}
		at = all[i].cause
		family[at] = true
	}
	slices.SortFunc(all, func(a, b relation) int { return cmp.Compare(a.cause, b.cause) })
	for queue := []uint64{of}; len(queue) > 0 && len(family) < stepsMax; {
		next := queue[0]
		queue = queue[1:]
		i, _ := slices.BinarySearchFunc(all, next, func(r relation, id uint64) int { return cmp.Compare(r.cause, id) })
		for ; i < len(all) && all[i].cause == next; i++ {
			if !all[i].tick && !family[all[i].id] {
				family[all[i].id] = true
				queue = append(queue, all[i].id)
			}
		}
	}
	return family
}

// fates adds what became of the messages that were sent and not received.
func (s *Story) fates(r *Run) error {
	open := make(map[string]*Step)
	for i := range s.Steps {
		if step := &s.Steps[i]; step.Actor == Stdout && !network.IsClient(step.Peer) {
			open[step.ID] = step
		}
	}
	for _, step := range s.Steps {
		if step.Actor == Stdin {
			delete(open, step.ID)
		}
	}
	under := make(map[int64]*Step)
	return r.EachMessage(func(m *Message) error {
		switch m.Kind {
		case MessageSent:
			if len(open) > 0 && !network.IsClient(m.Src) && !network.IsClient(m.Dest) {
				if step := open[m.Name()]; step != nil {
					under[m.ID] = step
				}
			}
		case MessageLost:
			if step := under[m.ID]; step != nil {
				step.Fate = lossWords(m.Why)
			}
		}
		return nil
	})
}
