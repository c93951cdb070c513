package wire

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// MaxDepth is how deep a line may nest, the envelope and the body counted. It is the limit of Jackson, the
// parser inside Maelstrom: a line that nests deeper would end Maelstrom's reading of a node's output.
const MaxDepth = 1000

// The scanner is a set of functions over (data, position). Each returns the position behind what it read and
// noFault, or the position of the first byte that does not fit and the reason. Nothing is built until a fault
// reaches the caller, so that a good line costs no memory at all.

// skipValue reads one JSON value that starts at or behind data[i], white space before it included.
// depth is the number of arrays and objects that surround it.
func skipValue(data []byte, i, depth int) (int, fault) {
	i = skipSpace(data, i)
	if i >= len(data) {
		return i, wantValue
	}
	switch c := data[i]; c {
	case '"':
		return skipString(data, i)
	case '{':
		return skipObject(data, i, depth)
	case '[':
		return skipArray(data, i, depth)
	case 't':
		return skipLiteral(data, i, "true", wantTrue)
	case 'f':
		return skipLiteral(data, i, "false", wantFalse)
	case 'n':
		return skipLiteral(data, i, "null", wantNull)
	default:
		if c == '-' || isDigit(c) {
			return skipNumber(data, i)
		}
		return i, wantValue
	}
}

// skipObject reads an object whose brace is data[i].
func skipObject(data []byte, i, depth int) (int, fault) {
	if depth >= MaxDepth {
		return i, tooDeep
	}
	i, more, f := firstMember(data, i)
	for more && f == noFault {
		_, i, f = readKey(data, i)
		if f != noFault {
			return i, f
		}
		if i, f = skipValue(data, i, depth+1); f != noFault {
			return i, f
		}
		i, more, f = nextMember(data, i)
	}
	return i, f
}

// skipArray reads an array whose bracket is data[i].
func skipArray(data []byte, i, depth int) (int, fault) {
	if depth >= MaxDepth {
		return i, tooDeep
	}
	i, more, f := firstElement(data, i)
	for more && f == noFault {
		i = skipIntegers(data, i)
		if i, f = skipValue(data, i, depth+1); f != noFault {
			return i, f
		}
		i, more, f = nextElement(data, i)
	}
	return i, f
}

// firstMember steps from the brace at data[i] to the first key; more is false for the empty object, and the
// position is then behind its closing brace.
func firstMember(data []byte, i int) (next int, more bool, f fault) {
	i = skipSpace(data, i+1)
	switch {
	case i < len(data) && data[i] == '"':
		return i, true, noFault
	case i < len(data) && data[i] == '}':
		return i + 1, false, noFault
	default:
		return i, false, wantKeyOrBrace
	}
}

// nextMember steps from behind a member's value to the next key, or behind the closing brace.
func nextMember(data []byte, i int) (next int, more bool, f fault) {
	i = skipSpace(data, i)
	if i >= len(data) {
		return i, false, wantCommaOrBrace
	}
	switch data[i] {
	case ',':
		i = skipSpace(data, i+1)
		if i >= len(data) || data[i] != '"' {
			return i, false, wantKey
		}
		return i, true, noFault
	case '}':
		return i + 1, false, noFault
	default:
		return i, false, wantCommaOrBrace
	}
}

// firstElement steps from the bracket at data[i] to the first element; more is false for the empty array.
func firstElement(data []byte, i int) (next int, more bool, f fault) {
	i = skipSpace(data, i+1)
	if i >= len(data) {
		return i, false, wantValueOrBracket
	}
	if data[i] == ']' {
		return i + 1, false, noFault
	}
	return i, true, noFault
}

// nextElement steps from behind an element to the next, or behind the closing bracket.
func nextElement(data []byte, i int) (next int, more bool, f fault) {
	i = skipSpace(data, i)
	if i >= len(data) {
		return i, false, wantCommaOrBracket
	}
	switch data[i] {
	case ',':
		return i + 1, true, noFault
	case ']':
		return i + 1, false, noFault
	default:
		return i, false, wantCommaOrBracket
	}
}

