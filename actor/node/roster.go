package node

import (
	"bytes"
	"fmt"
	"slices"

	"eddy/actor/node/wire"
)

// roster is the nodes of a cluster, as an init lists them. It never changes.
type roster struct {
	ids   []string
	place map[string]int // of each id in ids
}

// readRoster reads the list of an init.
func readRoster(text wire.Raw) (*roster, error) {
	var list struct {
		IDs []string `json:"node_ids" wire:"required"`
	}
	if err := wire.Unmarshal(slices.Concat([]byte(`{"node_ids":`), text, []byte{'}'}), &list); err != nil {
		return nil, err
	}
	place := make(map[string]int, len(list.IDs))
	for i, id := range list.IDs {
		if _, twice := place[id]; twice {
			return nil, fmt.Errorf("node_ids holds an id twice, expected each once")
		}
		place[id] = i
	}
	if _, empty := place[""]; empty {
		return nil, fmt.Errorf("an id is empty, expected none to be")
	}
	return &roster{list.IDs, place}, nil
}

// Reader reads lines for those who take turns in one goroutine. The nodes of one
// World may share one (see [Options]): each is told the same list of nodes and the
// same topology, and ten thousand copies of ten thousand ids would fill the memory
// and take most of a run. It belongs to that goroutine, the World's; what it has
// read never changes. The zero value is ready.
type Reader struct {
	decoder wire.Decoder
	text    wire.Raw // the list of nodes that was read last
	roster  *roster
}

// list gives the list of an init, the one before if it is the same.
func (r *Reader) list(text wire.Raw) (*roster, error) {
	if len(text) > 0 && bytes.Equal(text, r.text) {
		return r.roster, nil
	}
	list, err := readRoster(text)
	if err == nil {
		r.text, r.roster = bytes.Clone(text), list
	}
	return list, err
}
