package counter

import (
	"encoding/json"
	"fmt"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
)

// saved is what was added through this node, as its journal has it. Without --data there is no journal, and what is added
// is durable at once as far as that goes.
//
// A record names a shard and says what was added to it, so that the order of records does not matter, nor does one that was
// refused among others that were not.
type saved struct {
	journal  *journal.Journal[message]
	name     string // of the shard; empty where there was no record
	durable  shard
	underway shard // appended, not known to be durable
}

// openSaved opens the journal of a node's service.
func openSaved(n *node.Node, o journal.Options, holds string) (*saved, error) {
	o.Holds, o.Format = holds, 1
	j, records, err := journal.Open(n, o, func(w journal.Written) message { return w })
	if err != nil {
		return nil, err
	}
	s := &saved{journal: j}
	for i, text := range records {
		var record map[string]shard
		if err := json.Unmarshal(text, &record); err != nil || len(record) != 1 {
			return nil, fmt.Errorf("record %d of the journal of %s is %.80s: expected one shard by its name", i+1, n.ID(), text)
		}
		for name, added := range record {
			if s.name != "" && name != s.name {
				return nil, fmt.Errorf("record %d of the journal of %s is of shard %q, and those before of %q", i+1, n.ID(), name, s.name)
			}
			s.name, s.durable = name, s.durable.plus(added)
		}
	}
	j.SnapshotBy(func() [][]byte { return [][]byte{s.record(s.durable)} })
	return s, nil
}

func (s *saved) record(added shard) []byte {
	text, err := json.Marshal(map[string]shard{s.name: added})
	if err != nil {
		panic("counter: " + err.Error()) // cannot happen: integers
	}
	return text
}

// add saves what was added and calls then in a handler of the counter: when it is durable, or with why it is not.
func (s *saved) add(c *actor.Context[message], added shard, then func(error)) {
	var record []byte
	if s.journal != nil {
		record = s.record(added)
	}
	s.underway = s.underway.plus(added)
	s.journal.Append(c, record, func(err error) {
		s.underway = s.underway.minus(added)
		if err == nil {
			s.durable = s.durable.plus(added)
		}
		then(err)
	})
}
