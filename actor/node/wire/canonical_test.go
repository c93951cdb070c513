package wire

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

// equalValues are classes: values of one class are equal, values of two are not.
var equalValues = [][]string{
	{`0`, `-0`, ` 0 `, "\t-0\n"},
	{`0.0`, `-0.0`, `0e0`, `-0E+5`, `0.000`, `0e-7`, `0.0e10`},
	{`1`, ` 1`},
	{`1.0`, `1e0`, `1E0`, `10e-1`, `0.1e1`, `1.000`, `100e-2`, `0.01e+2`, `1e-0`},
	{`-1`},
	{`-1.0`, `-1e0`},
	{`"1"`, `"\u0031"`},
	{`100`},
	{`1e2`, `100.0`, `1E+2`, `10.0e1`, `1e002`},
	{`120.5`, `1205e-1`, `0.01205e4`, `120.50`},
	{`9007199254740992`},
	{`9007199254740993`},
	{strings.Repeat("9", 400)},
	{strings.Repeat("9", 399) + "8"},
	{strings.Repeat("9", 400) + ".0", strings.Repeat("9", 400) + "e0"},
	{`1e400`, `10e399`, `0.1e401`},
	{`1e401`},
	{`1e-400`, `0.1e-399`},
	{`1e999999999999999`, `1.0e999999999999999`, `100.0e999999999999997`},
	{`0.1`, `1e-1`, `0.10`},
	{`0.1000000000000000055511151231257827`},
	{`true`, ` true `},
	{`false`},
	{`null`},
	{`""`},
	{`"a"`, `"\u0061"`, ` "a" `},
	{`"é"`, `"\u00e9"`, `"\u00E9"`},
	{`"e\u0301"`, "\"e\u0301\""},
	{`"/"`, `"\/"`, `"\u002f"`},
	{`"\n"`, `"\u000a"`, `"\u000A"`},
	{`"\b\f\r\t"`, `"\u0008\u000c\u000d\u0009"`},
	{`"\u0000"`},
	{`"\\"`, `"\u005c"`},
	{`"\\u0061"`},
	{`"\""`, `"\u0022"`},
	{`"😀"`, `"\ud83d\ude00"`, `"\uD83D\uDE00"`},
	{`"\ud83d"`, `"\uD83D"`},
	{`"\ude00"`},
	{`"\ude00\ud83d"`},
	{`"\ufffd"`, `"` + "\ufffd" + `"`},
	{`[]`, ` [ ] `},
	{`{}`, ` { } `},
	{`[1,2]`, ` [ 1 , 2 ] `},
	{`[2,1]`},
	{`[1,2.0]`, `[1,2e0]`},
	{`[[]]`}, {`[{}]`}, {`[null]`},
	{`{"a":1,"b":2}`, `{"b":2,"a":1}`, ` { "\u0062" : 2 , "a" : 1 } `, `{"a":0,"b":2,"a":1}`, `{"b":2,"a":{"x":[]},"a":1}`},
	{`{"a":1,"b":2,"c":3}`, `{"c":3,"b":2,"a":1}`, `{"b":2,"c":3,"a":1}`},
	{`{"a":1}`, `{"\u0061":1}`, `{"a":2,"\u0061":1}`},
	{`{"a":1.0}`},
	{`{"A":1}`},
	{`{"a":{"b":{"c":1,"d":[{"e":1,"f":2}]}}}`, `{"a":{"b":{"d":[{"f":2,"e":1}],"c":1}}}`},
	{`{"":1}`}, {`{"a!":1,"a":2}`, `{"a":2,"a!":1}`},
}

func TestEqualValuesAndOnlyTheyShareACanonicalForm(t *testing.T) {
	classOf := map[string]int{}
	for class, values := range equalValues {
		for _, value := range values {
			form, err := Canonical([]byte(value))
			if err != nil {
				t.Errorf("Canonical(%s): %v", value, err)
				continue
			}
			if other, known := classOf[string(form)]; known && other != class {
				t.Errorf("%s of class %v has the form of class %v: %s", value, values, equalValues[other], form)
			}
			classOf[string(form)] = class
		}
	}
	if len(classOf) != len(equalValues) {
		t.Errorf("%d classes have %d forms", len(equalValues), len(classOf))
	}
}

