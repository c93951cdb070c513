package trace

import (
	"bytes"
	"errors"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/jsonwalk"
	"eddy/testbench/network"
	"eddy/testbench/service"
)

// MessageKind is what the network did with a message.
type MessageKind uint8

// What happens to a message.
const (
	MessageSent MessageKind = iota
	MessageReceived
	MessageLost
	messagesSampled // from here on only some messages are recorded
)

// Message is one line of the network's journal. Body is lent, as an Event's
// slices are.
type Message struct {
	At   time.Duration // since the run began
	Kind MessageKind
	ID   int64 // the network's number
	Src  string
	Dest string
	Body []byte // of what was sent; nil otherwise
	Why  string // a loss: partition, loss or killed

	untraced bool // its sender records nothing, so that the network's number is part of its name
}

// EachMessage gives every line of the network's journal, in order; none where there is no
// journal. Lines that make no sense are passed over.
func (r *Run) EachMessage(each func(m *Message) error) error {
	if r.Messages == "" {
		return nil
	}
	p := newParser()
	err := r.eachLine(r.Messages, func(line []byte, _ bool) error {
		m, ok := p.message(line)
		m.untraced = r.untraced
		if m.Kind == messagesSampled && r.Sampled == 0 {
			r.Sampled = m.At
		}
		if !ok {
			return nil
		}
		return each(&m)
	})
	if errors.Is(err, errStop) {
		return nil
	}
	return err
}

func (p *parser) message(line []byte) (m Message, ok bool) {
	if len(line) == 0 || line[0] != '{' || line[len(line)-1] != '}' {
		return m, false
	}
	kind := ""
	for i := 1; i < len(line) && line[i] == '"'; {
		keyEnd := jsonwalk.SkipString(line, i)
		key := line[i+1 : max(keyEnd-1, i+1)]
		start := keyEnd + 1
		if i = jsonwalk.SkipValue(line, start); i >= len(line) || i <= start {
			return m, false
		}
		value := line[start:i]
		switch string(key) {
		case "time":
			m.At = time.Duration(integer(value))
		case "type":
			kind = p.name(value)
		case "id":
			m.ID = integer(value)
		case "src":
			m.Src = p.name(value)
		case "dest":
			m.Dest = p.name(value)
		case "body":
			m.Body = value
		case "why":
			m.Why = p.name(value)
		}
		i++
	}
	switch kind {
	case "send":
		m.Kind = MessageSent
	case "recv":
		m.Kind = MessageReceived
	case "lost":
		m.Kind = MessageLost
	case "sampled":
		m.Kind = messagesSampled
		return m, false
	default:
		return m, false
	}
	return m, true
}

// mark is what a traced message between nodes has in its body.
var mark = []byte(`"eddy":"`)

// WithoutMark is a body without the mark of its sender. Of a body that was cut within the mark, what comes before it.
func WithoutMark(body []byte) []byte {
	at := bytes.LastIndex(body, mark)
	if at < 0 {
		return body
	}
	end := len(body)
	if quote := bytes.IndexByte(body[at+len(mark):], '"'); quote >= 0 {
		end = at + len(mark) + quote + 1
	}
	return slices.Concat(bytes.TrimSuffix(body[:at], []byte{','}), body[end:])
}

// Name is a message's id as the nodes' records have it: the mark that its sender
// left in it, such as n1/17; of a client's request, such as c5/12. For what a
// node says to a client or a service, which bears no mark, it is a name of
// its own ([Event.Name] gives the same), such as n1>c5/12 for the answer to c5's
// request 12. Where nodes record nothing, it is the network's number of it, such as n1:88.
func (m *Message) Name() string {
	if m.untraced && !network.IsClient(m.Src) {
		return m.Src + ":" + strconv.FormatInt(m.ID, 10)
	}
	return messageName(m.Src, m.Dest, m.Body)
}

// Name is the message's name for joining it with the network's journal: the id but for
// what a node says to a client or a service. It is empty for events that are not
// at the edge.
func (e *Event) Name() string {
	if e.untraced {
		return string(e.ID)
	}
	switch e.Actor {
	case Stdin:
		return string(e.ID)
	case Stdout:
		if network.IsClient(e.Dest) || service.Is(e.Dest) {
			if name := messageName(e.Node, e.Dest, e.BodyText()); name != "" {
				return name
			}
		}
		return string(e.ID)
	}
	return ""
}

func messageName(src, dest string, body []byte) string {
	if at := bytes.LastIndex(body, mark); at >= 0 {
		name, _, _ := bytes.Cut(body[at+len(mark):], []byte{'@'})
		return string(name)
	}
	msgID, inReplyTo := fieldOf(body, "msg_id"), fieldOf(body, "in_reply_to")
	own := network.IsClient(src) || service.Is(src)
	switch {
	case own && msgID != nil:
		return src + "/" + string(msgID)
	case own && inReplyTo != nil:
		return src + "/" + dest + "-" + string(inReplyTo)
	case inReplyTo != nil:
		return src + ">" + dest + "-" + string(inReplyTo)
	case msgID != nil:
		return src + ">" + dest + "/" + string(msgID)
	}
	return ""
}

// Field gives the raw value of a field of a body, nil where it has none.
func Field(body []byte, name string) []byte { return fieldOf(body, name) }

// fieldOf is the value of a field of an object, nil where it has none. Of a body that was
// cut it finds what is whole.
func fieldOf(body []byte, name string) []byte {
	for field := jsonwalk.In(body); field.Next(); {
		if string(field.Name) == name {
			return field.Value
		}
	}
	return nil
}
