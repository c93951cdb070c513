package trace

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"eddy/actor"
)

// Kind says in what way a value was lost.
type Kind string

// The ways in which a value does not get over a link, and those in which it does
// not even come to that.
const (
	NeverAgain    Kind = "sent once, and never again"
	GaveUp        Kind = "given up after some tries"
	LeftOut       Kind = "left out when the link sent again"
	TakenForAcked Kind = "taken for acknowledged though it was not"
	FalselyAcked  Kind = "acknowledged though it never came"
	NotSent       Kind = "never sent"
	NotKept       Kind = "never seen again where it was given"
	NotTaken      Kind = "delivered, but not taken in"
	Altered       Kind = "delivered as a value of another type"
	StillUnderWay Kind = "still under way at the end"
	Forgotten     Kind = "forgotten with a killed node's memory"
	NeverLearned  Kind = "never learned by any node"
)

// Cause is why a value is missing on a node.
type Cause struct {
	Value string        `json:"value"`
	Node  string        `json:"node"` // that has not got it
	Kind  Kind          `json:"kind"`
	Src   string        `json:"src"`   // the link that failed, if one did
	Dest  string        `json:"dest"`  // which may be on the way to Node
	At    time.Duration `json:"at_ns"` // when it went wrong first
	Text  string        `json:"text"`  // in words
}

// Explain finds out why a value never reached a node.
func Explain(r *Run, d *Records, node string) (Cause, error) {
	c := Cause{Value: d.Value, Node: node}
	if l, had := d.has(node); had && !d.keeps(node) {
		c.Kind, c.At = Forgotten, d.lives[node][len(d.lives[node])-1]
		c.Text = fmt.Sprintf("%s had it since %s, was killed, began anew at %s with its memory lost, and was not given it again", node, seconds(l.At), seconds(c.At))
		if inner, found, err := d.explainLink(r, node); err != nil || found {
			inner.Text = c.Text + ": " + inner.Text
			return inner, err
		}
		return c, nil
	}
	inner, found, err := d.explainLink(r, node)
	if err != nil || found {
		return inner, err
	}
	for _, l := range d.Learned {
		if !d.keeps(l.Node) {
			lives := d.lives[l.Node]
			c.Kind, c.At = Forgotten, lives[len(lives)-1]
			c.Text = fmt.Sprintf("only %s had it, and was killed before it had passed it on; it began anew at %s with its memory lost", l.Node, seconds(c.At))
			return c, nil
		}
	}
	c.Kind, c.Text = NeverLearned, "no node ever said that it had learned it"
	return c, nil
}

// explainLink finds the link where the value got stuck on its way to a node.
func (d *Records) explainLink(r *Run, node string) (Cause, bool, error) {
	src, dest, found := d.frontier(node)
	if !found {
		return Cause{}, false, nil
	}
	facts, err := d.linkFacts(r, src, dest)
	if err != nil {
		return Cause{}, false, err
	}
	c := facts.judge(d)
	c.Value, c.Node, c.Src, c.Dest = d.Value, node, src, dest
	if dest != node && c.Kind != NotKept {
		c.Text = fmt.Sprintf("it did not get past %s: %s", dest, c.Text)
	}
	return c, true, nil
}

// frontier is the link from a node that has the value to one that has not, nearest
// to the node that misses it. Of several, it is the one that carried it in vain;
// of those, the first.
func (d *Records) frontier(node string) (src, dest string, found bool) {
	type edge struct {
		src, dest string
		tried     bool
		first     time.Duration
	}
	reached, queue := map[string]bool{node: true}, []string{node}
	for len(queue) > 0 {
		var edges []edge
		var next []string
		for _, to := range queue {
			for _, from := range d.Nodes {
				if !d.reach[from][to] {
					continue
				}
				if !d.keeps(from) {
					if !reached[from] {
						reached[from] = true
						next = append(next, from)
					}
					continue
				}
				e := edge{src: from, dest: to, first: 1<<63 - 1}
				for _, c := range d.Carriers {
					if c.Src == from && c.Dest == to && !e.tried {
						e.tried, e.first = true, c.Sent
					}
				}
				edges = append(edges, e)
			}
		}
		slices.SortStableFunc(edges, func(a, b edge) int { return cmp.Compare(a.first, b.first) })
		if len(edges) > 0 {
			return edges[0].src, edges[0].dest, true
		}
		queue = next
	}
	return "", "", false
}

// said is one thing that an actor of a link said.
type said struct {
	at     time.Duration
	number int64 // the last number concerned
	first  int64 // the first
}

// linkFacts is what is known of a link from one node to another.
type linkFacts struct {
	src, dest string
	carriers  []Carrier
	retries   []said // of src to dest
	acked     []said // src says that dest has acknowledged
	has       []said // dest says what has come
	trouble   []string
	since     time.Duration // when one of the two forgot the other: numbers before that mean nothing
}

// factsMax bounds what is kept of a link.
const factsMax = 1 << 18

func (d *Records) linkFacts(r *Run, src, dest string) (*linkFacts, error) {
	f := &linkFacts{src: src, dest: dest}
	for _, c := range d.Carriers {
		if c.Src == src && c.Dest == dest {
			f.carriers = append(f.carriers, c)
		}
	}
	_, err := r.Events(func(e *Event) error {
		if e.Node != src && e.Node != dest {
			return nil
		}
		switch e.Kind {
		case State, Retry:
			f.hear(e)
		case Drop, Panic, Restart, Escalate:
			f.suffer(e)
		}
		return nil
	})
	if i := slices.IndexFunc(f.carriers, func(c Carrier) bool { return c.Sent >= f.since }); i > 0 {
		f.carriers = f.carriers[i:] // those of the present numbers
	}
	return f, err
}

// hear takes in what the link's two ends say of it.
func (f *linkFacts) hear(e *Event) {
	fromSrc, fromDest := e.Node == f.src && e.Peer == f.dest, e.Node == f.dest && e.Peer == f.src
	if !fromSrc && !fromDest || len(f.retries)+len(f.acked)+len(f.has) > factsMax {
		return
	}
	s := said{at: e.At, first: e.First, number: e.Last}
	switch {
	case e.About == actor.FactForgot && fromSrc: // numbers begin again
		f.retries, f.acked, f.since = nil, nil, e.At
	case e.About == actor.FactForgot:
		f.has, f.since = nil, e.At
	case e.About == actor.FactSent && e.Kind == Retry && fromSrc:
		f.retries = append(f.retries, s)
	case e.About == actor.FactAcked && fromSrc:
		f.acked = append(f.acked, s)
	case e.About == actor.FactHas && fromDest:
		f.has = append(f.has, s)
	}
}

// suffer notes what went wrong inside the link's nodes, where it concerns the link
// or what feeds it.
func (f *linkFacts) suffer(e *Event) {
	peer := linkPeer(e.Actor)
	other := f.dest
	if e.Node == f.dest {
		other = f.src
	}
	if peer != "" && peer != other || len(f.trouble) > 3 {
		return
	}
	f.trouble = append(f.trouble, fmt.Sprintf("%s %s: %s %s at %s", e.Node, e.Actor, e.Kind, e.Words(), seconds(e.At)))
}
