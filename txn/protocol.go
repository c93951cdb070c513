package txn

import (
	"eddy/actor/node"
	"eddy/actor/node/wire"
	"eddy/internal/link"
)

// txnBody is what clients ask: Maelstrom's doc/workloads.md, txn-rw-register.
type txnBody struct {
	Txn []wire.Raw `json:"txn" wire:"required"`
}

type (
	txnRequest       = node.Request[txnBody, node.None]
	replicateRequest = node.Request[link.Message, node.None]
)

const replicateType = "replicate"

// recordBody is groups that are applied together: an item between nodes, a record of the journal.
type recordBody struct {
	Groups []groupBody `json:"groups" wire:"required"`
}

type groupBody struct {
	Time        int64      `json:"t"`
	Index       int64      `json:"i"`
	Node        int        `json:"n"`
	Incarnation int64      `json:"l"`
	Writes      []wire.Raw `json:"w"`
}

var shapeOfRecord = func() wire.Shape[recordBody] {
	shape, err := wire.ShapeOf[recordBody]()
	if err != nil {
		panic(err)
	}
	return shape
}()

func recordOf(groups ...group) []byte {
	out := []byte(`{"groups":[`)
	for i := range groups {
		if i > 0 {
			out = append(out, ',')
		}
		out = groups[i].appendJSON(out)
	}
	return append(out, `]}`...)
}

// answered is the reply to a client, already encoded.
type answered []byte

// AppendFields writes the body's fields.
func (a answered) AppendFields(dst []byte) []byte { return append(append(dst, `"txn":`...), a...) }
