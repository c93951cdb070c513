package serial

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"eddy/actor/node/wire"
)

// chunk is what lww-kv holds under one key, and what one commit writes: the nodes
// of the tree that it makes anew, the root last. So a commit takes one write,
// however many keys it changes, and whoever follows it one read.
type chunk struct {
	// last is the id of the chunk of the last commit of each node that has committed, this one included. By it a node
	// tells whether a compare and set that it had no answer to has taken place.
	last  map[string]string
	nodes []*treeNode
}

// root is the tree that a chunk's commit made.
func (c *chunk) root(id string) ref {
	return ref{chunk: id, place: len(c.nodes) - 1}
}

// chunkBody is a chunk as JSON.
type chunkBody struct {
	Last  map[string]string `json:"last"`
	Nodes []nodeBody        `json:"nodes"`
}

// nodeBody is a leaf's keys and lists by turns, sorted by key, or a branch's
// kids: null for an empty one, a place in the same chunk, or a chunk's id and a
// place there.
type nodeBody struct {
	Lists []wire.Raw `json:"lists,omitempty"`
	Kids  []wire.Raw `json:"kids,omitempty"`
}

// newChunk gathers the fresh nodes of a tree, kids before their branch, and gives
// them as JSON.
func newChunk(tree ref, last map[string]string) (*chunk, wire.Raw) {
	c := &chunk{last: last}
	body := chunkBody{Last: last}
	var add func(n *treeNode) int
	add = func(n *treeNode) int {
		var b nodeBody
		for _, name := range slices.Sorted(maps.Keys(n.lists)) {
			b.Lists = append(b.Lists, wire.Raw(name), n.lists[name])
		}
		for _, kid := range n.kids {
			var to any // null
			switch {
			case kid.fresh != nil:
				to = add(kid.fresh)
			case !kid.empty():
				to = []any{kid.chunk, kid.place}
			}
			b.Kids = append(b.Kids, encode(to))
		}
		c.nodes = append(c.nodes, n)
		body.Nodes = append(body.Nodes, b)
		return len(c.nodes) - 1
	}
	add(tree.fresh)
	return c, encode(body)
}

// settle has a chunk's own nodes refer to each other by its id, once it is
// written.
func (c *chunk) settle(id string) {
	place := map[*treeNode]int{}
	for i, n := range c.nodes {
		place[n] = i
		for j, kid := range n.kids {
			if kid.fresh != nil {
				n.kids[j] = ref{chunk: id, place: place[kid.fresh]}
			}
		}
	}
}

func encode(value any) wire.Raw {
	text, err := json.Marshal(value)
	if err != nil {
		panic("serial: a chunk cannot be encoded: " + err.Error()) // its values were read as JSON
	}
	return text
}

// parseChunk reads the chunk of that id.
func parseChunk(id string, text wire.Raw) (*chunk, error) {
	var body chunkBody
	if err := json.Unmarshal(text, &body); err != nil {
		return nil, fmt.Errorf("chunk %s: %w", id, err)
	}
	if len(body.Nodes) == 0 {
		return nil, fmt.Errorf("chunk %s holds no nodes", id)
	}
	c := &chunk{last: body.Last}
	for i, b := range body.Nodes {
		n, err := b.parse(id, i)
		if err != nil {
			return nil, fmt.Errorf("chunk %s, node %d: %w", id, i, err)
		}
		c.nodes = append(c.nodes, n)
	}
	return c, nil
}

func (b *nodeBody) parse(id string, at int) (*treeNode, error) {
	n := &treeNode{}
	if b.Kids == nil {
		n.lists = make(map[string]wire.Raw, len(b.Lists)/2)
		for i := 0; i+1 < len(b.Lists); i += 2 {
			name, err := wire.Canonical(b.Lists[i]) // the store may spell it otherwise
			if err != nil {
				return nil, err
			}
			n.lists[string(name)] = b.Lists[i+1]
		}
		return n, nil
	}
	if len(b.Kids) != fanOut {
		return nil, fmt.Errorf("%d kids, expected %d", len(b.Kids), fanOut)
	}
	for _, kid := range b.Kids {
		to, err := parseKid(id, at, kid)
		if err != nil {
			return nil, err
		}
		n.kids = append(n.kids, to)
	}
	return n, nil
}

func parseKid(id string, at int, kid wire.Raw) (ref, error) {
	if string(kid) == "null" {
		return ref{}, nil
	}
	place := 0
	if kid[0] != '[' {
		if err := json.Unmarshal(kid, &place); err != nil || place < 0 || place >= at {
			return ref{}, fmt.Errorf("kid %.80s is no place before its branch", kid)
		}
		return ref{chunk: id, place: place}, nil
	}
	var other string
	to := []any{&other, &place}
	if err := json.Unmarshal(kid, &to); err != nil || len(to) != 2 || other == "" || place < 0 {
		return ref{}, errors.New("a kid is no id of a chunk and a place there")
	}
	return ref{chunk: other, place: place}, nil
}