func TestCanonicalForms(t *testing.T) {
	for value, want := range map[string]string{
		` { "b" : [ 1.50 , -0 , "\u0061" ] , "a" : null } `: `{"a":null,"b":[15e-1,0,"a"]}`,
		`"\u0001\u001f\u007f\"\\\/\ud800"`:                  "\"\\u0001\\u001f\u007f\\\"\\\\/\\ud800\"",
		`-0.0500e+3`:                                        `-5e1`,
	} {
		got, err := Canonical([]byte(value))
		if err != nil || string(got) != want {
			t.Errorf("Canonical(%s) = %s, %v, want %s", value, got, err, want)
		}
		if again, err := Canonical(got); err != nil || string(again) != want {
			t.Errorf("Canonical(%s) = %s, %v", got, again, err)
		}
	}
}

func TestPlainValueIsItsOwnCanonicalForm(t *testing.T) {
	for _, value := range []string{`0`, `7`, `-12`, `12345678901234567890`, `"abc"`, `"żółw"`, `""`} {
		in := []byte(value)
		if got, err := Canonical(in); err != nil || &got[0] != &in[0] || len(got) != len(in) {
			t.Errorf("Canonical(%s) is a copy: %s, %v", value, got, err)
		}
	}
}

func TestAppendCanonicalKeepsWhatIsThere(t *testing.T) {
	got, err := AppendCanonical([]byte("before"), []byte(`{"b":1,"a":{"d":1,"c":2}}`))
	if want := `before{"a":{"c":2,"d":1},"b":1}`; err != nil || string(got) != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	for _, value := range []string{`[1`, `[1,1e9999999999999999]`} {
		if got, err := AppendCanonical([]byte("before"), []byte(value)); err == nil || string(got) != "before" {
			t.Errorf("AppendCanonical(%s) = %s, %v", value, got, err)
		}
	}
}

func TestUnsoundValueHasNoCanonicalForm(t *testing.T) {
	for _, value := range []string{
		``, ` `, `01`, `-`, `--1`, `+1`, `1.`, `1e`, `"a`, `"`, `"a"b`, `"\x"`, "\"\n\"", "\"\xff\"", `tru`, `[1,]`, `{"a"}`, `{"a":1,}`, `1 2`, `-01`, `00`,
		strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1),
	} {
		var syntax *SyntaxError
		if form, err := Canonical([]byte(value)); !errors.As(err, &syntax) {
			t.Errorf("Canonical(%.20s) = %.20s, %v", value, form, err)
		}
	}
}

func TestExponentHasALimit(t *testing.T) {
	for _, value := range []string{
		`1e1000000000000000`, `1e-1000000000000000`, `10e999999999999999`, `0.1e-999999999999999`, `0e1000000000000000`,
		`1e` + strings.Repeat("9", 10_000), `{"a":[1e99999999999999999999]}`,
	} {
		if form, err := Canonical([]byte(value)); !errors.Is(err, ErrExponent) || !strings.Contains(err.Error(), "more than 15 digits") {
			t.Errorf("Canonical(%.40s) = %s, %v", value, form, err)
		}
	}
	if form, err := Canonical([]byte(`1e0000000000000000000000000005`)); err != nil || string(form) != "1e5" {
		t.Errorf("got %s, %v", form, err)
	}
}

func TestDeepObjectsInTheWrongOrderAreSorted(t *testing.T) {
	value, want := "1", "1"
	for range MaxDepth {
		value = `{"z":2,"a":` + value + `}`
		want = `{"a":` + want + `,"z":2}`
	}
	if got, err := Canonical([]byte(value)); err != nil || string(got) != want {
		t.Errorf("got %.100s, %v", got, err)
	}
}

func ExampleCanonical() {
	for _, value := range []string{`{"b": 100.0, "a": "\u0061"}`, `{"a":"a","b":1e2}`, `{"a":"a","b":100}`} {
		form, err := Canonical([]byte(value))
		fmt.Println(string(form), err)
	}
	// Output:
	// {"a":"a","b":1e2} <nil>
	// {"a":"a","b":1e2} <nil>
	// {"a":"a","b":100} <nil>
}
