package wire

import (
	"bytes"
	"slices"
)

// Canonical returns the canonical form of a JSON value: two values are equal exactly if their forms are the
// same bytes. See AppendCanonical for what equal means. A value that is its own canonical form, as plain
// integers and most strings are, is returned as it is, aliased, at no cost in memory.
func Canonical(value []byte) ([]byte, error) {
	if isCanonicalScalar(value) {
		return value, nil
	}
	return AppendCanonical(make([]byte, 0, len(value)+8), value)
}

// AppendCanonical appends the canonical form of value to dst. The form is JSON itself, without white space:
//
//   - the keys of an object are sorted; of a key that comes twice the last one counts, as for Maelstrom's parser;
//   - a string has one spelling, escapes only where JSON demands them ("\u0061" is "a"). Half a surrogate
//     pair, which is no character, stays an escape, so that it equals only itself;
//   - an integer is exact at any length, and -0 is 0;
//   - a number with a fraction or an exponent is never equal to an integer (1 is not 1.0, as in Clojure, where
//     Maelstrom compares), and is compared by its exact decimal value: 1e2 is 100.0, -0.0 is 0.0.
//
// The error is a *SyntaxError for what is not JSON, or wraps ErrExponent; dst is then returned as it was.
func AppendCanonical(dst, value []byte) ([]byte, error) {
	value, err := sound(value)
	if err != nil {
		return dst, err
	}
	start := len(dst)
	c := canonicalizer{data: value}
	dst, _ = c.appendValue(dst, 0)
	if c.err != nil {
		return dst[:start], c.err
	}
	return dst, nil
}

// isCanonicalScalar tells whether the value is an integer or a string in its canonical form.
func isCanonicalScalar(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	if value[0] == '"' {
		end, f := skipString(value, 0)
		return f == noFault && end == len(value) && bytes.IndexByte(value, '\\') < 0
	}
	digits := value
	if digits[0] == '-' {
		digits = digits[1:]
	}
	switch {
	case len(digits) == 0 || skipDigits(digits, 0) < len(digits):
		return false
	case digits[0] == '0':
		return len(value) == 1
	default:
		return true
	}
}

// canonicalizer rewrites a value already checked.
type canonicalizer struct {
	data    []byte
	members []memberSpan // of the objects that are open, the innermost last
	scratch []byte
	err     error // the first number out of bounds
}

// memberSpan is where a member lies in what has been written: its key without the quotes is
// [start+1, keyEnd), its whole text [start, end).
type memberSpan struct{ start, keyEnd, end int }

// appendValue appends the form of the value at data[i] and returns the position behind it.
func (c *canonicalizer) appendValue(dst []byte, i int) ([]byte, int) {
	switch c.data[i] {
	case '{':
		return c.appendObject(dst, i)
	case '[':
		return c.appendArray(dst, i)
	case '"':
		end, _ := skipString(c.data, i)
		return appendCanonicalString(dst, c.data[i:end]), end
	case 't', 'f', 'n':
		end, _ := skipValue(c.data, i, 0)
		return append(dst, c.data[i:end]...), end
	default:
		end, _ := skipNumber(c.data, i)
		dst, err := appendCanonicalNumber(dst, c.data[i:end])
		if c.err == nil {
			c.err = err
		}
		return dst, end
	}
}

func (c *canonicalizer) appendArray(dst []byte, i int) ([]byte, int) {
	dst = append(dst, '[')
	i, more, _ := firstElement(c.data, i)
	for n := 0; more; n++ {
		if n > 0 {
			dst = append(dst, ',')
		}
		dst, i = c.appendValue(dst, skipSpace(c.data, i))
		i, more, _ = nextElement(c.data, i)
	}
	return append(dst, ']'), i
}

func (c *canonicalizer) appendObject(dst []byte, i int) ([]byte, int) {
	outer := len(c.members)
	dst = append(dst, '{')
	first, sorted := len(dst), true
	i, more, _ := firstMember(c.data, i)
	for more {
		if len(c.members) > outer {
			dst = append(dst, ',')
		}
		m := memberSpan{start: len(dst)}
		end, _ := skipString(c.data, i)
		dst = appendCanonicalString(dst, c.data[i:end])
		m.keyEnd = len(dst) - 1
		dst = append(dst, ':')
		i = skipSpace(c.data, end) + 1 // the colon
		dst, i = c.appendValue(dst, skipSpace(c.data, i))
		m.end = len(dst)
		if len(c.members) > outer {
			sorted = sorted && compareKeys(dst, c.members[len(c.members)-1], m) < 0
		}
		c.members = append(c.members, m)
		i, more, _ = nextMember(c.data, i)
	}
	if !sorted {
		dst = c.sortMembers(dst, first, c.members[outer:])
	}
	c.members = c.members[:outer]
	return append(dst, '}'), i
}

// sortMembers puts the members written from dst[first] on in order. Of equal keys the last stays.
func (c *canonicalizer) sortMembers(dst []byte, first int, members []memberSpan) []byte {
	slices.SortStableFunc(members, func(a, b memberSpan) int { return compareKeys(dst, a, b) })
	c.scratch = c.scratch[:0]
	for n, m := range members {
		if n+1 < len(members) && compareKeys(dst, m, members[n+1]) == 0 {
			continue
		}
		if len(c.scratch) > 0 {
			c.scratch = append(c.scratch, ',')
		}
		c.scratch = append(c.scratch, dst[m.start:m.end]...)
	}
	return append(dst[:first], c.scratch...)
}

func compareKeys(dst []byte, a, b memberSpan) int {
	return bytes.Compare(dst[a.start+1:a.keyEnd], dst[b.start+1:b.keyEnd])
}

// appendCanonicalString appends a string, quotes included, in its one spelling.
func appendCanonicalString(dst, quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return append(dst, quoted...)
	}
	content := quoted[1 : len(quoted)-1]
	dst = append(dst, '"')
	for i := 0; i < len(content); {
		if content[i] != '\\' {
			dst = append(dst, content[i])
			i++
			continue
		}
		var r rune
		r, i = readEscape(content, i)
		dst = appendCharacter(dst, r)
	}
	return append(dst, '"')
}
