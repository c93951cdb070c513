package node

import (
	"bytes"
	"fmt"
	"slices"

	"eddy/actor/node/wire"
)

// Roster is the list of a cluster's nodes as it was last read, and what reads
// lines. The nodes of one World may share one (see [Options]): each is told the
// same list and the same topology, and ten thousand copies of ten thousand ids
// would fill the memory and take most of a run. It belongs to the World's
// goroutine. The zero value has read nothing yet.
type Roster struct {
	decoder wire.Decoder
	text    wire.Raw // the list as it came
	ids     []string
	place   map[string]int // of each id in ids
}

// read takes in the list of an init, and changes nothing if it makes no sense.
// What was read before is not changed, but left to those who hold it.
func (r *Roster) read(text wire.Raw) error {
	if len(text) > 0 && bytes.Equal(text, r.text) {
		return nil
	}
	var list struct {
		IDs []string `json:"node_ids" wire:"required"`
	}
	if err := wire.Unmarshal(slices.Concat([]byte(`{"node_ids":`), text, []byte{'}'}), &list); err != nil {
		return err
	}
	place := make(map[string]int, len(list.IDs))
	for i, id := range list.IDs {
		if _, twice := place[id]; twice {
			return fmt.Errorf("node_ids holds an id twice, expected each once")
		}
		place[id] = i
	}
	if _, empty := place[""]; empty {
		return fmt.Errorf("an id is empty, expected none to be")
	}
	r.text, r.ids, r.place = bytes.Clone(text), list.IDs, place
	return nil
}

// find gives the place of an id in the list.
func (r *Roster) find(id string) (int, bool) {
	i, listed := r.place[id]
	return i, listed
}
