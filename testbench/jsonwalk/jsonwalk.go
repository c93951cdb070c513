// Package jsonwalk finds the parts of JSON that is already known to be valid
// (json.Valid has passed it, or this program wrote it), so that it need not be
// checked or decoded again: routing a message and reading a history of hundreds
// of megabytes cost a fraction of decoding them.
//
// Positions are indices of bytes. In text that is not valid JSON they mean
// nothing, but stay within it.
package jsonwalk

// SkipSpace gives the position of the first byte at or after i that is not
// white space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// SkipString gives the position after the string that opens at i.
func SkipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// SkipValue gives the position after the value that starts at i.
func SkipValue(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return SkipString(b, i)
	case '[', '{':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				i = SkipString(b, i)
				continue
			case '[', '{':
				depth++
			case ']', '}':
				depth--
				if depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return i
	}
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\n', '\r', ',', ']', '}', ':':
			return i
		}
		i++
	}
	return i
}
