package txn

import (
	"fmt"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// With --data a client's transaction is applied, answered and sent to peers when its record is durable. What peers have done
// is saved, too, and not waited for: they have it on their disks, and send it again to a node that was restarted.

// openSaved opens the journal of a node and gives what is in it.
func openSaved(n *node.Node, config Config) (*journal.Journal[message], []recordBody, error) {
	o := config.Journal
	o.Holds, o.Format = "txn-rw-register", 1
	j, texts, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return nil, nil, err
	}
	records := make([]recordBody, len(texts))
	for i, text := range texts {
		if err := shapeOfRecord.Unmarshal(text, &records[i]); err != nil {
			return nil, nil, fmt.Errorf("record %d of the journal of %s: %w", i+1, n.ID(), err)
		}
	}
	return j, records, nil
}

// timerAlone: no message has come since the start, though all peers should run by now.
type timerAlone struct{}

// aloneFor is how long a node that was restarted waits for a first message before it sends peers what it has.
const aloneFor = 5 * time.Second

// recall applies what the journal has, and has it sent to the peers: they may lack it.
func (s *store) recall(c *actor.Context[message], records []recordBody) {
	for _, r := range records {
		s.apply(r.Groups)
	}
	if len(records) > 0 {
		for _, p := range s.peers {
			p.whole = true
		}
		c.After(aloneFor, message(timerAlone{}))
	}
	s.journal.SnapshotBy(func() [][]byte { return [][]byte{s.whole()} })
}

// save has saved what peers have done.
func (s *store) save(c *actor.Context[message], groups []group) {
	if s.journal != nil && len(groups) > 0 {
		s.journal.Append(c, recordOf(groups...), func(error) {})
	}
}
