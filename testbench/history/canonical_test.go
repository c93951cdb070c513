package history

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestCanonicalFormDrawsTheLinesOfEquality(t *testing.T) {
	cases := []struct{ in, want string }{
		{``, `null`},
		{` null `, `null`},
		{`1`, `1`},
		{`-0`, `0`},
		{` 12 `, `12`},
		{`"1"`, `"1"`},
		{`1.0`, `1.0`},
		{`1e2`, `100.0`},
		{`100.0`, `100.0`},
		{`100`, `100`},
		{`1E+2`, `100.0`},
		{`0.1`, `0.1`},
		{`0.10`, `0.1`},
		{`1e-1`, `0.1`},
		{`-0.0`, `0.0`},
		{`-1.50`, `-1.5`},
		{`0.1000000000000000000000000000001`, `0.1000000000000000000000000000001`},
		{`123456789012345678901234567890`, `123456789012345678901234567890`},
		{`9007199254740993`, `9007199254740993`},
		{`1e21`, `1.0e21`},
		{`1e20`, `100000000000000000000.0`},
		{`0.0000001`, `0.0000001`},
		{`0.00000001`, `1.0e-8`},
		{`1.25e-30`, `1.25e-30`},
		{`10e99999999999999999999`, `1.0e100000000000000000000`},
		{`true`, `true`},
		{`[ 1 , "a" ]`, `[1,"a"]`},
		{`[]`, `[]`},
		{`{}`, `{}`},
		{`{"b":1, "a":[2.50]}`, `{"a":[2.5],"b":1}`},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`"\u0041\/"`, `"A/"`},
		{`"\u000a\u0001\t"`, `"\n\u0001\t"`},
		{`"\ud83d\ude00"`, `"😀"`},
		{`"\ud83d"`, `"\ud83d"`},
		{`"\ud83dx\ude00"`, `"\ud83dx\ude00"`},
		{"\"\xff\"", `"�"`},
		{`"é"`, `"é"`},
		{`oops`, `oops`},
	}
	for _, c := range cases {
		got := Canonical(json.RawMessage(c.in))
		if got != c.want {
			t.Errorf("Canonical(%s) = %s, want %s", c.in, got, c.want)
		}
		if again := Canonical(json.RawMessage(got)); again != got {
			t.Errorf("the canonical form of %s is not its own: %s", got, again)
		}
	}
}

func TestOrderIsTotalAndNumeric(t *testing.T) {
	want := []string{
		`null`, `false`, `true`,
		`-123456789012345678901234567890`, `-2.5`, `-2`, `-1.0e-30`, `0`, `0.0`, `2`, `2.5`, `10`, `10.0`, `10.5`, `99`, `123456789012345678901234567890`, `1.0e100000000000000000000`,
		`""`, `"1"`, `"10"`, `"2"`, `"a"`, `"é"`, `"😀"`, "\"\uffff\"",
		`[]`, `[2]`, `[10]`, `[1,2]`, `[1,10]`, `[1,"a"]`,
		`{"a":1}`, `{"b":1}`,
	}
	for i, a := range want {
		for j, b := range want {
			if got := Compare(a, b); sign(got) != sign(i-j) {
				t.Errorf("Compare(%s, %s) = %d, want the sign of %d", a, b, got, i-j)
			}
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

func TestElementsAreHandedOutInOrder(t *testing.T) {
	var got []string
	ok := EachElement(json.RawMessage(` [ 1, "a,]" , {"b":[2]},null,-3.5e1 ] `), func(e json.RawMessage) bool {
		got = append(got, string(e))
		return true
	})
	if want := []string{`1`, `"a,]"`, `{"b":[2]}`, `null`, `-3.5e1`}; !ok || !slices.Equal(got, want) {
		t.Errorf("elements %q, %v; want %q", got, ok, want)
	}
	for _, empty := range []string{``, `null`, `[]`, ` [ ] `} {
		if !EachElement(json.RawMessage(empty), func(json.RawMessage) bool { t.Error("an element"); return true }) {
			t.Errorf("%q is not taken for an empty array", empty)
		}
	}
	if EachElement(json.RawMessage(`{"a":1}`), func(json.RawMessage) bool { return true }) {
		t.Error("an object passed for an array")
	}
}

// FuzzCanonical checks that no value loses its canonical form by being put in
// it, and that writing a value in other words does not change the form.
func FuzzCanonical(f *testing.F) {
	for _, seed := range []string{`1`, `[1.0,{"a":"\ud800"}]`, `-0.000e-5`, `{"b":null,"a":[]}`, `"\u0000"`, `1e400`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !json.Valid([]byte(text)) || longExponent(text) {
			t.Skip()
		}
		form := Canonical(json.RawMessage(text))
		if !json.Valid([]byte(form)) {
			t.Fatalf("Canonical(%q) = %q, which is not JSON", text, form)
		}
		if again := Canonical(json.RawMessage(form)); again != form {
			t.Fatalf("Canonical(%q) = %q, of which the form is %q", text, form, again)
		}
		var indented strings.Builder
		for element := range strings.SplitSeq(text, "\n") {
			indented.WriteString(element + " \n")
		}
		if json.Valid([]byte(indented.String())) && !strings.Contains(text, `"`) {
			if spaced := Canonical(json.RawMessage(indented.String())); spaced != form {
				t.Fatalf("with more space, %q becomes %q, not %q", text, spaced, form)
			}
		}
	})
}

// longExponent spares the fuzzer exponents of thousands of digits, which are
// handled but slow.
func longExponent(text string) bool { return len(text) > 1000 }
