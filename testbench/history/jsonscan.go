package history

import (
	"encoding/json"

	"eddy/testbench/jsonwalk"
)

// eachField calls f with every key and value of an object, in order, and stops
// at the first error. Anything but an object has no fields.
func eachField(b []byte, f func(key string, raw []byte) error) error {
	i := jsonwalk.SkipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return nil
	}
	i = jsonwalk.SkipSpace(b, i+1)
	for i < len(b) && b[i] == '"' {
		end := jsonwalk.SkipString(b, i)
		key := unquote(b[i:end])
		i = jsonwalk.SkipSpace(b, end)
		i = jsonwalk.SkipSpace(b, i+1) // past the colon
		end = jsonwalk.SkipValue(b, i)
		if err := f(key, b[i:end]); err != nil {
			return err
		}
		i = jsonwalk.SkipSpace(b, end)
		if i < len(b) && b[i] == ',' {
			i = jsonwalk.SkipSpace(b, i+1)
		}
	}
	return nil
}

// EachElement calls f with every element of a JSON array, in order, until f
// answers false. The array must be valid JSON, and what f receives is part of
// it, not a copy. It reports whether raw is an array at all; null, or nothing,
// counts as an empty one.
func EachElement(raw json.RawMessage, f func(element json.RawMessage) bool) bool {
	i := jsonwalk.SkipSpace(raw, 0)
	if i == len(raw) || raw[i] == 'n' {
		return true
	}
	if raw[i] != '[' {
		return false
	}
	i = jsonwalk.SkipSpace(raw, i+1)
	for i < len(raw) && raw[i] != ']' {
		end := jsonwalk.SkipValue(raw, i)
		if !f(raw[i:end]) {
			return true
		}
		i = jsonwalk.SkipSpace(raw, end)
		if i < len(raw) && raw[i] == ',' {
			i = jsonwalk.SkipSpace(raw, i+1)
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
