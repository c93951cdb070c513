package kafka

import (
	"strconv"

	"eddy/actor/node/wire"
)

// saying is one item of a stream: what a node tells or asks a peer. A question
// has a number, and its answer the same.
type saying struct {
	Type   string   `json:"t" wire:"required"`
	ID     int64    `json:"id"`
	Key    string   `json:"k"`
	Offset int64    `json:"o"`
	Value  wire.Raw `json:"v"`
	By     string   `json:"by"`  // the incarnation of the node that a client gave the message
	Seq    int64    `json:"seq"` // which of that incarnation's messages of the key it is
}

// The types of sayings.
const (
	sayEntry   = "e" // Value stands at Offset of Key
	sayCommit  = "c" // Offset of Key is committed
	sayPromise = "p" // every entry at or below Offset has been said

	sayAppend   = "append"   // a question: append Value to Key
	sayAppended = "appended" // it stands at Offset
	sayUnsure   = "unsure"   // it may stand there or not
)

var shapeOfSaying = func() wire.Shape[saying] {
	shape, err := wire.ShapeOf[saying]()
	if err != nil {
		panic(err)
	}
	return shape
}()

// encode writes a saying; fields that are empty are left out.
func (s saying) encode() []byte {
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
