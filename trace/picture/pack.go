package picture

import (
	"cmp"
	"slices"
	"time"
)

// packed is a page in columns, as page/src/picture.ts reads it: times in µs, names as indices.
type packed struct {
	Title    string        `json:"title"`
	Verdict  packedVerdict `json:"verdict"`
	End      int64         `json:"end"`
	Strings  []string      `json:"strings"`
	Nodes    []packedNode  `json:"nodes"`
	Shades   []packedShade `json:"shades"`
	Messages struct {
		ID    []int `json:"id"`
		Type  []int `json:"type"`
		Body  []int `json:"body"`
		Cause []int `json:"cause"`
	} `json:"messages"`
	Hops struct {
		Message []int   `json:"message"`
		From    []int   `json:"from"`
		To      []int   `json:"to"`
		Sent    []int64 `json:"sent"`
		Got     []int64 `json:"got"`
		Why     []int   `json:"why"`
	} `json:"hops"`
	Events struct {
		At      []int64 `json:"at"`
		Took    []int64 `json:"took"`
		Lane    []int   `json:"lane"`
		Kind    []int   `json:"kind"`
		Message []int   `json:"message"`
		Depth   []int   `json:"depth"`
		Text    []int   `json:"text"`
	} `json:"events"`
}

type packedVerdict struct {
	Word    string   `json:"word"`
	Reason  string   `json:"reason"`
	Cause   string   `json:"cause"`
	Heading string   `json:"heading"`
	Total   int      `json:"total"`
	Values  []string `json:"values"`
}

type packedNode struct {
	Name   string   `json:"name"`
	Actors []string `json:"actors"`
}

type packedShade struct {
	Kind  string `json:"kind"`
	From  int64  `json:"from"`
	To    int64  `json:"to"`
	Nodes []int  `json:"nodes"`
	Label string `json:"label"`
}

// Lines that come before all others, and after them: where messages come from is on top.
var (
	nodesFirst  = []string{Clients}
	nodesLast   = []string{"lin-kv", "seq-kv", "lww-kv", "lin-tso"}
	actorsFirst = []string{"stdin"}
	actorsLast  = []string{"stdout"}
)

// Clients is the name of the node whose lanes are the clients.
const Clients = "clients"

// packer packs a page.
type packer struct {
	out     packed
	strings map[string]int
	lanes   map[Lane]int
	nodes   map[string]int
	ids     map[string]int // of messages
}

func (p *Page) pack() packed {
	k := packer{out: newPacked(), strings: make(map[string]int), lanes: make(map[Lane]int), nodes: make(map[string]int), ids: make(map[string]int)}
	k.out.Title, k.out.End = p.Title, max(1, us(p.End))
	k.out.Verdict = packedVerdict(p.Verdict)
	if k.out.Verdict.Values == nil {
		k.out.Verdict.Values = []string{}
	}
	k.place(p)
	k.messages(p)
	k.hops(p)
	k.events(p)
	k.shades(p)
	return k.out
}

// newPacked is a picture of nothing: its columns are empty, not null.
func newPacked() packed {
	k := packed{Strings: []string{}, Nodes: []packedNode{}, Shades: []packedShade{}}
	for _, column := range []*[]int{
		&k.Messages.ID, &k.Messages.Type, &k.Messages.Body, &k.Messages.Cause,
		&k.Hops.Message, &k.Hops.From, &k.Hops.To, &k.Hops.Why,
		&k.Events.Lane, &k.Events.Kind, &k.Events.Message, &k.Events.Depth, &k.Events.Text,
	} {
		*column = []int{}
	}
	for _, column := range []*[]int64{&k.Hops.Sent, &k.Hops.Got, &k.Events.At, &k.Events.Took} {
		*column = []int64{}
	}
	return k
}

func us(d time.Duration) int64 { return int64(d / time.Microsecond) }

// text is the index of a string, -1 of the empty one.
func (k *packer) text(s string) int {
	if s == "" {
		return -1
	}
	i, known := k.strings[s]
	if !known {
		i = len(k.out.Strings)
		k.strings[s] = i
		k.out.Strings = append(k.out.Strings, s)
	}
	return i
}

