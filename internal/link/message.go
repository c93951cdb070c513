package link

import (
	"strconv"

	"eddy/actor"
	"eddy/actor/node/wire"
)

// Message is what one half of a link sends the other. On the wire, fields that are 0 are left out.
type Message struct {
	From  int64      `json:"from" wire:"required"`  // the sender's incarnation
	Epoch int64      `json:"epoch" wire:"required"` // which of the sender's numberings First belongs to
	To    int64      `json:"to"`                    // the incarnation of the receiver that the sender knows, 0 for none
	First int64      `json:"first"`                 // number of the first item
	Items []wire.Raw `json:"values"`
	Of    int64      `json:"of"`    // the receiver's epoch that Ack belongs to
	Ack   int64      `json:"ack"`   // up to this number everything came
	Gap   int64      `json:"gap"`   // so did the item with this number: those between Ack and it are missing
	Hello int64      `json:"hello"` // 1: the sender waits for a message of the receiver's
	// Challenge is a number that the receiver, if To is its incarnation, sends back as Echo.
	Challenge int64 `json:"challenge"`
	Echo      int64 `json:"echo"`
	// Note is a number of the user's that rides on every message.
	Note int64 `json:"note"`
}

// Outgoing is a message on its way out.
type Outgoing struct {
	Note int64 // the user's, set before it is sent

	from, epoch, to, first, of, ack, gap, hello, challenge, echo int64

	items []item
	again bool // sent before
}

// Numbers are those of the items, 0 for none.
func (o Outgoing) Numbers() (first, last int64) {
	if len(o.items) == 0 {
		return 0, 0
	}
	return o.first, o.first + int64(len(o.items)) - 1
}

func (o *Outgoing) kind() actor.EventKind {
	if o.again {
		return actor.EventRetry
	}
	return actor.EventState
}

// bytes is how long the items are.
func (o *Outgoing) bytes() (n int) {
	for _, it := range o.items {
		n += len(it.data)
	}
	return n
}

// AppendFields writes the fields of a [Message].
func (o Outgoing) AppendFields(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `"from":`...), o.from, 10)
	for _, f := range [...]struct {
		name  string
		value int64
	}{
		{`,"epoch":`, o.epoch}, {`,"to":`, o.to}, {`,"first":`, o.first}, {`,"of":`, o.of}, {`,"ack":`, o.ack},
		{`,"gap":`, o.gap}, {`,"hello":`, o.hello}, {`,"challenge":`, o.challenge}, {`,"echo":`, o.echo}, {`,"note":`, o.Note},
	} {
		if f.value != 0 {
			dst = strconv.AppendInt(append(dst, f.name...), f.value, 10)
		}
	}
	if len(o.items) == 0 {
		return dst
	}
	dst = append(dst, `,"values":`...)
	for i, it := range o.items {
		separator := byte(',')
		if i == 0 {
			separator = '['
		}
		dst = append(append(dst, separator), it.data...)
	}
	return append(dst, ']')
}
