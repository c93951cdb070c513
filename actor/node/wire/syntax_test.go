package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// inBody is a line whose body has one field with the given value, which starts at byte valueAt.
func inBody(value string) string { return beforeValue + value + `}}` }

const (
	beforeValue = `{"src":"a","dest":"b","body":{"type":"x","v":`
	valueAt     = len(beforeValue)
)

func TestUnsoundLineIsRefusedWithASentence(t *testing.T) {
	const message = "a message, which is a JSON object and starts with '{'"
	for _, c := range []struct {
		line     string
		found    string
		at       int
		expected string
	}{
		{``, "the end", 0, message},
		{` `, "the end", 1, message},
		{`[1]`, "'['", 0, message},
		{`hello`, "'h'", 0, message},
		{"\xef\xbb\xbf{}", "the character U+FEFF", 0, message},
		{`{`, "the end", 1, "a key in double quotes or '}'"},
		{`{,}`, "','", 1, "a key in double quotes or '}'"},
		{`{src:"a"}`, "'s'", 1, "a key in double quotes or '}'"},
		{`{"src"}`, "'}'", 6, "':' after the key"},
		{`{"src":}`, "'}'", 7, "a JSON value"},
		{`{"src":"a" "dest":"b"}`, `'"'`, 11, "',' or '}' after a member of an object"},
		{`{"src":"a",}`, "'}'", 11, "a key in double quotes"},
		{`{} {}`, "'{'", 3, "nothing after the end of the value"},
		{"{\"src\xff\":1}", "the byte 0xff", 5, "UTF-8 text"},
	} {
		checkRefused(t, c.line, c.found, c.at, c.expected)
	}
}

func TestUnsoundValueIsRefusedWithASentence(t *testing.T) {
	const (
		value  = "a JSON value"
		escape = `one of " \ / b f n r t u after the backslash`
		hex    = `four hexadecimal digits after \u`
	)
	for _, c := range []struct {
		value    string
		found    string
		at       int // in the value
		expected string
	}{
		{`[1,2`, "'}'", 4, "',' or ']' after an element of an array"},
		{`[`, "'}'", 1, value},
		{`[1,]`, "']'", 3, value},
		{`tru`, "'t'", 0, "the word true"},
		{`fa`, "'f'", 0, "the word false"},
		{`nul1`, "'n'", 0, "the word null"},
		{`False`, "'F'", 0, value},
		{`NaN`, "'N'", 0, value},
		{`+1`, "'+'", 0, value},
		{`.5`, "'.'", 0, value},
		{`'a'`, "'''", 0, value},
		{"\x00", "the character U+0000", 0, value},
		{`-`, "'}'", 1, "a digit"},
		{`5.`, "'}'", 2, "a digit"},
		{`5.e1`, "'e'", 2, "a digit"},
		{`1e`, "'}'", 2, "a digit"},
		{`1e+`, "'}'", 3, "a digit"},
		{`01`, "'1'", 1, "no digit after a leading 0"},
		{`-01`, "'1'", 2, "no digit after a leading 0"},
		{`[1234567,01,2,3,4,5]`, "'1'", 10, "no digit after a leading 0"},
		{`"abc`, "the end", 6, "the double quote that ends the string"},
		{`"\x"`, "'x'", 2, escape},
		{`"\U0041"`, "'U'", 2, escape},
		{`"\u12g4"`, "'g'", 5, hex},
		{`"\u12"`, `'"'`, 5, hex},
		{"\"a\tb\"", "the character U+0009", 2, `it to be escaped: a string holds no control character (a line feed is written \n)`},
		{"\"\xff\"", "the byte 0xff", 1, "UTF-8 text"},
		{"\"\xc3\"", "the byte 0xc3", 1, "UTF-8 text"},
		{"\"\xc0\x80\"", "the byte 0xc0", 1, "UTF-8 text"},
		{"\"\xed\xa0\x80 with enough text behind\"", "the byte 0xed", 1, "UTF-8 text"},
		{"\"żółw\xb3\"", "the byte 0xb3", 8, "UTF-8 text"},
		{`1 ż`, "'ż'", 2, "',' or '}' after a member of an object"},
		{`1, }`, "'}'", 3, "a key in double quotes"},
		{`1 // no`, "'/'", 2, "',' or '}' after a member of an object"},
	} {
		checkRefused(t, inBody(c.value), c.found, valueAt+c.at, c.expected)
	}
}

func checkRefused(t *testing.T, line, found string, at int, expected string) {
	t.Helper()
	var d Decoder
	_, err := d.Decode([]byte(line))
	var syntax *SyntaxError
	if !errors.As(err, &syntax) {
		t.Errorf("Decode(%s) = %v, want a *SyntaxError", line, err)
		return
	}
	want := fmt.Sprintf("found %s at byte %d, expected %s, near `%s`", found, at, expected, syntax.Near)
	if err.Error() != want {
		t.Errorf("Decode(%s):\n got %v\nwant %s", line, err, want)
	}
	if syntax.Offset != int64(at) || syntax.Found != found || syntax.Expected != expected {
		t.Errorf("Decode(%s) = %#v", line, syntax)
	}
}

func TestSentenceQuotesThePlaceOnOneLine(t *testing.T) {
	for _, c := range []struct{ line, near string }{
		{`{"src":}`, `{"src":}`},
		{inBody(`tru`), `...,"body":{"type":"x","v":tru}}`},
		{inBody("\"\xff\n\""), `..."body":{"type":"x","v":"\xff\x0a"}}`},
		{inBody(`"żółw żółw żółw żółw` + "\x01" + `żółw żółw żółw żółw"`), `... żółw żółw żółw\x01żółw żółw żółw...`},
	} {
		var d Decoder
		_, err := d.Decode([]byte(c.line))
		var syntax *SyntaxError
		if !errors.As(err, &syntax) || syntax.Near != c.near {
			t.Errorf("Decode(%s):\n got %v\nwant near `%s`", c.line, err, c.near)
		}
	}
}

func TestNestingHasALimit(t *testing.T) {
	nested := func(depth int) string { return strings.Repeat("[", depth) + strings.Repeat("]", depth) }
	decode(t, inBody(nested(MaxDepth-2)))
	for _, line := range []string{
		inBody(nested(MaxDepth - 1)),
		inBody(strings.Repeat(`{"a":`, MaxDepth-1) + "1" + strings.Repeat("}", MaxDepth-1)),
		inBody(strings.Repeat("[", 1_000_000)),
	} {
		var d Decoder
		_, err := d.Decode([]byte(line))
		if err == nil || !strings.Contains(err.Error(), "expected at most 1000 arrays and objects inside one another") {
			t.Errorf("got %v", err)
		}
	}
}

func TestEveryCutOfALineIsRefused(t *testing.T) {
	line := `{"id":1,"src":"a","dest":"b","body":{"type":"x","v":[1,-2.5e+3,"\u00e9\n","é",true,false,null,{"a":{}}]}}`
	decode(t, line)
	for n := range len(line) {
		var d Decoder
		var syntax *SyntaxError
		if _, err := d.Decode([]byte(line[:n])); !errors.As(err, &syntax) {
			t.Errorf("Decode(%s) = %v", line[:n], err)
		}
	}
}
