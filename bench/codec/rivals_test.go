package codec

import (
	stdjson "encoding/json"
	"errors"

	"eddy/actor/node/wire"

	"github.com/buger/jsonparser"
	"github.com/bytedance/sonic"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	gojson "github.com/goccy/go-json"
	jsoniter "github.com/json-iterator/go"
	"github.com/mailru/easyjson/jlexer"
	segmentio "github.com/segmentio/encoding/json"
	"github.com/tidwall/gjson"
	"github.com/valyala/fastjson"
)

// message is what every decoder has to bring out of a line.
type message struct {
	Src, Dest, Type  string
	MsgID, InReplyTo int64
	Body             []byte
}

// decoder is one way to read a line: the envelope and the body's header.
//
// Those that are not whole accept lines that are not JSON, or numbers that are no ids, or lose one of two equal
// keys (testdata/soundness.txt). Figures of theirs would be of another job, so they have none.
type decoder struct {
	name   string
	whole  bool
	decode func(line []byte, m *message) error
}

// envelope and header are the structs for the libraries that decode into structs.
type envelope struct {
	Src  string             `json:"src"`
	Dest string             `json:"dest"`
	Body stdjson.RawMessage `json:"body"`
}

type header struct {
	Type      string `json:"type"`
	MsgID     int64  `json:"msg_id"`
	InReplyTo int64  `json:"in_reply_to"`
}

func (m *message) fill(e *envelope, h *header) {
	*m = message{e.Src, e.Dest, h.Type, h.MsgID, h.InReplyTo, e.Body}
}

// twice decodes the envelope with the body raw, then the body's header: what every library of the
// Unmarshal kind allows.
func twice(unmarshal func([]byte, any) error) func([]byte, *message) error {
	return func(line []byte, m *message) error {
		var e envelope
		var h header
		if err := unmarshal(line, &e); err != nil {
			return err
		}
		if err := unmarshal(e.Body, &h); err != nil {
			return err
		}
		m.fill(&e, &h)
		return nil
	}
}

// sonicAPI is sonic with every check it offers.
var sonicAPI = sonic.Config{ValidateString: true, UseUnicodeErrors: true, CopyString: true, CaseSensitive: true}.Froze()

// jsoniterAPI is json-iterator with every check it offers.
var jsoniterAPI = jsoniter.Config{ValidateJsonRawMessage: true, CaseSensitive: true}.Froze()

var decoders = []decoder{
	{"eddy-wire", true, wireDecoder()},
	{"encoding/json", true, twice(stdjson.Unmarshal)},
	{"json-v2", true, decodeV2},
	{"jsontext", true, decodeText},
	{"sonic", true, twice(sonicAPI.Unmarshal)},
	{"goccy", true, twice(func(b []byte, v any) error { return gojson.Unmarshal(b, v) })},
	{"segmentio", true, twice(func(b []byte, v any) error {
		_, err := segmentio.Parse(b, v, segmentio.DontCopyRawMessage|segmentio.DontMatchCaseInsensitiveStructFields)
		return err
	})},
	{"jsoniter", true, twice(jsoniterAPI.Unmarshal)},
	{"easyjson", true, decodeEasy},
	{"fastjson", false, fastjsonDecoder()},
	{"gjson", false, decodeGJSON},
	{"jsonparser", false, decodeJSONParser},
}

func wireDecoder() func([]byte, *message) error {
	var d wire.Decoder
	return func(line []byte, m *message) error {
		w, err := d.Decode(line)
		*m = message{w.Src, w.Dest, w.Type, w.MsgID, w.InReplyTo, w.Body}
		return err
	}
}

var lastWins = jsontext.AllowDuplicateNames(true)

