package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func decode(t *testing.T, line string) Message {
	t.Helper()
	var d Decoder
	m, err := d.Decode([]byte(line))
	if err != nil {
		t.Fatalf("Decode(%s): %v", line, err)
	}
	return m
}

func TestLineIsSplitIntoHeaderAndBody(t *testing.T) {
	m := decode(t, `{"id":3,"src":"c1","dest":"n1","body":{"type":"echo","echo":"hi","msg_id":7,"in_reply_to":-2}}`)
	want := Message{
		Src: "c1", Dest: "n1", Type: "echo",
		MsgID: 7, HasMsgID: true, InReplyTo: -2, HasInReplyTo: true,
		Body: Raw(`{"type":"echo","echo":"hi","msg_id":7,"in_reply_to":-2}`),
	}
	if fmt.Sprint(m) != fmt.Sprint(want) {
		t.Errorf("got %+v, want %+v", m, want)
	}
}

func TestBodyKeepsItsSpelling(t *testing.T) {
	body := `{ "type" : "x" , "big": 12345678901234567890123, "f": 1.50, "s": "\u0061\/é" }`
	if m := decode(t, `{"src":"a","dest":"b","body": `+body+` }`); string(m.Body) != body {
		t.Errorf("got %s, want %s", m.Body, body)
	}
}

func TestBodyAliasesTheLine(t *testing.T) {
	line := []byte(`{"src":"a","dest":"b","body":{"type":"x"}}`)
	var d Decoder
	m, err := d.Decode(line)
	if err != nil {
		t.Fatal(err)
	}
	line[len(line)-4] = 'y'
	if string(m.Body) != `{"type":"y"}` {
		t.Errorf("body is a copy: %s", m.Body)
	}
	if m.Type != "x" {
		t.Errorf("type changed with the line: %s", m.Type)
	}
}

func TestAcceptedLines(t *testing.T) {
	rest := `,"dest":"b","body":{"type":"x"}}`
	for name, line := range map[string]string{
		"with its line feed":           `{"src":"a"` + rest + "\n",
		"with CR LF":                   `{"src":"a"` + rest + "\r\n",
		"white space anywhere":         " { \"src\"\t:\r\"a\" , \"dest\" : \"b\" ,\n\"body\" : { \"type\" : \"x\" } } ",
		"escapes in a key":             `{"\u0073r\u0063":"a"` + rest,
		"escapes in a name":            `{"src":"\u0061"` + rest,
		"the last src of two":          `{"src":"z","src":"a"` + rest,
		"a sound src after a bad one":  `{"src":5,"src":"a"` + rest,
		"the last body of two":         `{"src":"a","body":{"type":"old","msg_id":9,"in_reply_to":9}` + rest,
		"a sound body after a bad one": `{"src":"a","body":[1]` + rest,
		"src after the body":           `{"body":{"type":"x"},"dest":"b","src":"a"}`,
		"unknown parts":                `{"id":null,"extra":[{"src":"no"}],"src":"a"` + rest,
		"null ids are no ids":          `{"src":"a","dest":"b","body":{"type":"x","msg_id":null,"in_reply_to":null}}`,
		"the last type of two":         `{"src":"a","dest":"b","body":{"type":3,"type":"x"}}`,
		"escapes in a key of the body": `{"src":"a","dest":"b","body":{"t\u0079pe":"x"}}`,
		"half a surrogate in a value":  `{"src":"a","dest":"b","body":{"type":"x","v":"\ud800"}}`,
		"four hundred digits":          `{"src":"a","dest":"b","body":{"type":"x","v":` + strings.Repeat("9", 400) + `}}`,
	} {
		t.Run(name, func(t *testing.T) {
			m := decode(t, line)
			if m.Src != "a" || m.Dest != "b" || m.Type != "x" || m.HasMsgID || m.HasInReplyTo {
				t.Errorf("got %+v", m)
			}
		})
	}
}

func TestWholeInt64RangeIsExact(t *testing.T) {
	for _, id := range []int64{0, 1, -1, 1<<53 + 1, 999999999999999999, 1000000000000000000, 1<<63 - 1, -1 << 63} {
		m := decode(t, fmt.Sprintf(`{"src":"a","dest":"b","body":{"type":"x","msg_id":%d,"in_reply_to":%d}}`, id, id))
		if m.MsgID != id || m.InReplyTo != id {
			t.Errorf("got %d and %d, want %d", m.MsgID, m.InReplyTo, id)
		}
	}
	if m := decode(t, `{"src":"a","dest":"b","body":{"type":"x","msg_id":-0}}`); m.MsgID != 0 || !m.HasMsgID {
		t.Errorf("-0 is %d", m.MsgID)
	}
}

