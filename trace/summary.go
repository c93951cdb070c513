package trace

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"eddy/testbench/network"
)

// Summary is a run in figures.
type Summary struct {
	Tally
	Untraced bool             `json:"untraced,omitempty"` // no node recorded anything: the network's journal stands in
	From     time.Duration    `json:"from_ns"`
	To       time.Duration    `json:"to_ns"` // of the records
	Nodes    []NodeSummary    `json:"nodes"`
	Actors   []ActorSummary   `json:"actors"`   // those of one path on all nodes together
	Ops      int64            `json:"ops"`      // what clients invoked
	Messages int64            `json:"messages"` // between nodes
	Lost     map[string]int64 `json:"lost"`
	Types    []Traffic        `json:"types"` // of messages between nodes, the most first
	Links    []Traffic        `json:"links"` // the busiest first

	Slowest  []Journey      `json:"slowest"`         // values that took longest to reach all nodes that have them
	Missing  []Journey      `json:"missing"`         // values that some node never got
	Missed   int            `json:"missed"`          // how many those are
	Values   int            `json:"values"`          // how many were followed
	Unseen   int            `json:"unseen"`          // values beyond the bound, which were not
	Cause    *Cause         `json:"cause,omitempty"` // why the first of those that are missing is; not of logs beyond explainBytesMax
	Retriers []Traffic      `json:"retriers"`        // the links that sent again most
	Behind   []ActorSummary `json:"behind"`          // the actors that messages waited for longest, of single nodes
}

// NodeSummary is one node in figures.
type NodeSummary struct {
	Node    string `json:"node"`
	Records int64  `json:"records"`
	Handled int64  `json:"handled"`
	In      int64  `json:"in"`
	Out     int64  `json:"out"` // messages at the edge
	Drops   int64  `json:"drops"`
	Retries int64  `json:"retries"`
	Deaths  int64  `json:"deaths"`
	Lives   int    `json:"lives"`
}

// ActorSummary is an actor, or several, in figures. The waits and the lengths of
// handling are right within 12 %.
type ActorSummary struct {
	Node    string `json:"node"` // empty for several
	Path    string `json:"path"` // with a * for each name of a node, where it stands for several
	Actors  int    `json:"actors"`
	Handled int64  `json:"handled"`

	WaitP50 time.Duration `json:"wait_p50_ns"`
	WaitP99 time.Duration `json:"wait_p99_ns"`
	WaitMax time.Duration `json:"wait_max_ns"`
	TookP50 time.Duration `json:"took_p50_ns"`
	TookP99 time.Duration `json:"took_p99_ns"`
	TookMax time.Duration `json:"took_max_ns"`

	Deepest  int   `json:"deepest"`
	Drops    int64 `json:"drops"`
	Restarts int64 `json:"restarts"`
	Retries  int64 `json:"retries"`
	Timeouts int64 `json:"timeouts"`
}

// Traffic is messages of one type, or on one link.
type Traffic struct {
	Type     string  `json:"type,omitempty"`
	Src      string  `json:"src,omitempty"`
	Dest     string  `json:"dest,omitempty"`
	Messages int64   `json:"messages"`
	PerOp    float64 `json:"per_op"`
	Lost     int64   `json:"lost"`
	Retries  int64   `json:"retries"`
}

// Journey is how a value got around.
type Journey struct {
	Value   string        `json:"value"` // JSON
	Took    time.Duration `json:"took_ns"`
	Nodes   int           `json:"nodes"`   // that have it
	Path    []Hop         `json:"path"`    // to the node that had it last, from the first
	Without []string      `json:"without"` // nodes that never got it
}

// Hop is one node of a journey.
type Hop struct {
	Node string        `json:"node"`
	At   time.Duration `json:"at_ns"`
}

// standOut is how many of each kind are told.
const standOut = 5

// actorKey is one actor of one node.
type actorKey struct{ node, path string }

type actorCount struct {
	handled                            int64
	waited, took                       histogram
	deepest                            int
	drops, restarts, retries, timeouts int64
}

type linkKey struct{ src, dest string }