// readKey reads the key whose quote is data[i] and the colon behind it. The key is returned as it stands
// between its quotes, escapes and all.
func readKey(data []byte, i int) (key []byte, next int, f fault) {
	end, f := skipString(data, i)
	if f != noFault {
		return nil, end, f
	}
	key = data[i+1 : end-1]
	i = skipSpace(data, end)
	if i >= len(data) || data[i] != ':' {
		return nil, i, wantColon
	}
	return key, i + 1, noFault
}

// skipString reads a string whose quote is data[i].
func skipString(data []byte, i int) (next int, f fault) {
	i++
	for i+8 <= len(data) {
		special := specialBytes(binary.LittleEndian.Uint64(data[i:]))
		if special == 0 {
			i += 8
			continue
		}
		i += bits.TrailingZeros64(special) >> 3
		if data[i] == '"' {
			return i + 1, noFault
		}
		if i, f = skipSpecial(data, i); f != noFault {
			return i, f
		}
	}
	for i < len(data) {
		switch {
		case data[i] == '"':
			return i + 1, noFault
		case plain[data[i]]:
			i++
		default:
			if i, f = skipSpecial(data, i); f != noFault {
				return i, f
			}
		}
	}
	return i, wantQuote
}

// skipSpecial reads one character inside a string that is not plain and not the quote.
func skipSpecial(data []byte, i int) (int, fault) {
	switch c := data[i]; {
	case c == '\\':
		return skipEscape(data, i)
	case c < 0x20:
		return i, controlInString
	default:
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size <= 1 {
			return i, notUTF8
		}
		return i + size, noFault
	}
}

// plain marks the bytes that stand for themselves inside a string.
var plain = func() (t [256]bool) {
	for c := 0x20; c < utf8.RuneSelf; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}()

// skipEscape reads the escape whose backslash is data[i]. A half of a surrogate pair without its other half
// is accepted here: the grammar allows it.
func skipEscape(data []byte, i int) (int, fault) {
	i++
	if i >= len(data) {
		return i, wantEscape
	}
	switch data[i] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 1, noFault
	case 'u':
		for n := 0; n < 4; n++ {
			i++
			if i >= len(data) || hexValue(data[i]) < 0 {
				return i, wantHex
			}
		}
		return i + 1, noFault
	default:
		return i, wantEscape
	}
}

// skipNumber reads the number that starts at data[i], a digit or a minus sign.
func skipNumber(data []byte, i int) (int, fault) {
	if data[i] == '-' {
		i++
		if i >= len(data) || !isDigit(data[i]) {
			return i, wantDigit
		}
	}
	leadingZero := data[i] == '0'
	i++
	if leadingZero && i < len(data) && isDigit(data[i]) {
		return i, digitAfterZero
	}
	i = skipDigits(data, i)
	if i < len(data) && data[i] == '.' {
		start := i + 1
		if i = skipDigits(data, start); i == start {
			return i, wantDigit
		}
	}
	if i < len(data) && (data[i] == 'e' || data[i] == 'E') {
		i++
		if i < len(data) && (data[i] == '+' || data[i] == '-') {
			i++
		}
		start := i
		if i = skipDigits(data, start); i == start {
			return i, wantDigit
		}
	}
	return i, noFault
}

func skipDigits(data []byte, i int) int {
	for i < len(data) && isDigit(data[i]) {
		i++
	}
	return i
}

// skipLiteral reads one of the three words of JSON.
func skipLiteral(data []byte, i int, word string, otherwise fault) (int, fault) {
	if len(data)-i < len(word) || string(data[i:i+len(word)]) != word {
		return i, otherwise
	}
	return i + len(word), noFault
}

// atEnd checks that nothing follows data[i]; a fault met before passes through.
func atEnd(data []byte, i int, f fault) (int, fault) {
	if f != noFault {
		return i, f
	}
	if i = skipSpace(data, i); i < len(data) {
		return i, wantEnd
	}
	return i, noFault
}

func skipSpace(data []byte, i int) int {
	for i < len(data) && (data[i] == ' ' || data[i] == '\t' || data[i] == '\n' || data[i] == '\r') {
		i++
	}
	return i
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// hexValue is the value of a hexadecimal digit, or -1.
func hexValue(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	default:
		return -1
	}
}