func TestMalformedMessageIsNamedAndTheRestIsRead(t *testing.T) {
	for _, c := range []struct{ line, want string }{
		{`{}`, `field "src" is missing, expected a string`},
		{`{"src":5,"dest":"b","body":{"type":"x"}}`, `field "src" is the number 5, expected a string`},
		{`{"src":null,"dest":"b","body":{"type":"x"}}`, `field "src" is null, expected a string`},
		{`{"src":"\ud800","dest":"b","body":{"type":"x"}}`,
			`field "src" is the string "\ud800", expected a string without half a surrogate pair, which is no character`},
		{`{"src":"a","body":{"type":"x"}}`, `field "dest" is missing, expected a string`},
		{`{"src":"a","dest":["b"],"body":{"type":"x"}}`, `field "dest" is an array, expected a string`},
		{`{"src":"a","dest":"b"}`, `field "body" is missing, expected an object`},
		{`{"src":"a","dest":"b","body":"hello"}`, `field "body" is the string "hello", expected an object`},
		{`{"src":"a","dest":"b","body":{"type":"x"},"body":false}`, `field "body" is false, expected an object`},
		{`{"src":"a","dest":"b","body":{}}`, `field "type" is missing, expected a string`},
		{`{"src":"a","dest":"b","body":{"type":{}}}`, `field "type" is an object, expected a string`},
		{`{"src":"a","dest":"b","body":{"type":"x","msg_id":"1"}}`, `field "msg_id" is the string "1", ` + wantID},
		{`{"src":"a","dest":"b","body":{"type":"x","msg_id":1.5}}`, `field "msg_id" is the number 1.5, ` + wantID},
		{`{"src":"a","dest":"b","body":{"type":"x","msg_id":1e3}}`, `field "msg_id" is the number 1e3, ` + wantID},
		{`{"src":"a","dest":"b","body":{"type":"x","msg_id":9223372036854775808}}`,
			`field "msg_id" is the number 9223372036854775808, ` + wantID},
		{`{"src":"a","dest":"b","body":{"type":"x","in_reply_to":true}}`, `field "in_reply_to" is true, ` + wantID},
		{`{"src":"a","dest":"b","body":{"type":"x","msg_id":` + strings.Repeat("7", 400) + `}}`,
			`field "msg_id" is the number 777777777777777777777777..., ` + wantID},
	} {
		var d Decoder
		m, err := d.Decode([]byte(c.line))
		var field *FieldError
		if !errors.As(err, &field) || err.Error() != c.want {
			t.Errorf("Decode(%s):\n got %v\nwant %s", c.line, err, c.want)
		}
		if field != nil && field.Field != "dest" && field.Field != "src" && m.Dest != "b" {
			t.Errorf("Decode(%s) forgot dest: %+v", c.line, m)
		}
	}
}

const wantID = "expected an integer that fits 64 bits, written without a fraction or an exponent"

func TestErrorLeavesSomebodyToTell(t *testing.T) {
	for _, line := range []string{
		`{"src":"c1","dest":"n1","body":{"msg_id":7}}`,                    // no type
		`{"src":"c1","dest":"n1","body":{"type":4,"msg_id":7}}`,           // a bad one
		`{"src":"c1","dest":"n1","body":{"type":"x","msg_id":7,"v":[1,`,   // half a line
		`{"src":"c1","dest":"n1","body":{"msg_id":7,"v":"` + "\xff" + `"`, // no UTF-8
		`{"src":"c1","dest":5,"body":{"type":"x","msg_id":7}}`,            // nobody in particular asked
	} {
		var d Decoder
		m, err := d.Decode([]byte(line))
		if err == nil || m.Src != "c1" || !m.HasMsgID || m.MsgID != 7 {
			t.Errorf("Decode(%s) = %+v, %v", line, m, err)
		}
	}
}

func TestUnsoundLineHasNoBody(t *testing.T) {
	var d Decoder
	m, err := d.Decode([]byte(`{"src":"a","dest":"b","body":{"type":"x"}} trailing`))
	if err == nil || m.Body != nil || m.Type != "x" {
		t.Errorf("got %+v, %v", m, err)
	}
}

func TestNamesAreBounded(t *testing.T) {
	var d Decoder
	for i := range 3 * MaxNames {
		line := fmt.Appendf(nil, `{"src":"c%d","dest":"n1","body":{"type":"x"}}`, i)
		m, err := d.Decode(line)
		if err != nil || m.Src != fmt.Sprint("c", i) || m.Dest != "n1" || m.Type != "x" {
			t.Fatalf("line %d: %+v, %v", i, m, err)
		}
		if len(d.names) > MaxNames {
			t.Fatalf("%d names are remembered after line %d", len(d.names), i)
		}
	}
	long := strings.Repeat("n", MaxNameBytes+1)
	m, err := d.Decode([]byte(`{"src":"` + long + `","dest":"n1","body":{"type":"x"}}`))
	if err != nil || m.Src != long {
		t.Fatalf("long name: %v", err)
	}
	if _, kept := d.names[long]; kept {
		t.Error("a name over the limit is remembered")
	}
}

func TestSpellingsOfNamesAreNotConfused(t *testing.T) {
	var d Decoder
	// In the first line the name is a, backslash, b; in the second that is the spelling of a, backspace.
	for _, c := range []struct{ spelling, want string }{
		{`a\\b`, `a\b`}, {`a\b`, "a\b"}, {`a\\b`, `a\b`}, {`a`, "a"}, {`\u0061`, "a"}, {`a`, "a"},
	} {
		m, err := d.Decode([]byte(`{"src":"` + c.spelling + `","dest":"b","body":{"type":"x"}}`))
		if err != nil || m.Src != c.want {
			t.Errorf("src %s is %q, want %q (%v)", c.spelling, m.Src, c.want, err)
		}
	}
	// A key that means "type" only after resolving its escapes twice is not "type".
	_, err := d.Decode([]byte(`{"src":"a","dest":"b","body":{"\\u0074ype":"x"}}`))
	if err == nil || !strings.Contains(err.Error(), `"type" is missing`) {
		t.Errorf("got %v", err)
	}
}
