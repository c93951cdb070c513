// Package wire is the codec of Maelstrom's protocol: one message a line, each a JSON object
//
//	{"src":"c1","dest":"n1","body":{"type":"echo","msg_id":1,"echo":"hello"}}
//
// Decoder.Decode splits a line, Unmarshal decodes a body's own fields into a struct, AppendMessage writes a
// line, Canonical gives any JSON value the form by which values are compared.
package wire
