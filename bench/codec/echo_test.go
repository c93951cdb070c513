package codec

import (
	"bytes"
	stdjson "encoding/json"
	"io"
	"log"
	"testing"

	"eddy/actor/node/wire"

	jsonv2 "github.com/go-json-experiment/json"
	maelstrom "github.com/jepsen-io/maelstrom/demo/go"
)

// BenchmarkEcho is an echo's whole way through a codec: the request's line in, the reply's line out. The last
// row is the whole Node of Maelstrom's Go library in this process, its goroutines, mutex and all, with its
// logging off: what a node on Eddy's codec is measured against.
func BenchmarkEcho(b *testing.B) {
	request := lines[0].text
	b.Run("echo/eddy-wire", func(b *testing.B) {
		var d wire.Decoder
		shape, err := wire.ShapeOf[echoBody]()
		if err != nil {
			b.Fatal(err)
		}
		var buffer []byte
		var body echoBody
		fields := &member{name: "echo"}
		b.ReportAllocs()
		for b.Loop() {
			m, err := d.Decode(request)
			if err != nil {
				b.Fatal(err)
			}
			if err := shape.Unmarshal(m.Body, &body); err != nil {
				b.Fatal(err)
			}
			fields.value = body.Echo
			h := wire.Header{Src: m.Dest, Dest: m.Src, Type: "echo_ok", InReplyTo: m.MsgID, HasInReplyTo: m.HasMsgID}
			if buffer, err = wire.AppendMessage(buffer[:0], h, fields); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("echo/encoding/json", func(b *testing.B) {
		var kept bytes.Buffer
		encoder := stdjson.NewEncoder(&kept)
		encoder.SetEscapeHTML(false)
		benchmarkEchoBy(b, stdjson.Unmarshal, func(v any) error {
			kept.Reset()
			return encoder.Encode(v)
		})
	})
	b.Run("echo/json-v2", func(b *testing.B) {
		var kept bytes.Buffer
		benchmarkEchoBy(b, func(data []byte, v any) error { return jsonv2.Unmarshal(data, v, lastWins) }, func(v any) error {
			kept.Reset()
			return jsonv2.MarshalWrite(&kept, v)
		})
	})
	b.Run("echo/reference-node", benchmarkReferenceNode)
}

// benchmarkEchoBy uses a library as well as a node can that hands bodies to handlers raw.
func benchmarkEchoBy(b *testing.B, unmarshal func([]byte, any) error, marshal func(any) error) {
	request := lines[0].text
	b.ReportAllocs()
	for b.Loop() {
		var e envelope
		var h header
		var body echoBody
		if err := unmarshal(request, &e); err != nil {
			b.Fatal(err)
		}
		if err := unmarshal(e.Body, &h); err != nil {
			b.Fatal(err)
		}
		if err := unmarshal(e.Body, &body); err != nil {
			b.Fatal(err)
		}
		if err := marshal(&reply[echoReply]{e.Dest, e.Src, echoReply{"echo_ok", h.MsgID, body.Echo}}); err != nil {
			b.Fatal(err)
		}
	}
}

// benchmarkReferenceNode gives the library's Node b.N requests and the end of the input. Its handler is the one
// of Maelstrom's guide.
func benchmarkReferenceNode(b *testing.B) {
	log.SetOutput(io.Discard)
	n := maelstrom.NewNode()
	n.Init("n3", []string{"n3"})
	n.Stdout = io.Discard
	n.Stdin = bytes.NewReader(bytes.Repeat(append(bytes.Clone(lines[0].text), '\n'), b.N))
	n.Handle("echo", func(m maelstrom.Message) error {
		var body map[string]any
		if err := stdjson.Unmarshal(m.Body, &body); err != nil {
			return err
		}
		body["type"] = "echo_ok"
		return n.Reply(m, body)
	})
	b.ReportAllocs()
	b.ResetTimer()
	if err := n.Run(); err != nil {
		b.Fatal(err)
	}
}
