package network

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestLineOfAMessageParsesBack(t *testing.T) {
	for _, m := range []Message{
		{ID: 1, Src: "n0", Dest: "c1", Body: []byte(`{"type":"read_ok","messages":[1,"a\"}",{"x":null}]}`)},
		{ID: 2, Src: `we"ird`, Dest: "ümlaut\n", Body: []byte(`{}`)},
	} {
		line := Line(&m)
		if line[len(line)-1] != '\n' || !json.Valid(line) || strings.Count(string(line), "\n") != 1 {
			t.Fatalf("line %q", line)
		}
		p, err := ParseLine(line[:len(line)-1])
		if err != nil || p.Src != m.Src || p.Dest != m.Dest || string(p.Body) != string(m.Body) {
			t.Errorf("%q parses as %+v, %v", line, p, err)
		}
	}
}

func TestLineMayBeWrittenInOtherWays(t *testing.T) {
	p, err := ParseLine([]byte("\t{ \"body\" : { \"a\" : [ ] } , \"\\u0073rc\":\"n\\u0030\", \"id\": -7 ,\"dest\" : \"n1\" } \r"))
	if err != nil || p.Src != "n0" || p.Dest != "n1" || string(p.Body) != `{ "a" : [ ] }` {
		t.Errorf("%+v, %v", p, err)
	}
}

func TestOfARepeatedFieldTheLastCounts(t *testing.T) {
	p, err := ParseLine([]byte(`{"src":"x","src":"n0","dest":"n1","body":{}}`))
	if err != nil || p.Src != "n0" {
		t.Errorf("%+v, %v", p, err)
	}
}

// The fields of any valid object are those that encoding/json finds.
func FuzzFieldsAgreeWithTheStandardLibrary(f *testing.F) {
	for _, seed := range []string{
		`{}`, `{"a":1}`, ` { "a" : [1,{"b":"]"}] , "c\"d" : "}\\" } `, `[1]`, `1`, `{"a":-1.5e3,"b":null}`, `{"\u00e4":"\ud800"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if !json.Valid(text) {
			if _, err := ParseLine(text); err == nil {
				t.Fatalf("%q is no JSON and parses", text)
			}
			return
		}
		var want map[string]json.RawMessage
		isObject := json.Unmarshal(text, &want) == nil && want != nil
		got := map[string]json.RawMessage{}
		if Fields(text, func(name string, value []byte) { got[name] = value }) != isObject {
			t.Fatalf("%q: object %v", text, isObject)
		}
		for name, value := range want {
			if string(got[name]) != string(value) {
				t.Fatalf("%q: field %q is %q, want %q", text, name, got[name], value)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%q: %d fields, want %d", text, len(got), len(want))
		}
	})
}

func TestLongTextIsShortenedForPeople(t *testing.T) {
	if got := Abbreviate([]byte("abcdef\xff"), 6); got != "abcdef... (7 bytes)" {
		t.Errorf("%q", got)
	}
	if got := Abbreviate([]byte("a\xff"), 6); got != "a\uFFFD" {
		t.Errorf("%q", got)
	}
}
