package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// seedValues are JSON values, sound and not, that have been trouble somewhere.
var seedValues = []string{
	`0`, `-0`, `1.0`, `1e400`, `-1.50E+3`, `12345678901234567890123`, `01`, `1.`, `"a"`, `"\u0061\/\n"`, `"é\ud83d\ude00"`,
	`"\ud800"`, `"\udc00\ud800"`, "\"\xff\"", "\"\xed\xa0\x80\"", "\"a\nb\"", `[]`, `[1,2,1234567,12345678,0,00]`, `{}`,
	`{"a":1,"b":{"c":[null,true,false]},"a":2}`, ` { "b" : 1 , "a" : [ ] } `, `{"type":"x","msg_id":1}`, `nul`, `[[[[]]]]`, `{"":{"":""}}`,
}

// sound is what encoding/json says of data, with what this package refuses beyond: bytes that are not UTF-8
// and nesting beyond the limit.
func soundForStandard(data []byte) bool {
	return stdjson.Valid(data) && utf8.Valid(data) && nesting(data) <= MaxDepth
}

// nesting is how deep valid JSON nests.
func nesting(data []byte) int {
	depth, deepest := 0, 0
	tokens := stdjson.NewDecoder(bytes.NewReader(data))
	for {
		token, err := tokens.Token()
		if err != nil {
			return deepest
		}
		switch token {
		case stdjson.Delim('['), stdjson.Delim('{'):
			depth++
			deepest = max(deepest, depth)
		case stdjson.Delim(']'), stdjson.Delim('}'):
			depth--
		}
	}
}

// FuzzDecode: a line is refused exactly if encoding/json refuses it, and what is read is what encoding/json reads.
func FuzzDecode(f *testing.F) {
	for _, value := range seedValues {
		f.Add([]byte(value))
		f.Add([]byte(inBody(value)))
		f.Add([]byte(`{"src":` + value + `,"dest":"b","body":{"type":"x","in_reply_to":` + value + `}}`))
		f.Add([]byte(`{"body":` + value + `,"dest":"b","src":"c1"}`))
	}
	f.Add([]byte(`{"s\u0072c":"a","dest":"b","body":{"\u0074ype":"x","msg_id":9,"msg_id":null}}`))
	var d Decoder
	f.Fuzz(func(t *testing.T, line []byte) {
		m, err := d.Decode(line)
		var syntax *SyntaxError
		sound := soundForStandard(line) && bytes.TrimLeft(line, " \t\r\n")[0] == '{'
		if refused := errors.As(err, &syntax); refused == sound {
			t.Fatalf("Decode = %v, and sound is %v for encoding/json", err, sound)
		}
		if sound {
			compareWithStandard(t, line, m, err)
		}
	})
}

// compareWithStandard reads a sound line with encoding/json into maps, which keep the last of equal keys, and
// compares part by part.
func compareWithStandard(t *testing.T, line []byte, m Message, err error) {
	parts, header := map[string]stdjson.RawMessage{}, map[string]stdjson.RawMessage{}
	if stdjson.Unmarshal(line, &parts) != nil {
		t.Fatal("encoding/json refuses what it calls valid")
	}
	isObject := stdjson.Unmarshal(parts["body"], &header) == nil && header != nil && string(parts["body"]) != "null"
	sound := isObject
	for _, part := range []struct {
		value stdjson.RawMessage
		got   string
	}{{parts["src"], m.Src}, {parts["dest"], m.Dest}, {header["type"], m.Type}} {
		want, ok := standardString(part.value)
		if strings.ContainsRune(want, utf8.RuneError) {
			return // encoding/json cannot tell half a surrogate pair from U+FFFD
		}
		sound = sound && ok
		if want != part.got {
			t.Errorf("got %q, want %q", part.got, want)
		}
	}
	for _, id := range []struct {
		value stdjson.RawMessage
		got   int64
		has   bool
	}{{header["msg_id"], m.MsgID, m.HasMsgID}, {header["in_reply_to"], m.InReplyTo, m.HasInReplyTo}} {
		want, has, ok := standardInteger(id.value)
		sound = sound && ok
		if want != id.got || has != id.has {
			t.Errorf("got %d %v, want %d %v", id.got, id.has, want, has)
		}
	}
	if sound != (err == nil) {
		t.Errorf("Decode = %v, and the parts are sound is %v", err, sound)
	}
	if isObject && !bytes.Equal(m.Body, parts["body"]) {
		t.Errorf("body is %s, want %s", m.Body, parts["body"])
	}
}

func standardString(value stdjson.RawMessage) (string, bool) {
	var s string
	if len(value) == 0 || value[0] != '"' || stdjson.Unmarshal(value, &s) != nil {
		return "", false
	}
	return s, true
}

func standardInteger(value stdjson.RawMessage) (n int64, has, ok bool) {
	if len(value) == 0 || string(value) == "null" {
		return 0, false, true
	}
	if err := stdjson.Unmarshal(value, &n); err != nil {
		return 0, false, false
	}
	return n, true, true
}

