package wire

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// MaxExponentDigits is how many digits the exponent of a number may have for Canonical. Twelve zeros would be
// more than any float holds.
const MaxExponentDigits = 15

// ErrExponent is what Canonical returns for a number whose exponent is beyond MaxExponentDigits.
var ErrExponent = errors.New("a number has an exponent of more than " + strconv.Itoa(MaxExponentDigits) + " digits")

// Canonical returns the canonical form of a JSON value: two values are equal exactly if their forms are the
// same bytes. See AppendCanonical for what equal means. A value that is its own canonical form, as plain
// integers and plain strings are, is returned as it is, aliased, at no cost in memory.
func Canonical(value []byte) ([]byte, error) {
	trimmed := bytes.Trim(value, " \t\n\r")
	if isCanonicalScalar(trimmed) {
		return trimmed, nil
	}
	return AppendCanonical(make([]byte, 0, len(trimmed)+8), trimmed)
}

// AppendCanonical appends the canonical form of value to dst. The form is JSON itself, without white space:
//
//   - the keys of an object are sorted; of a key that comes twice the last one counts, as for Maelstrom's parser;
//   - a string has one spelling, escapes only where JSON demands them ("\u0061" is "a");
//   - an integer is exact at any length, and -0 is 0;
//   - a number with a fraction or an exponent is never equal to an integer (1 is not 1.0, as in Clojure),
//     and is compared by its exact decimal value (1e2 is 100.0, and -0.0 is 0.0).
//
// The error is a *SyntaxError for what is not JSON, or wraps ErrExponent; dst is then returned as it was.
func AppendCanonical(dst, value []byte) ([]byte, error) {
	start := len(dst)
	end, f := skipValue(value, 0, 0)
	if f == noFault {
		if end = skipSpace(value, end); end < len(value) {
			f = wantEnd
		}
	}
	if f != noFault {
		return dst, syntaxError(value, end, f)
	}
	c := canonicalizer{data: value}
	dst, _ = c.appendValue(dst, skipSpace(value, 0))
	if c.err != nil {
		return dst[:start], c.err
	}
	return dst, nil
}

// isCanonicalScalar tells whether the value is a plain integer or a plain string, which are their own form.
func isCanonicalScalar(value []byte) bool {
	if len(value) == 0 {
		return false
	}
	if value[0] == '"' {
		for i := 1; i < len(value); i++ {
			if !plain[value[i]] {
				return value[i] == '"' && i == len(value)-1
			}
		}
		return false
	}
	digits := value
	if digits[0] == '-' {
		digits = digits[1:]
		if len(digits) > 0 && digits[0] == '0' {
			return false
		}
	}
	if len(digits) == 0 || digits[0] == '0' && len(digits) > 1 {
		return false
	}
	return skipDigits(digits, 0) == len(digits)
}

// canonicalizer rewrites a value already checked.
type canonicalizer struct {
	data []byte
	err  error // the first number out of bounds
}

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
		if err != nil && c.err == nil {
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

// member is a key in its one spelling, quotes included, and where its value starts.
type member struct {
	key   []byte
	value int
}

func (c *canonicalizer) appendObject(dst []byte, i int) ([]byte, int) {
	var members []member
	i, more, _ := firstMember(c.data, i)
	for more {
		start := i
		var key []byte
		key, i, _ = readKey(c.data, i)
		i = skipSpace(c.data, i)
		members = append(members, member{appendCanonicalString(nil, c.data[start:start+len(key)+2]), i})
		i, _ = skipValue(c.data, i, 0)
		i, more, _ = nextMember(c.data, i)
	}
	slices.SortStableFunc(members, func(a, b member) int { return bytes.Compare(a.key, b.key) })
	dst = append(dst, '{')
	first := true
	for n, m := range members {
		if n+1 < len(members) && bytes.Equal(m.key, members[n+1].key) {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(dst, m.key...)
		dst = append(dst, ':')
		dst, _ = c.appendValue(dst, m.value)
	}
	return append(dst, '}'), i
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

// appendCanonicalNumber appends an integer as it is, and a number with a fraction or an exponent as the
// integer of its significant digits and a power of ten: 100.0 and 1e2 are 1e2, 1.50 is 15e-1, 0.0 is 0e0.
func appendCanonicalNumber(dst, number []byte) ([]byte, error) {
	mantissa, exponentText, hasExponent := cutExponent(number)
	whole, fraction, hasFraction := bytes.Cut(mantissa, []byte{'.'})
	if !hasExponent && !hasFraction {
		if string(number) == "-0" {
			number = number[1:]
		}
		return append(dst, number...), nil
	}
	exponent, err := parseExponent(exponentText)
	if err != nil {
		return dst, fmt.Errorf("%w: `%s`", err, near(number, len(mantissa)))
	}
	negative := whole[0] == '-'
	if negative {
		whole = whole[1:]
	}
	// The digits of the mantissa are whole and fraction side by side: leading zeros mean nothing, trailing
	// zeros move into the exponent.
	exponent -= int64(len(fraction))
	fraction, trimmed := trimZeros(fraction)
	exponent += int64(trimmed)
	if len(fraction) == 0 {
		whole, trimmed = trimZeros(whole)
		exponent += int64(trimmed)
	}
	if whole = bytes.TrimLeft(whole, "0"); len(whole) == 0 {
		fraction = bytes.TrimLeft(fraction, "0")
	}
	if len(whole)+len(fraction) == 0 {
		return append(dst, "0e0"...), nil
	}
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, whole...)
	dst = append(dst, fraction...)
	dst = append(dst, 'e')
	return strconv.AppendInt(dst, exponent, 10), nil
}

// cutExponent splits a number at its e or E.
func cutExponent(number []byte) (mantissa, exponent []byte, found bool) {
	if at := bytes.IndexAny(number, "eE"); at >= 0 {
		return number[:at], number[at+1:], true
	}
	return number, nil, false
}

// parseExponent reads an exponent's sign and digits; none is 0.
func parseExponent(text []byte) (int64, error) {
	negative := len(text) > 0 && text[0] == '-'
	digits := bytes.TrimLeft(bytes.TrimLeft(text, "+-"), "0")
	if len(digits) > MaxExponentDigits {
		return 0, ErrExponent
	}
	n, _ := parseInteger(append([]byte{'0'}, digits...))
	if negative {
		n = -n
	}
	return n, nil
}

// trimZeros cuts the trailing zeros and says how many there were.
func trimZeros(digits []byte) ([]byte, int) {
	kept := bytes.TrimRight(digits, "0")
	return kept, len(digits) - len(kept)
}
