package wire

import (
	"bytes"
	"reflect"
	"strconv"
)

// unmarshal reads the value into v, which is settable.
func (s *shape) unmarshal(body []byte, v reflect.Value) error {
	v.SetZero()
	i := skipSpace(body, 0)
	if !s.plain || i >= len(body) || body[i] != '{' {
		return s.unmarshalWhole(body, v)
	}
	var seen uint64
	var unfit error // the first; it is only said of a body that is sound to its end
	i, more, f := firstMember(body, i)
	for more && f == noFault {
		var key []byte
		if key, i, f = readKey(body, i); f != noFault {
			break
		}
		start := skipSpace(body, i)
		if i, f = skipValue(body, start, 1); f != noFault {
			break
		}
		if n := s.find(key); n >= 0 {
			if err := s.fields[n].place(body[start:i], v); err != nil && unfit == nil {
				unfit = err
			}
			seen |= 1 << n
		}
		i, more, f = nextMember(body, i)
	}
	if i, f = atEnd(body, i, f); f != noFault {
		return syntaxError(body, i, f)
	}
	if unfit != nil {
		return unfit
	}
	return s.missing(seen)
}

// unmarshalWhole reads what is not an object with fields that this package knows.
func (s *shape) unmarshalWhole(body []byte, v reflect.Value) error {
	value, err := sound(body)
	if err != nil {
		return err
	}
	if s.plain {
		return fieldError("", value, "an object")
	}
	return byLibraryInto("", value, v)
}

// find is the number of the field with that key, -1 if there is none.
func (s *shape) find(key []byte) int {
	for n := range s.fields {
		if string(key) == s.fields[n].name {
			return n
		}
	}
	if plainKey, escaped := unescapeKey(key); escaped {
		return s.find(plainKey)
	}
	return -1
}

// missing is the error for the first required field without its bit in seen.
func (s *shape) missing(seen uint64) error {
	for n := range s.fields {
		if f := &s.fields[n]; f.required && seen&(1<<n) == 0 {
			return fieldError(f.name, nil, f.expected)
		}
	}
	return nil
}

// place puts a value, already checked, into its field of the struct.
func (f *field) place(value []byte, into reflect.Value) error {
	v := into.Field(f.index)
	if string(value) == "null" && f.as != asRaw && v.Kind() != reflect.Interface {
		v.SetZero()
		if f.required {
			return fieldError(f.name, value, f.expected)
		}
		return nil
	}
	switch f.as {
	case asRaw:
		v.SetBytes(bytes.Clone(value))
		return nil
	case asRaws:
		return f.placeRaws(value, v)
	case asString:
		return f.placeString(value, v)
	case asInt:
		if n, ok := parseInteger(value); ok && !v.OverflowInt(n) {
			v.SetInt(n)
			return nil
		}
	case asUint:
		if n, err := strconv.ParseUint(string(value), 10, 64); err == nil && !v.OverflowUint(n) {
			v.SetUint(n)
			return nil
		}
	case asBool:
		if value[0] == 't' || value[0] == 'f' {
			v.SetBool(value[0] == 't')
			return nil
		}
	default:
		v.SetZero()
		return byLibraryInto(f.name, value, v)
	}
	return fieldError(f.name, value, f.expected)
}

func (f *field) placeString(value []byte, v reflect.Value) error {
	if value[0] != '"' {
		return fieldError(f.name, value, f.expected)
	}
	content := value[1 : len(value)-1]
	if bytes.IndexByte(content, '\\') >= 0 {
		text, whole := appendUnescaped(nil, content)
		if !whole {
			return fieldError(f.name, value, wholeString)
		}
		content = text
	}
	v.SetString(string(content))
	return nil
}

// placeRaws splits an array into its elements, which share one copy of the array's text.
func (f *field) placeRaws(value []byte, v reflect.Value) error {
	if value[0] != '[' {
		return fieldError(f.name, value, f.expected)
	}
	text := bytes.Clone(value)
	raws := make([]Raw, 0, bytes.Count(text, []byte{','})+1)
	i, more, _ := firstElement(text, 0)
	for more {
		start := skipSpace(text, i)
		i, _ = skipValue(text, start, 0)
		raws = append(raws, Raw(text[start:i:i]))
		i, more, _ = nextElement(text, i)
	}
	v.Set(reflect.ValueOf(raws))
	return nil
}

// wholeString is expected wherever a string has to become a Go string.
const wholeString = "a string without half a surrogate pair, which is no character"
