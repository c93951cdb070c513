package wire

import "encoding/json"

// Raw is a JSON value kept byte for byte. In a struct given to Unmarshal it is nil where the field is absent
// and the four bytes null where it is null.
type Raw = json.RawMessage

// Message is one line of Maelstrom's protocol, split into what routing needs and the rest.
//
// The strings are the Decoder's own and may be kept. Body aliases the line given to Decode: whoever keeps it
// longer than the line's buffer copies it.
type Message struct {
	Src, Dest string // ids of nodes, clients or services
	Type      string // the body's type

	MsgID        int64 // the body's msg_id, where HasMsgID
	InReplyTo    int64 // the body's in_reply_to, where HasInReplyTo
	HasMsgID     bool
	HasInReplyTo bool

	Body Raw // the body, a whole JSON object
}

// Header is what AppendMessage puts around and in front of a body's own fields.
type Header struct {
	Src, Dest string
	Type      string

	MsgID        int64 // written where HasMsgID
	InReplyTo    int64 // written where HasInReplyTo
	HasMsgID     bool
	HasInReplyTo bool
}
