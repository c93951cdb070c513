package trace

import (
	"bytes"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strconv"
	"time"

	"eddy/actor"
	"eddy/testbench/jsonwalk"
	"eddy/testbench/network"
	"eddy/testbench/service"
)

// Of a run whose nodes recorded nothing, the network's journal tells what crossed the edges of nodes: its messages
// stand in for records. A message that a node sends is caused by the request that it replies to or, if it replies to
// none, by the last message that the node got, unless that is longer ago than causeWithin: a timer sent it then. A
// node has learned a value of the workload when it first got a message with it, in any field.

// causeWithin is how long after a message a node may send another on account of it.
const causeWithin = 5 * time.Millisecond

// landedMax is how many delivered messages are remembered, in case a copy of one comes again.
const landedMax = 1 << 16

// crossing is a message on its way.
type crossing struct {
	name, typ string
	body      []byte
	clock     uint64
}

// edges makes events of a journal.
type edges struct {
	run    *Run
	each   func(e *Event) error
	flight map[int64]*crossing
	landed []int64

	clocks map[string]uint64            // Lamport's, of nodes
	last   map[string]lastGot           // message that a node got
	open   map[string]map[string]string // requests that a node has not replied to: their names, by who asks and the msg_id
	values map[string]bool              // that clients gave
	learnt map[string]map[string]bool   // by node
	walked int64                        // bytes of bodies looked at for values
}

type lastGot struct {
	name string
	at   time.Duration
}

// valuesWalkedMax bounds the bodies that are searched for values.
const valuesWalkedMax = 1 << 30

// fromMessages gives events made of the network's journal, in the order of time.
func (r *Run) fromMessages(each func(e *Event) error) (Tally, error) {
	var t Tally
	x := &edges{
		run: r, flight: make(map[int64]*crossing), clocks: make(map[string]uint64), last: make(map[string]lastGot),
		open: make(map[string]map[string]string), values: make(map[string]bool), learnt: make(map[string]map[string]bool),
	}
	x.each = func(e *Event) error {
		t.Records++
		t.Bytes += int64(len(e.Body))
		e.Time, e.untraced = r.began+int64(e.At), true
		return each(e)
	}
	err := r.EachMessage(x.message)
	return t, err
}

func isNode(id string) bool { return !network.IsClient(id) && !service.Is(id) }

func (x *edges) message(m *Message) error {
	switch m.Kind {
	case MessageSent:
		return x.sent(m)
	case MessageReceived:
		return x.received(m)
	}
	delete(x.flight, m.ID)
	return nil
}

func (x *edges) sent(m *Message) error {
	typ, _ := jsonText(fieldOf(m.Body, "type"))
	c := &crossing{name: m.Name(), typ: typ}
	if !isNode(m.Src) && !isNode(m.Dest) {
		return nil
	}
	if isNode(m.Dest) {
		c.body = bytes.Clone(m.Body)
	}
	x.flight[m.ID] = c
	if !isNode(m.Src) {
		return nil
	}
	x.clocks[m.Src]++
	c.clock = x.clocks[m.Src]
	return x.each(&Event{
		At: m.At, Kind: Send, Node: m.Src, Actor: Stdout, Type: typ, Dest: m.Dest, ID: []byte(c.name),
		Cause: []byte(x.causeOf(m)), Body: m.Body, Clock: c.clock,
	})
}

// causeOf is the name of the message that made a node send another; empty if that was a timer.
func (x *edges) causeOf(m *Message) string {
	if to := fieldOf(m.Body, "in_reply_to"); to != nil {
		key := m.Dest + "/" + string(to)
		if name, asked := x.open[m.Src][key]; asked {
			delete(x.open[m.Src], key)
			return name
		}
	}
	if last := x.last[m.Src]; last.name != "" && m.At-last.at <= causeWithin {
		return last.name
	}
	return ""
}

func (x *edges) received(m *Message) error {
	c := x.flight[m.ID]
	if c == nil || !isNode(m.Dest) {
		return nil
	}
	x.clocks[m.Dest] = max(x.clocks[m.Dest], c.clock) + 1
	x.last[m.Dest] = lastGot{c.name, m.At}
	if id := fieldOf(c.body, "msg_id"); id != nil {
		if x.open[m.Dest] == nil {
			x.open[m.Dest] = make(map[string]string)
		}
		x.open[m.Dest][m.Src+"/"+string(id)] = c.name
	}
	if c.typ == "init" {
		delete(x.learnt, m.Dest)
	}
	err := x.each(&Event{
		At: m.At, Kind: Receive, Node: m.Dest, Actor: Stdin, Type: c.typ, Src: m.Src, ID: []byte(c.name), Body: c.body, Clock: x.clocks[m.Dest],
	})
	if err == nil {
		err = x.learn(m, c)
	}
	if x.landed = append(x.landed, m.ID); len(x.landed) > landedMax {
		delete(x.flight, x.landed[0])
		x.landed = x.landed[1:]
	}
	return err
}

