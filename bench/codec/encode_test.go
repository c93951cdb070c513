package codec

import (
	"bytes"
	stdjson "encoding/json"
	"testing"

	"eddy/actor/node/wire"

	"github.com/bytedance/sonic/encoder"
	jsonv2 "github.com/go-json-experiment/json"
	gojson "github.com/goccy/go-json"
	segmentio "github.com/segmentio/encoding/json"
)

// reply is a whole line as the libraries encode it, the body's type given: their best case, since a node that
// takes any body has to bring header and body together first.
type reply[T any] struct {
	Src  string `json:"src"`
	Dest string `json:"dest"`
	Body T      `json:"body"`
}

// The bodies of replies, with and without the header's fields: Eddy's codec writes those itself.
type (
	echoFields struct {
		Echo stdjson.RawMessage `json:"echo"`
	}
	echoReply struct {
		Type      string             `json:"type"`
		InReplyTo int64              `json:"in_reply_to"`
		Echo      stdjson.RawMessage `json:"echo"`
	}
	readFields struct {
		Messages []int64 `json:"messages"`
	}
	readReply struct {
		Type      string  `json:"type"`
		InReplyTo int64   `json:"in_reply_to"`
		Messages  []int64 `json:"messages"`
	}
	storedReply struct {
		Type      string             `json:"type"`
		InReplyTo int64              `json:"in_reply_to"`
		Messages  stdjson.RawMessage `json:"messages"`
	}
)

// member is a field kept encoded, as a service keeps the answer to a read.
type member struct {
	name  string
	value []byte
}

func (m member) AppendFields(dst []byte) []byte {
	dst = append(dst, '"')
	dst = append(dst, m.name...)
	dst = append(dst, `":`...)
	return append(dst, m.value...)
}

// BenchmarkEncode is a reply made into a line. The libraries append to a buffer that is kept where they can.
func BenchmarkEncode(b *testing.B) {
	text := stdjson.RawMessage(`"Please echo 93 and be done"`)
	stored := stdjson.RawMessage(integers(10_000))
	hundred, tenThousand := integerValues(100), integerValues(10_000)

	benchmarkEncode(b, "echo", echoFields{text}, &member{"echo", text}, echoReply{"echo_ok", 1187, text})
	benchmarkEncode(b, "gossip100", readFields{hundred}, nil, readReply{"gossip", 812, hundred})
	benchmarkEncode(b, "readok10k", readFields{tenThousand}, nil, readReply{"read_ok", 812, tenThousand})
	benchmarkEncode(b, "readok10k-stored", echoFields{stored}, &member{"messages", stored}, storedReply{"read_ok", 812, stored})
}

func benchmarkEncode[F, T any](b *testing.B, name string, fields F, ready wire.Appender, whole T) {
	h := wire.Header{Src: "n3", Dest: "c12", Type: "echo_ok", InReplyTo: 1187, HasInReplyTo: true}
	message := &reply[T]{"n3", "c12", whole}
	var kept bytes.Buffer
	std := stdjson.NewEncoder(&kept)
	std.SetEscapeHTML(false)
	for _, rival := range []struct {
		name   string
		encode func(buffer []byte) ([]byte, error)
	}{
		{"eddy-wire-ready", func(buffer []byte) ([]byte, error) { return wire.AppendMessage(buffer, h, ready) }},
		{"eddy-wire", func(buffer []byte) ([]byte, error) { return wire.AppendMessage(buffer, h, &fields) }},
		{"encoding/json", func([]byte) ([]byte, error) {
			kept.Reset()
			return kept.Bytes(), std.Encode(message)
		}},
		{"json-v2", func(buffer []byte) ([]byte, error) {
			kept.Reset()
			return kept.Bytes(), jsonv2.MarshalWrite(&kept, message)
		}},
		{"sonic", func(buffer []byte) ([]byte, error) {
			err := encoder.EncodeInto(&buffer, message, encoder.ValidateString|encoder.CompactMarshaler)
			return buffer, err
		}},
		{"goccy", func([]byte) ([]byte, error) { return gojson.MarshalWithOption(message, gojson.DisableHTMLEscape()) }},
		{"segmentio", func(buffer []byte) ([]byte, error) { return segmentio.Append(buffer, message, 0) }},
		{"jsoniter", func([]byte) ([]byte, error) { return jsoniterAPI.Marshal(message) }},
	} {
		if rival.name == "eddy-wire-ready" && ready == nil {
			continue
		}
		b.Run(name+"/"+rival.name, func(b *testing.B) {
			buffer := make([]byte, 0, 1<<17)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rival.encode(buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