// name is text for what must have an index.
func (k *packer) name(s string) int { return k.text(cmp.Or(s, "?")) }

// place gives every node and every actor its line.
func (k *packer) place(p *Page) {
	actors := make(map[string]map[string]bool)
	var names []string
	add := func(l Lane) {
		if actors[l.Node] == nil {
			actors[l.Node] = make(map[string]bool)
			names = append(names, l.Node)
		}
		actors[l.Node][l.Actor] = true
	}
	for _, h := range p.hops {
		add(h.From)
		add(h.To)
	}
	for _, e := range p.events {
		add(e.Lane)
	}
	slices.SortFunc(names, byName(nodesFirst, nodesLast))
	next := 0
	for i, name := range names {
		k.nodes[name] = i
		node := packedNode{Name: name}
		for actor := range actors[name] {
			node.Actors = append(node.Actors, actor)
		}
		slices.SortFunc(node.Actors, byName(actorsFirst, actorsLast))
		for _, actor := range node.Actors {
			k.lanes[Lane{name, actor}] = next
			next++
		}
		k.out.Nodes = append(k.out.Nodes, node)
	}
}

// messages numbers the messages; one that is only spoken of gets a number, too.
func (k *packer) messages(p *Page) {
	for _, m := range p.messages {
		i := k.message(m.ID)
		if i < 0 {
			continue // an untraced run: it has no id, and nothing refers to it
		}
		into := &k.out.Messages
		if into.Type[i] == k.name("") && m.Type != "" {
			into.Type[i] = k.name(m.Type)
		}
		if into.Body[i] < 0 {
			into.Body[i] = k.text(m.Body)
		}
		if m.Cause != "" && m.Cause != m.ID {
			if cause := k.message(m.Cause); into.Cause[i] < 0 {
				into.Cause[i] = cause
			}
		}
	}
}

// message is the number of the message with that id, -1 for none.
func (k *packer) message(id string) int {
	if id == "" {
		return -1
	}
	i, known := k.ids[id]
	if !known {
		i = len(k.out.Messages.ID)
		k.ids[id] = i
		into := &k.out.Messages
		into.ID = append(into.ID, k.name(id))
		into.Type = append(into.Type, k.name(""))
		into.Body = append(into.Body, -1)
		into.Cause = append(into.Cause, -1)
	}
	return i
}

func (k *packer) hops(p *Page) {
	all := slices.Clone(p.hops)
	slices.SortStableFunc(all, func(a, b Hop) int { return cmp.Compare(a.Sent, b.Sent) })
	into := &k.out.Hops
	for _, h := range all {
		got := us(h.Got)
		if h.Lost {
			got = -1
		}
		into.Message = append(into.Message, k.message(cmp.Or(h.Message, "?")))
		into.From = append(into.From, k.lanes[h.From])
		into.To = append(into.To, k.lanes[h.To])
		into.Sent = append(into.Sent, us(h.Sent))
		into.Got = append(into.Got, got)
		into.Why = append(into.Why, k.text(h.Why))
	}
}

func (k *packer) events(p *Page) {
	all := slices.Clone(p.events)
	slices.SortStableFunc(all, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	into := &k.out.Events
	for _, e := range all {
		into.At = append(into.At, us(e.At))
		into.Took = append(into.Took, us(e.Took))
		into.Lane = append(into.Lane, k.lanes[e.Lane])
		into.Kind = append(into.Kind, k.name(e.Kind))
		into.Message = append(into.Message, k.message(e.Message))
		into.Depth = append(into.Depth, e.Depth)
		into.Text = append(into.Text, k.text(e.Text))
	}
}

func (k *packer) shades(p *Page) {
	for _, s := range p.shades {
		shade := packedShade{Kind: s.Kind, From: us(s.From), To: us(s.To), Label: s.Label, Nodes: []int{}}
		for _, name := range s.Nodes {
			if i, shown := k.nodes[name]; shown {
				shade.Nodes = append(shade.Nodes, i)
			}
		}
		if len(shade.Nodes) > 0 || len(s.Nodes) == 0 {
			k.out.Shades = append(k.out.Shades, shade)
		}
	}
}
