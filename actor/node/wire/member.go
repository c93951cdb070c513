package wire

import "bytes"

// Member finds the value of one key of an object, as it stands; the other values are passed over without being
// decoded. Of equal keys the last one counts. The errors are those of Unmarshal.
func Member(object Raw, key string) (value Raw, found bool, err error) {
	i := skipSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		whole, err := sound(object)
		if err == nil {
			err = fieldError("", whole, "an object")
		}
		return nil, false, err
	}
	i, more, f := firstMember(object, i)
	for more && f == noFault {
		var name []byte
		if name, i, f = readKey(object, i); f != noFault {
			break
		}
		start := skipSpace(object, i)
		if i, f = skipValue(object, start, 1); f != noFault {
			break
		}
		if isKey(name, key) {
			value, found = Raw(object[start:i:i]), true
		}
		i, more, f = nextMember(object, i)
	}
	if i, f = atEnd(object, i, f); f != noFault {
		return nil, false, syntaxError(object, i, f)
	}
	return value, found, nil
}

// isKey reports whether a key, as it stands between its quotes, is the one.
func isKey(name []byte, key string) bool {
	if bytes.IndexByte(name, '\\') < 0 {
		return string(name) == key
	}
	plain, _ := unescapeKey(name)
	return string(plain) == key
}
