package wire

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"math/big"
	"regexp"
	"strings"
	"testing"
)

// loneSurrogate finds escapes of the surrogates' range. encoding/json reads half a pair as U+FFFD, so that
// values with any are left to the table tests.
var loneSurrogate = regexp.MustCompile(`\\u[dD][89a-fA-F]`)

// FuzzCanonical: the form is JSON, its own form, the same for another spelling of the value, and two values
// have one form exactly if they are equal by a slower way of comparing.
func FuzzCanonical(f *testing.F) {
	for n, value := range seedValues {
		f.Add([]byte(value), []byte(seedValues[(n+1)%len(seedValues)]))
	}
	for _, class := range equalValues {
		f.Add([]byte(class[0]), []byte(class[len(class)-1]))
	}
	f.Fuzz(func(t *testing.T, a, b []byte) {
		formA, errA := Canonical(a)
		formB, errB := Canonical(b)
		checkForm(t, a, formA, errA)
		checkForm(t, b, formB, errB)
		if errA != nil || errB != nil || loneSurrogate.Match(a) || loneSurrogate.Match(b) {
			return
		}
		valueA, valueB := standardValue(t, a), standardValue(t, b)
		if hugeExponent.Match(a) || hugeExponent.Match(b) {
			return
		}
		if equal := equalByMeaning(valueA, valueB); equal != bytes.Equal(formA, formB) {
			t.Errorf("equal is %v, and the forms are %s and %s", equal, formA, formB)
		}
		respelled, err := stdjson.MarshalIndent(valueA, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if again, err := Canonical(respelled); err != nil || !bytes.Equal(again, formA) {
			t.Errorf("%s respelled has the form %s (%v), want %s", a, again, err, formA)
		}
	})
}

func checkForm(t *testing.T, value, form []byte, err error) {
	if err != nil {
		var syntax *SyntaxError
		if soundForStandard(value) && !errors.Is(err, ErrExponent) || !errors.As(err, &syntax) && !errors.Is(err, ErrExponent) {
			t.Fatalf("Canonical(%s): %v", value, err)
		}
		return
	}
	if !soundForStandard(value) || !soundForStandard(form) {
		t.Fatalf("Canonical(%q) = %q", value, form)
	}
	if again, err := Canonical(form); err != nil || !bytes.Equal(again, form) {
		t.Fatalf("the form of %s is %s, and its form %s (%v)", value, form, again, err)
	}
}

// hugeExponent finds numbers that the slower way would write out.
var hugeExponent = regexp.MustCompile(`[eE][+-]?0*[1-9][0-9]{3}`)

func standardValue(t *testing.T, value []byte) any {
	d := stdjson.NewDecoder(bytes.NewReader(value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}

// equalByMeaning compares what encoding/json made of two values.
func equalByMeaning(a, b any) bool {
	switch a := a.(type) {
	case stdjson.Number:
		b, ok := b.(stdjson.Number)
		return ok && equalNumbers(string(a), string(b))
	case []any:
		b, ok := b.([]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for i := range a {
			if !equalByMeaning(a[i], b[i]) {
				return false
			}
		}
		return true
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key := range a {
			other, has := b[key]
			if !has || !equalByMeaning(a[key], other) {
				return false
			}
		}
		return true
	default: // string, bool, nil
		switch b.(type) {
		case []any, map[string]any:
			return false
		}
		return a == b
	}
}

func equalNumbers(a, b string) bool {
	if strings.ContainsAny(a, ".eE") != strings.ContainsAny(b, ".eE") {
		return false
	}
	x, okX := new(big.Rat).SetString(a)
	y, okY := new(big.Rat).SetString(b)
	return okX && okY && x.Cmp(y) == 0
}
