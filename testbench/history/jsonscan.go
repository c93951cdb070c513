package history

import "encoding/json"

// The functions here walk JSON that is already known to be valid (json.Valid
// has passed it, or the EDN reader has written it), so they need not check
// again. Reads of large sets make histories of hundreds of megabytes; walking
// them this way costs a fraction of decoding them.

// skipSpace gives the position of the first byte at or after i that is not
// white space.
func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// skipString gives the position after the string that opens at i.
func skipString(b []byte, i int) int {
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

// skipValue gives the position after the value that starts at i.
func skipValue(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return skipString(b, i)
	case '[', '{':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				i = skipString(b, i)
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

// eachField calls f with every key and value of an object, in order, and stops
// at the first error. Anything but an object has no fields.
func eachField(b []byte, f func(key string, raw []byte) error) error {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return nil
	}
	i = skipSpace(b, i+1)
	for i < len(b) && b[i] == '"' {
		end := skipString(b, i)
		key := unquote(b[i:end])
		i = skipSpace(b, end)
		i = skipSpace(b, i+1) // past the colon
		end = skipValue(b, i)
		if err := f(key, b[i:end]); err != nil {
			return err
		}
		i = skipSpace(b, end)
		if i < len(b) && b[i] == ',' {
			i = skipSpace(b, i+1)
		}
	}
	return nil
}

// EachElement calls f with every element of a JSON array, in order, until f
// answers false. The array must be valid JSON, and what f receives is part of
// it, not a copy. It reports whether raw is an array at all; null, or nothing,
// counts as an empty one.
func EachElement(raw json.RawMessage, f func(element json.RawMessage) bool) bool {
	i := skipSpace(raw, 0)
	if i == len(raw) || raw[i] == 'n' {
		return true
	}
	if raw[i] != '[' {
		return false
	}
	i = skipSpace(raw, i+1)
	for i < len(raw) && raw[i] != ']' {
		end := skipValue(raw, i)
		if !f(raw[i:end]) {
			return true
		}
		i = skipSpace(raw, end)
		if i < len(raw) && raw[i] == ',' {
			i = skipSpace(raw, i+1)
		}
	}
	return true
}

// unquote decodes a JSON string. The common one without escapes is only copied.
func unquote(quoted []byte) string {
	inner := quoted[1 : len(quoted)-1]
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			return unescape(inner)
		}
	}
	return string(inner)
}