// FuzzUnmarshal: a struct is filled as encoding/json/v2 fills it.
func FuzzUnmarshal(f *testing.F) {
	for _, value := range seedValues {
		f.Add([]byte(value))
		for _, name := range []string{"raw", "raws", "name", "live", "small", "big", "huge", "ints", "tree"} {
			f.Add([]byte(`{"` + name + `":` + value + `}`))
		}
	}
	f.Add([]byte(`{"r\u0061w":1,"raws":[1, "a" ,[2,3]],"name":"x","live":true,"small":-128,"big":1,"huge":18446744073709551615,"ints":[1],"tree":{"a":1}}`))
	type target struct {
		Raw   Raw            `json:"raw"`
		Raws  []Raw          `json:"raws"`
		Name  string         `json:"name"`
		Live  bool           `json:"live"`
		Small int8           `json:"small"`
		Big   int64          `json:"big"`
		Huge  uint64         `json:"huge"`
		Ints  []int64        `json:"ints"`
		Tree  map[string]Raw `json:"tree"`
	}
	shape, err := ShapeOf[target]()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got, want target
		gotErr := shape.Unmarshal(body, &got)
		var syntax *SyntaxError
		if sound := soundForStandard(body); sound == errors.As(gotErr, &syntax) {
			t.Fatalf("Unmarshal = %v, and sound is %v for encoding/json", gotErr, sound)
		}
		if loneSurrogate.Match(body) || syntax != nil || string(bytes.TrimSpace(body)) == "null" {
			return // the library refuses any string with half a pair, and takes null for an empty struct
		}
		wantErr := json.Unmarshal(body, &want, jsontext.AllowDuplicateNames(true))
		if (gotErr == nil) != (wantErr == nil) {
			t.Fatalf("Unmarshal = %v, and for the library %v", gotErr, wantErr)
		}
		if gotErr == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v", got, want)
		}
	})
}

// FuzzAppendMessage: what is appended is one line that decodes to what went in; what is refused is no sound
// object, or has a reserved field.
func FuzzAppendMessage(f *testing.F) {
	for n, value := range seedValues {
		f.Add("n1", "c1", "echo_ok", int64(n), int64(-n), []byte(value))
		f.Add("\xff", "\n", `"\`, int64(1<<62), int64(0), []byte(` { "v" : `+value+` , "w":1}`))
	}
	f.Fuzz(func(t *testing.T, src, dest, typ string, msgID, inReplyTo int64, fields []byte) {
		if fields == nil {
			return
		}
		h := Header{Src: src, Dest: dest, Type: typ, MsgID: msgID, HasMsgID: msgID%2 == 0, InReplyTo: inReplyTo, HasInReplyTo: inReplyTo%3 == 0}
		line, err := AppendMessage(nil, h, Raw(fields))
		object := map[string]stdjson.RawMessage{}
		sound := soundForStandard(fields) && stdjson.Unmarshal(fields, &object) == nil && object != nil && nesting(fields) < MaxDepth
		if _, reserved := firstOf(object, "type", "msg_id", "in_reply_to"); err != nil {
			if sound && !reserved {
				t.Fatalf("AppendMessage refuses sound fields: %v", err)
			}
			return
		} else if !sound || reserved {
			t.Fatalf("AppendMessage accepts %s", fields)
		}
		if bytes.ContainsAny(line, "\n\r") {
			t.Fatalf("more than one line: %q", line)
		}
		var d Decoder
		m, err := d.Decode(line)
		if err != nil {
			t.Fatalf("Decode(%s): %v", line, err)
		}
		if got := (Header{m.Src, m.Dest, m.Type, m.MsgID, m.InReplyTo, m.HasMsgID, m.HasInReplyTo}); got != h.inUTF8() {
			t.Errorf("got %+v, want %+v", got, h)
		}
		compareFields(t, m.Body, object)
	})
}

// inUTF8 is the header as it can be written: without the ids it has not, and with U+FFFD for bytes that are not UTF-8.
func (h Header) inUTF8() Header {
	h.Src, h.Dest, h.Type = string([]rune(h.Src)), string([]rune(h.Dest)), string([]rune(h.Type))
	if !h.HasMsgID {
		h.MsgID = 0
	}
	if !h.HasInReplyTo {
		h.InReplyTo = 0
	}
	return h
}

func firstOf(object map[string]stdjson.RawMessage, names ...string) (string, bool) {
	for _, name := range names {
		if _, ok := object[name]; ok {
			return name, true
		}
	}
	return "", false
}

// compareFields checks that each field is in the body with every byte but its white space.
func compareFields(t *testing.T, body Raw, fields map[string]stdjson.RawMessage) {
	got := map[string]stdjson.RawMessage{}
	if err := stdjson.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		var want bytes.Buffer
		if err := stdjson.Compact(&want, value); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got[name], want.Bytes()) {
			t.Errorf("field %q is %s, want %s", name, got[name], want.Bytes())
		}
	}
}
