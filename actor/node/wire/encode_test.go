package wire

import (
	stdjson "encoding/json"
	"fmt"
	"strings"
	"testing"
)

var replyHeader = Header{Src: "n1", Dest: "c1", Type: "ok", InReplyTo: 3, HasInReplyTo: true}

const replyStart = `{"src":"n1","dest":"c1","body":{"type":"ok","in_reply_to":3`

// appended is an Appender of ready bytes.
type appended string

func (a appended) AppendFields(dst []byte) []byte { return append(dst, a...) }

func TestMessageIsOneLineWithItsFieldsBehindTheHeader(t *testing.T) {
	type batch struct {
		Messages []Raw          `json:"messages"`
		Extra    map[string]int `json:"extra,omitempty"`
		Note     string         `json:"note,omitzero"`
	}
	for name, c := range map[string]struct {
		fields any
		want   string // behind replyStart
	}{
		"no fields":               {nil, `}}`},
		"a nil Raw":               {Raw(nil), `}}`},
		"an empty object":         {Raw(` { } `), `}}`},
		"an empty struct":         {struct{}{}, `}}`},
		"an empty appender":       {appended(""), `}}`},
		"an appender":             {appended(`"messages":[1,2]`), `,"messages":[1,2]}}`},
		"a raw object":            {Raw("{ \"a\" : [ 1 ,\r\n\t2 ] , \"b\\n\" : \" x  y \" }"), `,"a":[1,2],"b\n":" x  y "}}`},
		"a struct":                {batch{Messages: []Raw{Raw("1"), Raw(`{"a": "\u0061\/"}`)}}, `,"messages":[1,{"a":"\u0061\/"}]}}`},
		"a pointer":               {&batch{Note: "<&>\u2028"}, `,"messages":[],"note":"<&>` + "\u2028" + `"}}`},
		"a map in order of keys":  {map[string]any{"b": 2, "a": "é", "c": nil}, `,"a":"é","b":2,"c":null}}`},
		"a json.Number":           {map[string]any{"v": stdjson.Number("12345678901234567890.50")}, `,"v":12345678901234567890.50}}`},
		"integers beyond 2^53":    {map[string]any{"v": uint64(1<<64 - 1), "w": int64(-1 << 63)}, `,"v":18446744073709551615,"w":-9223372036854775808}}`},
		"half a surrogate pair":   {map[string]any{"v": Raw(`"\uD800"`)}, `,"v":"\uD800"}}`},
		"a Go string not UTF-8":   {map[string]any{"v": "a\xffb"}, `,"v":"a` + "\ufffd" + `b"}}`},
		"a raw of 400 digits":     {map[string]any{"v": Raw(strings.Repeat("1", 400))}, `,"v":` + strings.Repeat("1", 400) + `}}`},
		"a raw with line feeds":   {struct{ V Raw }{Raw("[1,\n2]")}, `,"V":[1,2]}}`},
		"a key of escapes":        {Raw(`{"\u0061":1}`), `,"\u0061":1}}`},
		"a type inside the value": {Raw(`{"inner":{"type":"x","msg_id":1}}`), `,"inner":{"type":"x","msg_id":1}}}`},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := AppendMessage([]byte("before"), replyHeader, c.fields)
			if want := "before" + replyStart + c.want; err != nil || string(got) != want {
				t.Errorf("\n got %s, %v\nwant %s", got, err, want)
			}
			decode(t, string(got[len("before"):]))
		})
	}
}

func TestHeaderIsWrittenAsItIs(t *testing.T) {
	for _, c := range []struct {
		header Header
		want   string
	}{
		{Header{Src: "n1", Dest: "n2", Type: "x"}, `{"src":"n1","dest":"n2","body":{"type":"x"}}`},
		{Header{Src: "n1", Dest: "n2", Type: "x", MsgID: 5, InReplyTo: 6}, `{"src":"n1","dest":"n2","body":{"type":"x"}}`},
		{Header{Src: "n1", Dest: "n2", Type: "x", HasMsgID: true}, `{"src":"n1","dest":"n2","body":{"type":"x","msg_id":0}}`},
		{
			Header{Src: "é\"\\\n\x01", Dest: "a\xffb", Type: "<\u2028>", MsgID: -1 << 63, HasMsgID: true, InReplyTo: 1<<63 - 1, HasInReplyTo: true},
			`{"src":"é\"\\\n\u0001","dest":"a` + "\ufffd" + `b","body":{"type":"<` + "\u2028" + `>","msg_id":-9223372036854775808,"in_reply_to":9223372036854775807}}`,
		},
	} {
		if got, err := AppendMessage(nil, c.header, nil); err != nil || string(got) != c.want {
			t.Errorf("\n got %s, %v\nwant %s", got, err, c.want)
		}
	}
}

