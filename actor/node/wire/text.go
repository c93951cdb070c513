package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// appendUnescaped appends what the content of a string (between its quotes, already checked by skipString)
// means. whole is false where it has half a surrogate pair: that is no character, and U+FFFD stands for it.
func appendUnescaped(dst, content []byte) (text []byte, whole bool) {
	whole = true
	for i := 0; i < len(content); {
		if content[i] != '\\' {
			dst = append(dst, content[i])
			i++
			continue
		}
		var r rune
		r, i = readEscape(content, i)
		if utf16.IsSurrogate(r) {
			whole = false
		}
		dst = utf8.AppendRune(dst, r) // writes U+FFFD for a lone surrogate
	}
	return dst, whole
}

// readEscape reads the escape whose backslash is content[i]; a surrogate pair is read as the one character
// that it is, a surrogate without its other half is returned as it stands.
func readEscape(content []byte, i int) (r rune, next int) {
	c := content[i+1]
	if c != 'u' {
		return unescapedByte(c), i + 2
	}
	r, next = readHex(content, i+2), i+6
	if utf16.IsSurrogate(r) && next+6 <= len(content) && content[next] == '\\' && content[next+1] == 'u' {
		if pair := utf16.DecodeRune(r, readHex(content, next+2)); pair != utf8.RuneError {
			return pair, next + 6
		}
	}
	return r, next
}

func readHex(content []byte, i int) rune {
	var r rune
	for _, c := range content[i : i+4] {
		r = r<<4 | rune(hexValue(c))
	}
	return r
}

// unescapedByte is what a one-letter escape means.
func unescapedByte(c byte) rune {
	switch c {
	case 'b':
		return '\b'
	case 'f':
		return '\f'
	case 'n':
		return '\n'
	case 'r':
		return '\r'
	case 't':
		return '\t'
	default: // " \ and /
		return rune(c)
	}
}

const hexDigits = "0123456789abcdef"

// appendCharacter appends a character as strings hold it in the one spelling that this package writes: itself,
// and an escape only where JSON demands one or where UTF-8 cannot hold it (half a surrogate pair).
func appendCharacter(dst []byte, r rune) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r == '\n':
		return append(dst, '\\', 'n')
	case r == '\r':
		return append(dst, '\\', 'r')
	case r == '\t':
		return append(dst, '\\', 't')
	case r < 0x20 || utf16.IsSurrogate(r):
		return append(dst, '\\', 'u',
			hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
	default:
		return utf8.AppendRune(dst, r)
	}
}

// AppendString appends a Go string as a JSON string. A byte that is not UTF-8 becomes U+FFFD.
func AppendString(dst []byte, s string) []byte { return appendString(dst, s) }

// appendString appends a Go string as a JSON string. A byte that is not UTF-8 becomes U+FFFD: a line with it
// would be refused by whoever reads it.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		r, size := utf8.DecodeRuneInString(s[i:])
		dst = appendCharacter(dst, r)
		i += size
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}