// learn tells which values a node sees for the first time.
func (x *edges) learn(m *Message, c *crossing) error {
	if network.IsClient(m.Src) {
		for _, field := range x.run.Values {
			if value := fieldOf(c.body, field); value != nil {
				x.values[string(value)] = true
			}
		}
	}
	if len(x.values) == 0 || x.walked > valuesWalkedMax {
		return nil
	}
	x.walked += int64(len(c.body))
	learnt := x.learnt[m.Dest]
	if learnt == nil {
		learnt = make(map[string]bool)
		x.learnt[m.Dest] = learnt
	}
	var failed error
	eachScalar(c.body, true, func(value []byte) {
		if failed != nil || !x.values[string(value)] || learnt[string(value)] {
			return
		}
		learnt[string(value)] = true
		quoted, _ := json.Marshal(string(value)) // of a string there is no error
		failed = x.each(&Event{
			At: m.At, Kind: State, Node: m.Dest, Actor: Stdin, About: actor.FactLearned, Value: inside(quoted), Cause: []byte(c.name), Clock: x.clocks[m.Dest],
		})
	})
	return failed
}

// eachScalar gives every number, string, key and word in the fields of a body that are not the protocol's, at any
// depth. A key is given as the number that it spells, where it does.
func eachScalar(text []byte, top bool, f func(value []byte)) {
	if i := jsonwalk.SkipSpace(text, 0); i < len(text) && text[i] != '{' && text[i] != '[' {
		f(bytes.TrimSpace(text))
		return
	}
	for part := jsonwalk.In(text); part.Next(); {
		if part.Name != nil && top && isProtocolField(part.Name) {
			continue
		}
		if len(part.Name) > 0 && !top {
			f(slices.Concat([]byte{'"'}, part.Name, []byte{'"'}))
			f(part.Name)
		}
		eachScalar(part.Value, false, f)
	}
}

func jsonText(value []byte) (text string, ok bool) {
	if len(value) == 0 || value[0] != '"' || json.Unmarshal(value, &text) != nil {
		return "", false
	}
	return text, true
}

// marshal is an event that no node has recorded, as a record.
func (e *Event) marshal() []byte {
	text, err := json.Marshal(struct {
		Time  int64           `json:"time"`
		Event string          `json:"event"`
		Node  string          `json:"node"`
		Actor string          `json:"actor"`
		Type  string          `json:"type,omitempty"`
		ID    string          `json:"id,omitempty"`
		Cause string          `json:"cause,omitempty"`
		Src   string          `json:"src,omitempty"`
		Dest  string          `json:"dest,omitempty"`
		Clock uint64          `json:"clock"`
		About string          `json:"about,omitempty"`
		Value string          `json:"value,omitempty"`
		Body  json.RawMessage `json:"body,omitempty"`
	}{e.Time, e.Kind, e.Node, e.Actor, e.Type, string(e.ID), string(e.Cause), e.Src, e.Dest, e.Clock, e.About, unescaped(e.Value), e.Body})
	if err != nil {
		return []byte(strconv.Quote(err.Error()))
	}
	return text
}

// crossed is an event of a journal, kept.
type crossed struct {
	Step
	body string
}

// crossings gives the events of a run that was not traced, to be read step by step.
func (r *Run) crossings(failed *error) iter.Seq[crossed] {
	return func(yield func(crossed) bool) {
		_, err := r.fromMessages(func(e *Event) error {
			if !yield(crossed{stepOf(e), string(e.Body)}) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			*failed = err
		}
	}
}

// diffJournals is [Diff] of runs that were not traced.
func diffJournals(a, b *Run) (*Parting, error) {
	var failedA, failedB error
	nextA, stopA := iter.Pull(a.crossings(&failedA))
	defer stopA()
	nextB, stopB := iter.Pull(b.crossings(&failedB))
	defer stopB()
	p := &Parting{}
	for {
		x, moreA := nextA()
		y, moreB := nextB()
		if failed := errors.Join(failedA, failedB); failed != nil {
			return nil, failed
		}
		if !moreA && !moreB {
			p.Same = true
			p.Before = nil
			return p, nil
		}
		if moreA && moreB && x.String() == y.String() && x.body == y.body {
			p.Records++
			if p.Before = append(p.Before, x.Step); len(p.Before) > stepsBefore {
				p.Before = p.Before[1:]
			}
			continue
		}
		first := x
		if !moreA || moreB && y.At < x.At {
			first = y
		}
		p.Node, p.At = first.Node, first.At
		p.A, p.B = someOf(x, moreA, nextA), someOf(y, moreB, nextB)
		return p, nil
	}
}

// someOf is a step and a few more.
func someOf(x crossed, more bool, next func() (crossed, bool)) (steps []Step) {
	for more && len(steps) < stepsAfter {
		steps = append(steps, x.Step)
		x, more = next()
	}
	return steps
}
