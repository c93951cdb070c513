package serial

import (
	"hash/fnv"
	"maps"
	"slices"

	"eddy/actor/node/wire"
)

// The lists are a tree by the hash of the key, hashBits of it a level: a branch
// has fanOut subtrees, a leaf the lists of all keys that lead there. A leaf that
// has grown too large becomes a branch. Nodes never change: whoever changes a
// list makes the nodes from the root to its leaf anew, and what they do not lead
// through stays where it is (Driscoll, Sarnak, Sleator and Tarjan, "Making Data
// Structures Persistent", 1989).
const (
	hashBits   = 4
	fanOut     = 1 << hashBits
	levelsMax  = 64 / hashBits // where all of the hash is used up, leaves do not split
	leafKeyMin = 2             // nor do those of fewer keys
)

// treeNode is a leaf or a branch.
type treeNode struct {
	lists map[string]wire.Raw // of a leaf, by the key's canonical form
	kids  []ref               // of a branch, fanOut of them
}

// ref says where a node is: in which chunk, and at what place there. The zero
// ref is the empty tree. A ref with fresh set is not in any chunk yet.
type ref struct {
	chunk string
	place int
	fresh *treeNode
}

func (r ref) empty() bool { return r.chunk == "" && r.fresh == nil }

// hashOf is FNV-1a with its bits mixed (Vigna's splitmix64), since short keys
// differ in few of them.
func hashOf(name string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails
	x := h.Sum64()
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

func slot(hash uint64, level int) int { return int(hash>>(level*hashBits)) & (fanOut - 1) }

// find gives a key's list. Where a chunk on the way is not at hand, it gives the
// chunk's id.
func (r ref) find(name string, at func(ref) *treeNode) (list wire.Raw, missing string) {
	hash := hashOf(name)
	for level := 0; !r.empty(); level++ {
		n := at(r)
		if n == nil {
			return nil, r.chunk
		}
		if n.kids == nil {
			return n.lists[name], ""
		}
		r = n.kids[slot(hash, level)]
	}
	return nil, ""
}

// with is the tree with other lists in place of some: all chunks on the way to
// them are at hand. Leaves of more than bytesMax are split.
func (r ref) with(changed map[string]wire.Raw, level, bytesMax int, at func(ref) *treeNode) ref {
	if len(changed) == 0 {
		return r
	}
	n := &treeNode{}
	if !r.empty() {
		n = at(r)
	}
	if n.kids != nil {
		return ref{fresh: &treeNode{kids: within(n.kids, changed, level, bytesMax, at)}}
	}
	lists := maps.Clone(n.lists)
	if lists == nil {
		lists = map[string]wire.Raw{}
	}
	maps.Copy(lists, changed)
	if size(lists) > bytesMax && len(lists) >= leafKeyMin && level < levelsMax {
		return ref{fresh: &treeNode{kids: within(make([]ref, fanOut), lists, level, bytesMax, at)}}
	}
	return ref{fresh: &treeNode{lists: lists}}
}

// within changes lists in the subtrees of a branch.
func within(kids []ref, changed map[string]wire.Raw, level, bytesMax int, at func(ref) *treeNode) []ref {
	parts := make([]map[string]wire.Raw, fanOut)
	for name, list := range changed {
		i := slot(hashOf(name), level)
		if parts[i] == nil {
			parts[i] = map[string]wire.Raw{}
		}
		parts[i][name] = list
	}
	kids = slices.Clone(kids)
	for i, part := range parts {
		kids[i] = kids[i].with(part, level+1, bytesMax, at)
	}
	return kids
}

func size(lists map[string]wire.Raw) (bytes int) {
	for name, list := range lists {
		bytes += len(name) + len(list) + len(`,,`)
	}
	return bytes
}