// counting is a summary being made.
type counting struct {
	from, to  time.Duration
	nodes     map[string]*NodeSummary
	actors    map[actorKey]*actorCount
	last      actorKey
	lastCount *actorCount
	types     map[string]int64
	links     map[linkKey]*Traffic
	clientOps int64
	values    *journeys
}

// Summarise reads a run's logs once, and what its network and its clients did.
func Summarise(r *Run) (*Summary, error) { return SummariseSome(r, Filter{}) }

// SummariseSome is Summarise of the records that a filter lets through.
func SummariseSome(r *Run, f Filter) (*Summary, error) {
	c := &counting{
		nodes: make(map[string]*NodeSummary), actors: make(map[actorKey]*actorCount),
		types: make(map[string]int64), links: make(map[linkKey]*Traffic), values: newJourneys(),
	}
	c.from = 1<<63 - 1
	tally, err := r.Events(func(e *Event) error {
		if f.Lets(e) {
			c.add(e)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s := &Summary{Tally: tally, Untraced: r.untraced, From: min(c.from, c.to), To: c.to, Ops: c.clientOps, Lost: make(map[string]int64)}
	if err := c.losses(r, s); err != nil {
		return nil, err
	}
	if ops, known, err := r.countOps(); err != nil {
		return nil, err
	} else if known {
		s.Ops = ops
	}
	c.conclude(s)
	if len(s.Missing) == 0 || s.Bytes > explainBytesMax {
		return s, nil
	}
	d, err := Collect(r, s.Missing[0].Value)
	if err != nil {
		return nil, err
	}
	cause, err := Explain(r, d, s.Missing[0].Without[0])
	s.Cause = &cause
	return s, err
}

// explainBytesMax bounds the logs that are read a few times more to say why a value is
// missing.
const explainBytesMax = 512 << 20

func (c *counting) node(name string) *NodeSummary {
	n := c.nodes[name]
	if n == nil {
		n = &NodeSummary{Node: name}
		c.nodes[name] = n
	}
	return n
}

func (c *counting) actor(e *Event) *actorCount {
	key := actorKey{e.Node, e.Actor}
	if c.lastCount != nil && key == c.last {
		return c.lastCount
	}
	a := c.actors[key]
	if a == nil {
		a = &actorCount{}
		c.actors[key] = a
	}
	c.last, c.lastCount = key, a
	return a
}

func (c *counting) link(src, dest string) *Traffic {
	key := linkKey{src, dest}
	l := c.links[key]
	if l == nil {
		l = &Traffic{Src: src, Dest: dest}
		c.links[key] = l
	}
	return l
}

func (c *counting) add(e *Event) {
	c.from, c.to = min(c.from, e.At), max(c.to, e.At+e.Took)
	n := c.node(e.Node)
	n.Records++
	if e.Actor == Stdin && e.Kind == Receive {
		c.arrived(e, n)
		return
	}
	a := c.actor(e)
	a.deepest = max(a.deepest, e.Depth)
	if e.Handled() {
		n.Handled++
		a.handled++
		a.waited.add(e.Waited)
		a.took.add(e.Took)
	}
	switch e.Kind {
	case Send:
		c.left(e, n, a)
	case Drop:
		n.Drops++
		a.drops++
	case Restart:
		a.restarts++
	case Retry:
		n.Retries++
		a.retries++
		if e.Peer != "" {
			c.link(e.Node, e.Peer).Retries++
		}
	case Timeout:
		a.timeouts++
	case Panic:
		n.Deaths++
	case State:
		if value, learned := e.Learned(); learned {
			c.values.learned(value, e)
		}
	}
}

func (c *counting) arrived(e *Event, n *NodeSummary) {
	n.In++
	switch {
	case e.Type == "init":
		n.Lives++
	case network.IsClient(e.Src) && e.Type != "topology":
		c.clientOps++
	}
}

func (c *counting) left(e *Event, n *NodeSummary, a *actorCount) {
	n.Out++
	a.handled++
	a.waited.add(e.Waited)
	if !network.IsClient(e.Dest) {
		c.types[e.Type]++
		c.link(e.Node, e.Dest).Messages++
	}
}

// losses takes in what the network did not deliver.
func (c *counting) losses(r *Run, s *Summary) error {
	return r.EachMessage(func(m *Message) error {
		if m.Kind == MessageLost {
			s.Lost[m.Why]++
			if !network.IsClient(m.Src) && !network.IsClient(m.Dest) {
				c.link(m.Src, m.Dest).Lost++
			}
		}
		return nil
	})
}

func (c *counting) conclude(s *Summary) {
	perOp := func(n int64) float64 { return float64(n) / float64(max(s.Ops, 1)) }
	for _, name := range slices.SortedFunc(maps.Keys(c.nodes), compareNames) {
		s.Nodes = append(s.Nodes, *c.nodes[name])
	}
	for _, name := range slices.Sorted(maps.Keys(c.types)) {
		s.Types = append(s.Types, Traffic{Type: name, Messages: c.types[name], PerOp: perOp(c.types[name])})
		s.Messages += c.types[name]
	}
	keys := slices.SortedFunc(maps.Keys(c.links), func(a, b linkKey) int {
		return cmp.Or(compareNames(a.src, b.src), compareNames(a.dest, b.dest))
	})
	for _, key := range keys {
		l := *c.links[key]
		l.PerOp = perOp(l.Messages)
		s.Links = append(s.Links, l)
		if l.Retries > 0 {
			s.Retriers = append(s.Retriers, l)
		}
	}
	most := func(key func(Traffic) int64) func(a, b Traffic) int {
		return func(a, b Traffic) int { return cmp.Compare(key(b), key(a)) }
	}
	slices.SortStableFunc(s.Types, most(func(t Traffic) int64 { return t.Messages }))
	slices.SortStableFunc(s.Links, most(func(t Traffic) int64 { return t.Messages }))
	slices.SortStableFunc(s.Retriers, most(func(t Traffic) int64 { return t.Retries }))
	s.Retriers = s.Retriers[:min(len(s.Retriers), standOut)]
	c.summariseActors(s)
	c.values.conclude(s)
}

// summariseActors puts actors of one path on all nodes together, and names the
// single ones that fell behind.
func (c *counting) summariseActors(s *Summary) {
	keys := slices.SortedFunc(maps.Keys(c.actors), func(a, b actorKey) int {
		return cmp.Or(compareNames(a.node, b.node), cmp.Compare(a.path, b.path))
	})
	groups := make(map[string]*actorCount)
	members := make(map[string]int)
	for _, key := range keys {
		a := c.actors[key]
		path := c.pattern(key.path)
		g := groups[path]
		if g == nil {
			g = &actorCount{}
			groups[path] = g
		}
		members[path]++
		g.merge(a)
		if a.waited.most > 0 || a.deepest > 1 {
			s.Behind = append(s.Behind, a.summary(key.node, key.path, 1))
		}
	}
	for _, path := range slices.Sorted(maps.Keys(groups)) {
		s.Actors = append(s.Actors, groups[path].summary("", path, members[path]))
	}
	slices.SortStableFunc(s.Behind, func(a, b ActorSummary) int {
		return cmp.Or(cmp.Compare(b.WaitMax, a.WaitMax), cmp.Compare(b.Deepest, a.Deepest))
	})
	s.Behind = s.Behind[:min(len(s.Behind), standOut)]
}

// pattern puts a * for the names of nodes in a path.
func (c *counting) pattern(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		if c.nodes[part] != nil {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

func (a *actorCount) merge(other *actorCount) {
	a.handled += other.handled
	a.waited.merge(&other.waited)
	a.took.merge(&other.took)
	a.deepest = max(a.deepest, other.deepest)
	a.drops += other.drops
	a.restarts += other.restarts
	a.retries += other.retries
	a.timeouts += other.timeouts
}

func (a *actorCount) summary(node, path string, actors int) ActorSummary {
	return ActorSummary{
		Node: node, Path: path, Actors: actors, Handled: a.handled,
		WaitP50: a.waited.quantile(0.5), WaitP99: a.waited.quantile(0.99), WaitMax: a.waited.most,
		TookP50: a.took.quantile(0.5), TookP99: a.took.quantile(0.99), TookMax: a.took.most,
		Deepest: a.deepest, Drops: a.drops, Restarts: a.restarts, Retries: a.retries, Timeouts: a.timeouts,
	}
}
