package gossip

import (
	"strconv"

	"eddy/actor/node"
	"eddy/actor/node/wire"
)

// starBody is what nodes of a paced star say to each other, all in one type of
// message. Any of them may carry any of its parts.
type starBody struct {
	Life int64 `json:"life"` // the sender's memory
	Hub  int64 `json:"hub"`  // the sender's hub, by its place in the order of nodes
	Move int64 `json:"move"` // how often the sender has changed its hub

	// The sender's history from First (not counted) up to To, but for what the
	// receiver has. Of says whose values these are, in runs of four numbers:
	// origin, life, number of the first, how many. Epochs number the times that
	// the sender has begun its history from the start for this receiver.
	Epoch  int64      `json:"epoch"`
	First  int64      `json:"first"`
	To     int64      `json:"to"`
	Of     []int64    `json:"of"`
	Values []wire.Raw `json:"values"`

	// The receiver's history has come without a gap up to Ack.
	AckLife  int64 `json:"ack_life"`
	AckEpoch int64 `json:"ack_epoch"`
	Ack      int64 `json:"ack"`
	Gap      int64 `json:"gap"` // 1: something behind it has come

	Ask    int64   `json:"ask"`    // µs on the sender's clock: it wants an answer at once
	Answer int64   `json:"answer"` // the Ask that this answers
	Meet   int64   `json:"meet"`   // 1: Have is the sender's version vector, and the answer to an Ask is to hold one
	Have   []int64 `json:"have"`
	Doubt  int64   `json:"doubt"` // 1: the sender's hub does not answer it

	Next  int64 `json:"next"`  // µs until the sender's next window closes: a hub's
	At    int64 `json:"at"`    // µs on the sender's clock: a leaf's
	Early int64 `json:"early"` // µs by which the receiver's last message came before a window's close
	Echo  int64 `json:"echo"`  // that message's At
}

type starRequest = node.Request[starBody, node.None]

const starType = "star"

// sound reports whether the parts of a body fit together, among so many nodes.
func (b *starBody) sound(nodes int) bool {
	if len(b.Of)%4 != 0 || len(b.Have)%3 != 0 || b.Hub < 0 || b.Hub >= int64(nodes) || b.First < 0 || b.To < b.First {
		return false
	}
	counted := int64(0)
	for run := b.Of; len(run) > 0; run = run[4:] {
		if run[0] < 0 || run[0] >= int64(nodes) || run[2] < 1 || run[3] < 1 || run[3] > int64(len(b.Values)) {
			return false
		}
		counted += run[3]
	}
	return counted == int64(len(b.Values))
}

// stamps are the values' identities, in their order.
func (b *starBody) stamps() []stamp {
	out := make([]stamp, 0, len(b.Values))
	for run := b.Of; len(run) > 0; run = run[4:] {
		for i := range run[3] {
			out = append(out, stamp{memory{int32(run[0]), run[1]}, run[2] + i})
		}
	}
	return out
}

// starMessage is a starBody on its way out: the same fields, and those that are 0
// or empty are left out.
type starMessage struct {
	starBody
	items []item
}

// Numbers are the place in the sender's history up to which the message has it, for a trace.
func (o starMessage) Numbers() (first, last int64) { return 0, o.To }

// AppendFields writes the body's fields.
func (o starMessage) AppendFields(dst []byte) []byte {
	start := len(dst)
	for _, field := range [...]struct {
		name  string
		value int64
	}{
		{"life", o.Life}, {"hub", o.Hub}, {"move", o.Move}, {"epoch", o.Epoch}, {"first", o.First}, {"to", o.To},
		{"ack_life", o.AckLife}, {"ack_epoch", o.AckEpoch}, {"ack", o.Ack}, {"gap", o.Gap},
		{"ask", o.Ask}, {"answer", o.Answer}, {"meet", o.Meet}, {"doubt", o.Doubt},
		{"next", o.Next}, {"at", o.At}, {"early", o.Early}, {"echo", o.Echo},
	} {
		if field.value != 0 {
			dst = strconv.AppendInt(appendName(dst, start, field.name), field.value, 10)
		}
	}
	dst = appendNumbers(dst, start, "have", o.Have)
	dst = appendNumbers(dst, start, "of", runs(o.items))
	if len(o.items) == 0 {
		return dst
	}
	dst = append(appendName(dst, start, "values"), '[')
	for i, v := range o.items {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, v.raw...)
	}
	return append(dst, ']')
}

// runs says whose values these are, as in starBody.Of.
func runs(items []item) []int64 {
	var out []int64
	for i, it := range items {
		if i > 0 && it.memory == items[i-1].memory && it.seq == items[i-1].seq+1 {
			out[len(out)-1]++
			continue
		}
		out = append(out, int64(it.origin), it.life, it.seq, 1)
	}
	return out
}

func appendNumbers(dst []byte, start int, name string, numbers []int64) []byte {
	if len(numbers) == 0 {
		return dst
	}
	dst = append(appendName(dst, start, name), '[')
	for i, n := range numbers {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = strconv.AppendInt(dst, n, 10)
	}
	return append(dst, ']')
}
