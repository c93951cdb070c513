package serial

import "slices"

// shelf keeps chunks at hand. What is there never goes out of date, since chunks
// do not change; what was not used for longest makes room for what comes.
type shelf struct {
	chunks map[string]*shelved
	max    int
	uses   uint64
}

type shelved struct {
	chunk *chunk
	used  uint64 // when it was last, in uses
}

func newShelf(chunksMax int) *shelf {
	return &shelf{chunks: map[string]*shelved{}, max: chunksMax}
}

// take gives a chunk, nil if it is not there.
func (s *shelf) take(id string) *chunk {
	held := s.chunks[id]
	if held == nil {
		return nil
	}
	s.uses++
	held.used = s.uses
	return held.chunk
}

// node gives a node of the tree, nil if its chunk is not there.
func (s *shelf) node(r ref) *treeNode {
	if r.fresh != nil {
		return r.fresh
	}
	c := s.take(r.chunk)
	if c == nil || r.place >= len(c.nodes) {
		return nil
	}
	return c.nodes[r.place]
}

func (s *shelf) put(id string, c *chunk) {
	s.uses++
	s.chunks[id] = &shelved{c, s.uses}
}

// tidy forgets what was not used for longest, to be called where nothing of it is
// in use. It forgets a quarter at a time, so that it need not look each time.
func (s *shelf) tidy() {
	if len(s.chunks) <= s.max {
		return
	}
	newest := s.uses
	var ages []uint64
	for _, held := range s.chunks {
		ages = append(ages, newest-held.used)
	}
	slices.Sort(ages)
	limit := ages[s.max*3/4]
	for id, held := range s.chunks {
		if newest-held.used > limit {
			delete(s.chunks, id)
		}
	}
}
