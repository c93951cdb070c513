package kv

import (
	"slices"

	pb "go.etcd.io/raft/v3/raftpb"
	"google.golang.org/protobuf/proto"

	"eddy/actor/node"
)

// raftType is the type of the messages between replicas.
const raftType = "raft"

// raftBody is what one replica tells another at a time: messages of the Raft
// library, in the order in which it made them.
type raftBody struct {
	Messages [][]byte `json:"m,omitempty"`
	// Silence is how many ticks longer than a heartbeat the leader that says this may be silent afterwards.
	Silence int `json:"silence,omitempty"`
	// Answer says that the leader waits for the answer; others may come with the next message.
	Answer bool `json:"answer,omitempty"`
	// Term is the sender's where it asks how far the log was committed: see questions.
	Term uint64 `json:"term,omitempty"`
	// Outside says that the node which is told is no member: see outsiders.
	Outside bool `json:"outside,omitempty"`
}

// outbox holds what is to be said to peers until it is time to say it.
type outbox struct {
	node     *node.Node
	bytesMax int // of one message; a single one of the library may exceed it
	peers    []letters
}

// letters are the messages that wait for one peer. They go out together, those that can wait with those that can't.
type letters struct {
	messages []*pb.Message
	due      int  // tick at which they go out at the latest
	urgent   bool // they go out at the next chance
	answer   bool // and are to be answered at once
}

func newOutbox(n *node.Node, bytesMax int) outbox {
	return outbox{node: n, bytesMax: bytesMax, peers: make([]letters, len(n.IDs()))}
}

// add puts a message to its receiver's others, to go out by a tick. A heartbeat takes the place of the one before it:
// it says the same, and later.
func (o *outbox) add(m *pb.Message, due int) {
	i := placeOf(m.GetTo())
	if i < 0 || i >= len(o.peers) {
		return // a member that this cluster has no node for
	}
	l := &o.peers[i]
	if len(l.messages) == 0 || due < l.due {
		l.due = due
	}
	if k := m.GetType(); k == pb.MsgHeartbeat || k == pb.MsgHeartbeatResp {
		l.messages = slices.DeleteFunc(l.messages, func(o *pb.Message) bool { return o.GetType() == k && o.GetTo() == m.GetTo() })
	}
	l.messages = append(l.messages, m)
}

// hurry has what waits for the node at a place go out at the next chance.
func (o *outbox) hurry(place int, answer bool) {
	if l := &o.peers[place]; len(l.messages) > 0 {
		l.urgent, l.answer = true, l.answer || answer
	}
}

// clear forgets what waits.
func (o *outbox) clear() { clear(o.peers) }

// waits reports whether it is time to say something.
func (o *outbox) waits(tick int) bool {
	return slices.ContainsFunc(o.peers, func(l letters) bool { return l.waits(tick) })
}

func (l *letters) waits(tick int) bool {
	return len(l.messages) > 0 && (l.urgent || l.due <= tick)
}

// decides reports whether a majority may depend on the answer: there are entries among the messages, or a question
// whether the leader still leads.
func (l *letters) decides() bool {
	return slices.ContainsFunc(l.messages, func(m *pb.Message) bool {
		return m.GetType() == pb.MsgApp && len(m.GetEntries()) > 0 || m.GetType() == pb.MsgHeartbeat && len(m.GetContext()) > 0
	})
}

// send says what it is time for, in as few messages as the bound allows. head begins a message for the node at a place.
func (o *outbox) send(tick int, head func(place int, l letters) raftBody) {
	for i := range o.peers {
		l := o.peers[i]
		if !l.waits(tick) {
			continue
		}
		o.peers[i] = letters{}
		body, bytes := head(i, l), 0
		for _, m := range l.messages {
			encoded, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
			if err != nil {
				panic("kv: a message of the library cannot be encoded: " + err.Error())
			}
			if bytes > 0 && bytes+len(encoded) > o.bytesMax {
				o.node.Send(o.node.IDs()[i], raftType, body)
				body.Messages, bytes = nil, 0
			}
			body.Messages, bytes = append(body.Messages, encoded), bytes+len(encoded)
		}
		o.node.Send(o.node.IDs()[i], raftType, body)
	}
}