func TestUnsendableFieldsAreRefusedAndNothingIsAppended(t *testing.T) {
	start := "message of type \"ok\" cannot be encoded: "
	for _, c := range []struct {
		fields any
		want   string
	}{
		{Raw(`{"a":1,"type":"x"}`), start + `the fields have "type", which the header writes, expected other names`},
		{Raw(`{"msg\u005fid":1}`), start + `the fields have "msg\\u005fid", which the header writes, expected other names`},
		{map[string]int{"in_reply_to": 1}, start + `the fields have "in_reply_to", which the header writes, expected other names`},
		{Raw(`[1]`), start + "found '[' at byte 0, expected a JSON object, which starts with '{', near `[1]`"},
		{Raw(``), start + "found the end at byte 0, expected a JSON object, which starts with '{', near ``"},
		{Raw(`{"a":1`), start + "found the end at byte 6, expected ',' or '}' after a member of an object, near `{\"a\":1`"},
		{Raw(`{"a":1}{}`), start + "found '{' at byte 7, expected nothing after the end of the value, near `{\"a\":1}{}`"},
		{Raw("{\"a\":\"\n\"}"), start + "found the character U+000A at byte 6, expected it to be escaped: a string holds no control character (a line feed is written \\n), near `{\"a\":\"\\x0a\"}`"},
		{5, start + "found '5' at byte 0, expected a JSON object, which starts with '{', near `5`"},
		{(*struct{})(nil), start + "found 'n' at byte 0, expected a JSON object, which starts with '{', near `null`"},
		{appended("\"a\":[1,\n2]"), start + "the fields of wire.appended have the character U+000A near `...,\"in_reply_to\":3,\"a\":[1,\\x0a2]`, expected a single line"},
		{map[string]any{"a": func() {}}, start + "fields of type map[string]interface {}: "},
	} {
		got, err := AppendMessage([]byte("before"), replyHeader, c.fields)
		if err == nil || !strings.HasPrefix(err.Error(), c.want) || string(got) != "before" {
			t.Errorf("AppendMessage(%v):\n got %v\nwant %s", c.fields, err, c.want)
		}
	}
}

func TestNestedFieldsHaveTheLimitOfALine(t *testing.T) {
	for depth := MaxDepth - 4; depth < MaxDepth+2; depth++ {
		fields := Raw(`{"v":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + `}`)
		line, err := AppendMessage(nil, replyHeader, fields)
		if fits := depth <= MaxDepth-2; fits != (err == nil) {
			t.Errorf("depth %d: %v", depth, err)
		}
		if err == nil {
			decode(t, string(line))
		}
	}
}

func TestCompactLosesWhiteSpaceOnly(t *testing.T) {
	got, err := AppendCompact([]byte("before"), []byte(" { \"a b\" : [ 1.50 , \"\\\" \\u0061 \\\\\" ] }\n"))
	if want := `before{"a b":[1.50,"\" \u0061 \\"]}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := AppendCompact([]byte("before"), []byte(`[1`)); err == nil || string(got) != "before" {
		t.Errorf("got %s, %v", got, err)
	}
}

func ExampleAppendMessage() {
	line, err := AppendMessage(nil, Header{Src: "n1", Dest: "c1", Type: "read_ok", InReplyTo: 7, HasInReplyTo: true},
		struct {
			Messages []int64 `json:"messages"`
		}{[]int64{1, 9007199254740993}})
	fmt.Println(string(line), err)
	// Output: {"src":"n1","dest":"c1","body":{"type":"read_ok","in_reply_to":7,"messages":[1,9007199254740993]}} <nil>
}
