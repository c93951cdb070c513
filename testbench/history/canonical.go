package history

import (
	"encoding/json"
	"slices"
	"strings"

	"eddy/testbench/jsonwalk"
)

// Canonical gives the one text that stands for a JSON value: two values are
// equal exactly if their canonical forms are. The text is JSON itself, without
// white space; keys of objects are sorted, and of a repeated key the last
// counts; strings carry the fewest escapes; integers are exact at any size and
// never equal to a number with a point or an exponent; those compare by their
// exact decimal value, so 1e2 is 100.0 and not 100.
//
// No value at all is null. Text that is not JSON stands for itself.
func Canonical(raw json.RawMessage) string {
	if isPlainInteger(raw) {
		return string(raw)
	}
	if len(raw) == 0 {
		return "null"
	}
	if !json.Valid(raw) {
		return string(raw)
	}
	return string(appendCanonical(make([]byte, 0, len(raw)), raw))
}

// isPlainInteger recognises the values most histories are full of: integers
// that are canonical as they stand.
func isPlainInteger(raw []byte) bool {
	digits := raw
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	if len(digits) == 0 || digits[0] == '0' && len(raw) > 1 {
		return false
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

func appendCanonical(dst, raw []byte) []byte {
	i := jsonwalk.SkipSpace(raw, 0)
	raw = raw[i:jsonwalk.SkipValue(raw, i)]
	switch raw[0] {
	case '"':
		return appendString(dst, unquote(raw))
	case '[':
		return appendCanonicalArray(dst, raw)
	case '{':
		return appendCanonicalObject(dst, raw)
	case 'n', 't', 'f':
		return append(dst, raw...)
	}
	return append(dst, canonicalNumber(string(raw))...)
}

func canonicalNumber(text string) string {
	switch {
	case !isInteger(text):
		return parseDecimal(text).String()
	case text == "-0":
		return "0"
	}
	return text
}

func appendCanonicalArray(dst, raw []byte) []byte {
	dst = append(dst, '[')
	first := true
	EachElement(raw, func(element json.RawMessage) bool {
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = appendCanonical(dst, element)
		return true
	})
	return append(dst, ']')
}

func appendCanonicalObject(dst, raw []byte) []byte {
	values := map[string][]byte{}
	var keys []string
	eachField(raw, func(key string, value []byte) error {
		if _, repeated := values[key]; !repeated {
			keys = append(keys, key)
		}
		values[key] = value
		return nil
	})
	slices.Sort(keys)
	dst = append(dst, '{')
	for i, key := range keys {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, key)
		dst = append(dst, ':')
		dst = appendCanonical(dst, values[key])
	}
	return append(dst, '}')
}

// Compare orders two values by their canonical forms, totally, so that lists of
// mixed values have one order. Kinds come in this order: null, booleans,
// numbers, strings, arrays, objects. Within a kind it is Clojure's order where
// Clojure has one: false before true, numbers by value (an integer before the
// equal number with a point), strings by UTF-16 unit, arrays by length and
// then element by element. Objects go by their canonical text.
func Compare(a, b string) int {
	if a == b {
		return 0
	}
	if n, ok := smallInteger(a); ok {
		if m, ok := smallInteger(b); ok {
			return compareInts(n, m)
		}
	}
	kind := kindOf(a)
	if other := kindOf(b); kind != other {
		return kind - other
	}
	switch kind {
	case kindNumber:
		return compareNumbers(a, b)
	case kindString:
		return compareStrings(unquote([]byte(a)), unquote([]byte(b)))
	case kindArray:
		return compareArrays(a, b)
	}
	return strings.Compare(a, b)
}

const (
	kindNull = iota
	kindBoolean
	kindNumber
	kindString
	kindArray
	kindObject
)

func kindOf(canonical string) int {
	if canonical == "" {
		return kindNull
	}
	switch canonical[0] {
	case 'n':
		return kindNull
	case 't', 'f':
		return kindBoolean
	case '"':
		return kindString
	case '[':
		return kindArray
	case '{':
		return kindObject
	}
	return kindNumber
}

func compareInts(a, b int64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func compareNumbers(a, b string) int {
	if order := parseDecimal(a).compare(parseDecimal(b)); order != 0 {
		return order
	}
	if isInteger(a) {
		return -1
	}
	return 1
}

// compareStrings orders by UTF-16 code unit, as Java does. That is the order of
// code points, except that those beyond the first plane, being written with
// surrogates, come before U+E000 to U+FFFF.
func compareStrings(a, b string) int {
	ra, rb := []rune(a), []rune(b)
	for i := 0; i < len(ra) && i < len(rb); i++ {
		if ra[i] == rb[i] {
			continue
		}
		if high := ra[i] > 0xffff; high != (rb[i] > 0xffff) {
			if high {
				return compareInts(0xd800, int64(rb[i]))
			}
			return compareInts(int64(ra[i]), 0xd800)
		}
		return compareInts(int64(ra[i]), int64(rb[i]))
	}
	if len(ra) != len(rb) {
		return compareInts(int64(len(ra)), int64(len(rb)))
	}
	return strings.Compare(a, b) // they differ in lone surrogates only
}

func compareArrays(a, b string) int {
	as, bs := elements(a), elements(b)
	if len(as) != len(bs) {
		return compareInts(int64(len(as)), int64(len(bs)))
	}
	for i := range as {
		if order := Compare(as[i], bs[i]); order != 0 {
			return order
		}
	}
	return 0
}

func elements(canonical string) []string {
	var all []string
	EachElement(json.RawMessage(canonical), func(element json.RawMessage) bool {
		all = append(all, string(element))
		return true
	})
	return all
}
