package codec

import (
	stdjson "encoding/json"
	"testing"

	"eddy/actor/node/wire"

	jsonv2 "github.com/go-json-experiment/json"
	gojson "github.com/goccy/go-json"
	segmentio "github.com/segmentio/encoding/json"
)

// The structs that services decode bodies into. stdjson.RawMessage is wire.Raw.
type (
	echoBody struct {
		Echo stdjson.RawMessage `json:"echo" wire:"required"`
	}
	integersBody struct {
		Messages []int64 `json:"messages" wire:"required"`
	}
	valuesBody struct {
		Messages []stdjson.RawMessage `json:"messages" wire:"required"`
	}
)

// BenchmarkBody is a body decoded into the struct of its type.
func BenchmarkBody(b *testing.B) {
	benchmarkBody[echoBody](b, "echo", lines[0])
	benchmarkBody[integersBody](b, "gossip100-as-integers", lines[2])
	benchmarkBody[valuesBody](b, "gossip100-as-any-values", lines[2])
	benchmarkBody[integersBody](b, "readok10k-as-integers", lines[3])
	benchmarkBody[echoBody](b, "10MB", lines[4])
}

func benchmarkBody[T any](b *testing.B, name string, l line) {
	body := bodyOf(l)
	shape, err := wire.ShapeOf[T]()
	if err != nil {
		b.Fatal(err)
	}
	for _, rival := range []struct {
		name      string
		unmarshal func([]byte, *T) error
	}{
		{"eddy-wire", shape.Unmarshal},
		{"encoding/json", func(body []byte, v *T) error { return stdjson.Unmarshal(body, v) }},
		{"json-v2", func(body []byte, v *T) error { return jsonv2.Unmarshal(body, v, lastWins) }},
		{"sonic", func(body []byte, v *T) error { return sonicAPI.Unmarshal(body, v) }},
		{"goccy", func(body []byte, v *T) error { return gojson.Unmarshal(body, v) }},
		{"segmentio", func(body []byte, v *T) error {
			_, err := segmentio.Parse(body, v, segmentio.DontMatchCaseInsensitiveStructFields)
			return err
		}},
		{"jsoniter", func(body []byte, v *T) error { return jsoniterAPI.Unmarshal(body, v) }},
	} {
		b.Run(name+"/"+rival.name, func(b *testing.B) {
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				var v T
				if err := rival.unmarshal(body, &v); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
