// Package wire is the codec of Maelstrom's protocol: one message a line, each a JSON object
//
//	{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":"hello"}}
//
// # What it owns
//
// The way from bytes to messages and back, and what it means for two JSON values to be equal:
//
//   - Decoder.Decode splits a line into what routing needs and the raw body;
//   - Shape.Unmarshal (and Unmarshal, where a type is met once) decodes a body's own fields into a struct;
//   - AppendMessage writes a message as a line, around fields that are a struct, a map, raw JSON, or held
//     encoded already (Appender; Encode makes one of a struct);
//   - Canonical gives a value the form by which values are compared, AppendCompact takes its white space away.
//
// It knows nothing of ids that are taken, of requests that wait, of pipes: that is the node's.
//
// # What it promises
//
// Every byte of a line is checked in the one pass that splits it, by RFC 8259 and as UTF-8, the parts nobody
// asks for too. Integers are exact or refused; a Raw is kept byte for byte, whatever it is. An error is a
// sentence of one line that says what was found, what was expected, and where; and what could be read before
// the fault is handed over with it, so that whoever asked can be told. What AppendMessage returns is one line.
// No input panics. Decode of known names and AppendMessage of encoded fields allocate nothing.
//
// Of equal keys in one object the last one counts, as for Maelstrom's parser. Half a surrogate pair, written
// as an escape, is accepted inside a value as that parser accepts it, and refused where a Go string would have
// to hold it.
//
// # What it refuses
//
// Lines and values that are not JSON or nest deeper than MaxDepth; messages without src, dest, a body that is an
// object, or a type; msg_id and in_reply_to that are not integers of 64 bits (null is no id); bodies without a
// field that is required; fields for a reply that are not one object or that bring a name the header writes. The
// length of a line is not its concern: whoever reads lines limits them.
//
// Why part of this is our own code, and what it was measured against, is in docs/decisions/codec.md.
package wire
