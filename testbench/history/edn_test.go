package history

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestEDNBecomesJSON(t *testing.T) {
	cases := []struct{ edn, want string }{
		{`nil`, `null`},
		{`true`, `true`},
		{`42`, `42`},
		{`+42`, `42`},
		{`-0`, `0`},
		{`1N`, `1`},
		{`123456789012345678901234567890`, `123456789012345678901234567890`},
		{`1.0`, `1.0`},
		{`1.`, `1.0`},
		{`1e5`, `1.0e5`},
		{`1.0E-5`, `1.0E-5`},
		{`1.5M`, `1.5`},
		{`1M`, `1.0`},
		{`1/2`, `"1/2"`},
		{`0x1F`, `31`},
		{`##Inf`, `"Inf"`},
		{`##-Inf`, `"-Inf"`},
		{`:net-timeout`, `"net-timeout"`},
		{`:a.b/c?`, `"a.b/c?"`},
		{`clojure.lang.ExceptionInfo`, `"clojure.lang.ExceptionInfo"`},
		{`a$b__1/c`, `"a$b__1/c"`},
		{`-`, `"-"`},
		{`->x`, `"->x"`},
		{`"a\n\"\\\u00e9\ud83d\ude00é"`, `"a\n\"\\\u00e9\ud83d\ude00é"`},
		{"\"two\nlines\x01\"", `"two\nlines\u0001"`},
		{`\a`, `"a"`},
		{`\newline`, `"\n"`},
		{`\u00e9`, `"é"`},
		{`\é`, `"é"`},
		{`\u`, `"u"`},
		{`\(`, `"("`},
		{`[]`, `[]`},
		{`[1 2, (3 [4])]`, `[1,2,[3,[4]]]`},
		{`#{3 1 "a" 2}`, `[1,2,3,"a"]`},
		{`#{}`, `[]`},
		{`{}`, `{}`},
		{`{:a 1, "b" {:c nil}}`, `{"a":1,"b":{"c":null}}`},
		{`{0 10, 0.5 20, 0.95 30, 1 40}`, `{"0":10,"0.5":20,"0.95":30,"1":40}`},
		{`{[1 "n0"] 2, #{2 1} 3, nil 4, {:a 1} 5}`, `{"[1,\"n0\"]":2,"[1,2]":3,"null":4,"{\"a\":1}":5}`},
		{`{:a 1 "a" 2}`, `{"a":1,"\"a\"":2}`},
		{`{1 :n "1" :s}`, `{"1":"n","\"1\"":"s"}`},
		{`#jepsen.history.Op{:index 1, :f :read}`, `{"index":1,"f":"read"}`},
		{`#inst "2026-01-01"`, `"2026-01-01"`},
		{`#object[clojure.core$fn 0x7f1 "core"]`, `["clojure.core$fn",2033,"core"]`},
		{`#:op{:a 1 :b/c 2}`, `{"op/a":1,"b/c":2}`},
		{`#"a\d"`, `"a\\d"`},
		{`[1 #_ 2 #_{:a [} 3]`, ``},
		{`[1 #_2 #_[3 4] 5] ; end`, `[1,5]`},
		{`; first
		  1`, `1`},
		{`[:isolated {"n2" #{"n1" "n0"}}]`, `["isolated",{"n2":["n0","n1"]}]`},
		{`{:via [{:type clojure.lang.ExceptionInfo, :at [maelstrom.client$check_body invokeStatic "client.clj" 204]}]}`,
			`{"via":[{"type":"clojure.lang.ExceptionInfo","at":["maelstrom.client$check_body","invokeStatic","client.clj",204]}]}`},
	}
	for _, c := range cases {
		got, _, err := ednToJSON([]byte(c.edn))
		if c.want == "" {
			if err == nil {
				t.Errorf("%s was read as %s; want an error", c.edn, got)
			}
			continue
		}
		if err != nil || string(got) != c.want {
			t.Errorf("%s became %s, %v; want %s", c.edn, got, err, c.want)
		}
		if !json.Valid(got) {
			t.Errorf("%s became %s, which is not JSON", c.edn, got)
		}
	}
}

func TestBrokenEDNIsNamed(t *testing.T) {
	cases := []struct{ edn, want string }{
		{``, "the text is empty"},
		{`[1`, `the text ends early: expected ']'`},
		{`{:a`, "expected a value for the key a"},
		{`{:a}`, "a '}' closes nothing"},
		{`)`, "a ')' closes nothing"},
		{`"abc`, "a string is never closed"},
		{`"a\x"`, `a string holds \x"`},
		{`01`, "01 is no number"},
		{`1.2.3`, "1.2.3 is no number"},
		{`\abc`, `\abc is no character`},
		{`:`, "a colon stands alone"},
		{`# 1`, "a # stands alone"},
		{`#tag`, "expected a form after the tag #tag"},
		{`#_`, "expected a form after #_"},
		{`@x`, "@x is code, not data"},
		{`{1 2 1 3}`, "the key 1 appears twice"},
		{`1 2`, "2 follows the form"},
		{`#"abc`, "a regular expression is never closed"},
		{`#"`, "a regular expression is never closed"},
		{`\`, `\ is no character`},
		{strings.Repeat("[", ednDepthMax+1), "nested more than 10000 deep"},
	}
	for _, c := range cases {
		got, _, err := ednToJSON([]byte(c.edn))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%.20s: %.20s, %v; want an error that says %q", c.edn, got, err, c.want)
		}
	}
}

func TestResultsNameTheFileAndLine(t *testing.T) {
	_, err := ReadResults(strings.NewReader("{:a 1\n :b 1.x}"), "results.edn")
	if want := "results.edn, line 2: 1.x is no number"; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want %s", err, want)
	}
	if _, err := ReadResults(strings.NewReader("[1]"), "results.edn"); err == nil {
		t.Error("a vector passed for results")
	}
	if _, err := ReadResultsFile("none.edn"); err == nil {
		t.Error("a missing file passed for results")
	}
}

func TestRecordedHistoriesSurviveEddysFormat(t *testing.T) {
	paths, err := filepath.Glob("../../workload/workloadtest/testdata/recordings/*/*/history.edn*")
	if err != nil || len(paths) == 0 {
		t.Fatalf("recordings: %v, %v", paths, err)
	}
	for _, path := range paths {
		h, err := ReadFile(path)
		if err != nil || len(h) == 0 {
			t.Errorf("%s: %d operations, %v", path, len(h), err)
			continue
		}
		var lines strings.Builder
		w := NewWriter(&lines)
		for _, op := range h {
			if err := w.Write(op); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		again, err := Read(strings.NewReader(lines.String()), path)
		if err != nil || !reflect.DeepEqual(again, h) {
			t.Errorf("%s: read back otherwise than written: %v", path, err)
		}
		if _, err := h.Pair(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// FuzzEDN checks that whatever is read as EDN has become JSON.
func FuzzEDN(f *testing.F) {
	for _, seed := range []string{`{:a [1 #{2} "x"]}`, `#t{1N 2}`, `\u0041`, `#:a{:b ##Inf}`, `"\ud800"`, `#_1 2`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, _, err := ednToJSON([]byte(text))
		if err == nil && !json.Valid(got) {
			t.Fatalf("%q became %q, which is not JSON", text, got)
		}
	})
}
