package wire

import "bytes"

// AppendCompact appends a JSON value without the white space between its parts, every other byte as it is.
// The error is a *SyntaxError, and dst is then returned as it was.
func AppendCompact(dst, value []byte) ([]byte, error) {
	value, err := sound(value)
	if err != nil {
		return dst, err
	}
	return appendWithoutSpace(dst, value), nil
}

// sound checks that data is one JSON value and returns it without the white space around it.
func sound(data []byte) ([]byte, error) {
	start := skipSpace(data, 0)
	end, f := skipValue(data, start, 0)
	if at, f := atEnd(data, end, f); f != noFault {
		return nil, syntaxError(data, at, f)
	}
	return data[start:end], nil
}

// appendCompact appends the value that starts at or behind data[i], in as many arrays and objects as depth.
func appendCompact(dst, data []byte, i, depth int) ([]byte, int, fault) {
	i = skipSpace(data, i)
	end, f := skipValue(data, i, depth)
	if f != noFault {
		return dst, end, f
	}
	return appendWithoutSpace(dst, data[i:end]), end, noFault
}

// appendWithoutSpace appends a value already checked. Most have no white space, and are one copy.
func appendWithoutSpace(dst, value []byte) []byte {
	if !hasSpace(value) {
		return append(dst, value...)
	}
	start := 0
	for i := 0; i < len(value); {
		switch value[i] {
		case '"':
			i, _ = skipString(value, i)
		case ' ', '\t', '\n', '\r':
			dst = append(dst, value[start:i]...)
			i = skipSpace(value, i)
			start = i
		default:
			i++
		}
	}
	return append(dst, value[start:]...)
}

// hasSpace tells whether there is a byte of white space anywhere, a string's own included.
func hasSpace(value []byte) bool {
	return bytes.IndexByte(value, ' ') >= 0 || bytes.IndexByte(value, '\n') >= 0 ||
		bytes.IndexByte(value, '\r') >= 0 || bytes.IndexByte(value, '\t') >= 0
}
