package txn

import (
	"fmt"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/actor/node/wire"
)

// With --data a record of the journal is a list of groups that were applied together. A client's transaction is applied,
// answered and told to peers when its record is durable. What peers have done is saved, too, and not waited for: they have
// it on their disks, and send it again to a node that was restarted.

// savedBody is a record, in an object so that it can be decoded.
type savedBody struct {
	Groups []groupBody `json:"groups" wire:"required"`
}

var shapeOfSaved = func() wire.Shape[savedBody] {
	shape, err := wire.ShapeOf[savedBody]()
	if err != nil {
		panic(err)
	}
	return shape
}()

func recordOf(groups []group) []byte {
	out := []byte(`{"groups":[`)
	for i := range groups {
		if i > 0 {
			out = append(out, ',')
		}
		out = groups[i].appendJSON(out, false)
	}
	return append(out, `]}`...)
}

// openSaved opens the journal of a node and gives what is in it.
func openSaved(n *node.Node, config Config) (*journal.Journal[message], []savedBody, error) {
	o := config.Journal
	o.Holds, o.Format = "txn-rw-register", 1
	j, texts, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return nil, nil, err
	}
	records := make([]savedBody, len(texts))
	for i, text := range texts {
		if err := shapeOfSaved.Unmarshal(text, &records[i]); err != nil {
			return nil, nil, fmt.Errorf("record %d of the journal of %s: %w", i+1, n.ID(), err)
		}
	}
	return j, records, nil
}

// alone: no peer has sent anything since the start, though all should run by now.
type alone struct{}

// aloneFor is how long a node that was started again waits for a first message before it tells peers what it has.
const aloneFor = 5 * time.Second

// recall applies what the journal has, and has the peers told of it: they may lack it.
func (s *store) recall(c *actor.Context[message], records []savedBody) {
	for _, r := range records {
		s.apply(s.place, 0, r.Groups)
	}
	s.news = nil
	if len(records) > 0 {
		for _, p := range s.peers {
			p.whole = true
		}
		c.After(aloneFor, message(alone{}))
	}
	s.journal.SnapshotBy(func() [][]byte { return [][]byte{recordOf(s.registers.groups())} })
}

// save has saved what peers have done.
func (s *store) save(c *actor.Context[message], groups []group) {
	if s.journal != nil && len(groups) > 0 {
		s.journal.Append(c, recordOf(groups), func(error) {})
	}
}