// decodeV2 is encoding/json/v2 with the body as a jsontext.Value.
func decodeV2(line []byte, m *message) error {
	var e struct {
		Src  string         `json:"src"`
		Dest string         `json:"dest"`
		Body jsontext.Value `json:"body"`
	}
	var h header
	if err := jsonv2.Unmarshal(line, &e, lastWins); err != nil {
		return err
	}
	if err := jsonv2.Unmarshal(e.Body, &h, lastWins); err != nil {
		return err
	}
	*m = message{e.Src, e.Dest, h.Type, h.MsgID, h.InReplyTo, e.Body}
	return nil
}

var errShape = errors.New("not an object with src, dest and body")

// decodeEasy is what easyjson's generator writes for envelope and header, by hand and by name.
func decodeEasy(line []byte, m *message) error {
	*m = message{}
	l := jlexer.Lexer{Data: line}
	l.Delim('{')
	for !l.IsDelim('}') {
		key := l.UnsafeFieldName(false)
		l.WantColon()
		switch key {
		case "src":
			m.Src = l.String()
		case "dest":
			m.Dest = l.String()
		case "body":
			m.Body = l.Raw()
		default:
			l.SkipRecursive()
		}
		l.WantComma()
	}
	l.Delim('}')
	l.Consumed()
	if err := l.Error(); err != nil {
		return err
	}
	b := jlexer.Lexer{Data: m.Body}
	b.Delim('{')
	for !b.IsDelim('}') {
		key := b.UnsafeFieldName(false)
		b.WantColon()
		switch key {
		case "type":
			m.Type = b.String()
		case "msg_id":
			m.MsgID = b.Int64()
		case "in_reply_to":
			m.InReplyTo = b.Int64()
		default:
			b.SkipRecursive()
		}
		b.WantComma()
	}
	b.Delim('}')
	b.Consumed()
	return b.Error()
}

// fastjsonDecoder keeps its parser, as the library advises. The body is re-encoded: the library does not give
// the bytes of a value back.
func fastjsonDecoder() func([]byte, *message) error {
	var p fastjson.Parser
	return func(line []byte, m *message) error {
		v, err := p.ParseBytes(line)
		if err != nil {
			return err
		}
		body := v.Get("body")
		if body == nil {
			return errShape
		}
		*m = message{
			Src: string(v.GetStringBytes("src")), Dest: string(v.GetStringBytes("dest")),
			Type:  string(body.GetStringBytes("type")),
			MsgID: body.GetInt64("msg_id"), InReplyTo: body.GetInt64("in_reply_to"),
			Body: body.MarshalTo(nil),
		}
		return nil
	}
}

// decodeGJSON validates first, because gjson itself never refuses anything.
func decodeGJSON(line []byte, m *message) error {
	if !gjson.ValidBytes(line) {
		return errShape
	}
	body := gjson.GetBytes(line, "body")
	if !body.IsObject() {
		return errShape
	}
	*m = message{
		Src: gjson.GetBytes(line, "src").Str, Dest: gjson.GetBytes(line, "dest").Str,
		Type:  body.Get("type").Str,
		MsgID: body.Get("msg_id").Int(), InReplyTo: body.Get("in_reply_to").Int(),
		Body: []byte(body.Raw),
	}
	return nil
}

// decodeJSONParser never looks at what it passes over.
func decodeJSONParser(line []byte, m *message) error {
	var err error
	*m = message{}
	if m.Src, err = jsonparser.GetString(line, "src"); err != nil {
		return err
	}
	if m.Dest, err = jsonparser.GetString(line, "dest"); err != nil {
		return err
	}
	var kind jsonparser.ValueType
	if m.Body, kind, _, err = jsonparser.Get(line, "body"); err != nil || kind != jsonparser.Object {
		return errors.Join(err, errShape)
	}
	if m.Type, err = jsonparser.GetString(m.Body, "type"); err != nil {
		return err
	}
	m.MsgID, _ = jsonparser.GetInt(m.Body, "msg_id")
	m.InReplyTo, _ = jsonparser.GetInt(m.Body, "in_reply_to")
	return nil
}
