package kafka

import (
	"strconv"

	"eddy/actor/node/wire"
)

// item is one item of a link: what a node tells or asks a peer. A request
// has a number, and its reply the same.
type item struct {
	Type   string   `json:"t" wire:"required"`
	ID     int64    `json:"id"`
	Key    string   `json:"k"`
	Offset int64    `json:"o"`
	Value  wire.Raw `json:"v"`
	By     string   `json:"by"`  // the incarnation of the node that a client gave the message
	Seq    int64    `json:"seq"` // which of that incarnation's messages of the key it is
}

// The types of items.
const (
	itemEntry   = "e" // Value stands at Offset of Key
	itemCommit  = "c" // Offset of Key is committed
	itemStart   = "s" // everything of Key below Offset was dropped, since it is committed
	itemPromise = "p" // every entry at or below Offset was sent before

	// itemForwarded is only in journals: the messages of By from Seq to below Offset have an entry that was dropped.
	itemForwarded = "f"

	itemAppend   = "append"   // a request: append Value to Key
	itemAppended = "appended" // it stands at Offset
	itemUnsure   = "unsure"   // it may stand there or not
)

var shapeOfItem = func() wire.Shape[item] {
	shape, err := wire.ShapeOf[item]()
	if err != nil {
		panic(err)
	}
	return shape
}()

// encode writes an item; fields that are empty are left out.
func (s item) encode() []byte {
	dst := make([]byte, 0, 48+len(s.Key)+len(s.Value))
	dst = append(append(append(dst, `{"t":"`...), s.Type...), '"')
	for _, f := range [...]struct {
		name  string
		value int64
	}{{`,"id":`, s.ID}, {`,"o":`, s.Offset}, {`,"seq":`, s.Seq}} {
		if f.value != 0 {
			dst = strconv.AppendInt(append(dst, f.name...), f.value, 10)
		}
	}
	if s.Key != "" {
		dst = append(append(dst, `,"k":`...), quoted(s.Key)...)
	}
	if s.By != "" {
		dst = append(append(dst, `,"by":`...), quoted(s.By)...)
	}
	if s.Value != nil {
		dst = append(append(dst, `,"v":`...), compact(s.Value)...)
	}
	return append(dst, '}')
}
