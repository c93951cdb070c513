package gossip

import (
	"encoding/json"
	"fmt"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
)

// saved is a record of the journal: values that came together. A store's says no more than that.
type saved struct {
	Values []wire.Raw `json:"values"`
	// Disk names the disk: a number drawn when the journal was begun.
	Disk int64 `json:"disk,omitempty"`

	// Of a star. From is the place of the node that the values came from, Of says whose they are, as in starBody.
	From int     `json:"from,omitempty"`
	Of   []int64 `json:"of,omitempty"`
}

// record writes it, with the values as they were spelled.
func (r saved) record() []byte {
	values := r.Values
	r.Values = nil
	text, err := json.Marshal(r) // {"values":null,...
	if err != nil {
		panic("gossip: " + err.Error()) // cannot happen: numbers
	}
	const none = `{"values":null`
	out := append(make([]byte, 0, len(text)+64), `{"values":[`...)
	for i, v := range values {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, v...)
	}
	return append(append(out, ']'), text[len(none):]...)
}

// openSaved opens the journal of a node and gives what is in it.
func openSaved(n *node.Node, config Config, service string) (*journal.Journal[message], []saved, error) {
	o := config.Journal
	o.Holds, o.Format = service, 1
	if config.Dissemination == Paced {
		o.Holds += " --strategy paced"
	}
	j, texts, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return nil, nil, err
	}
	records := make([]saved, len(texts))
	for i, text := range texts {
		if err := json.Unmarshal(text, &records[i]); err != nil {
			return nil, nil, fmt.Errorf("record %d of the journal of %s is %.80s: expected values", i+1, n.ID(), text)
		}
		if nodes := len(n.IDs()); config.Dissemination == Paced && !records[i].sound(nodes) {
			return nil, nil, fmt.Errorf("record %d of the journal of %s does not fit the %d nodes of the cluster: start it with the nodes that wrote it", i+1, n.ID(), nodes)
		}
	}
	return j, records, nil
}

// snapshotBytes bounds the values of one record of a snapshot.
const snapshotBytes = 1 << 20

// recall learns what the journal has, or begins it.
func (s *store) recall(c *actor.Context[message], records []saved) {
	if s.journal == nil {
		return
	}
	for _, r := range records {
		s.disk = max(s.disk, r.Disk)
		for _, v := range r.Values {
			_, _ = s.values.learn(v, fromClient) // what was saved was learned before
		}
	}
	if s.disk == 0 {
		s.disk = 1 + c.Rand().Int64N(diskMax)
		s.journal.Append(c, saved{Disk: s.disk}.record(), func(error) {}) // without it the next start is that of a new disk
	}
	s.journal.SnapshotBy(func() (all [][]byte) {
		all = append(all, saved{Disk: s.disk}.record())
		var r saved
		bytes := 0
		for i, e := range s.values.log {
			r.Values = append(r.Values, e.raw)
			if bytes += len(e.raw); bytes > snapshotBytes || i == len(s.values.log)-1 {
				all = append(all, r.record())
				r.Values, bytes = nil, 0
			}
		}
		return all
	})
}

// save has values saved that came from a neighbour, and calls then when they, and all before them, are.
func (s *store) save(c *actor.Context[message], values []entry, then func(error)) {
	if s.journal == nil {
		then(nil)
		return
	}
	values = append(s.unsaved, values...)
	s.unsaved = nil
	if len(values) == 0 {
		s.journal.After(then)
		return
	}
	var r saved
	for _, e := range values {
		r.Values = append(r.Values, e.raw)
	}
	s.journal.Append(c, r.record(), func(err error) {
		if err != nil {
			s.unsaved = append(s.unsaved, values...)
		}
		then(err)
	})
}

// sound reports whether a record of a star fits a cluster of so many nodes.
func (r *saved) sound(nodes int) bool {
	b := starBody{Of: r.Of, Values: r.Values}
	return r.From >= 0 && r.From < nodes && b.sound(nodes)
}

// recall learns what the journal has, under the stamps that it had.
func (s *star) recall(records []saved) {
	for _, r := range records {
		s.learn(nil, r.From, &starBody{Of: r.Of, Values: r.Values})
	}
	s.recalled = len(s.history)
	s.journal.SnapshotBy(s.snapshot)
}

// snapshot is the history, in its order.
func (s *star) snapshot() (all [][]byte) {
	for begin := 0; begin < len(s.history); {
		r := saved{From: int(s.history[begin].from)}
		end, bytes := begin, 0
		for end < len(s.history) && s.history[end].from == s.history[begin].from && bytes < snapshotBytes {
			r.Values = append(r.Values, s.history[end].raw)
			bytes += len(s.history[end].raw)
			end++
		}
		r.Of = runs(s.history[begin:end])
		all = append(all, r.record())
		begin = end
	}
	return all
}

// save has saved what came from a peer and is behind a position of the history. Nobody waits for it:
// after a kill the next incarnation tells its peers what it has, and they send the rest again.
func (s *star) save(c *actor.Context[message], peer, behind int) {
	if s.journal == nil || len(s.history) == behind {
		return
	}
	r := saved{From: peer, Of: runs(s.history[behind:])}
	for _, it := range s.history[behind:] {
		r.Values = append(r.Values, it.raw)
	}
	s.journal.Append(c, r.record(), func(error) {})
}
