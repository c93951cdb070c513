package network

import (
	"encoding/json"

	"eddy/testbench/jsonwalk"
)

// Fields calls f for each field of a JSON object, in the order of the text, with the name decoded and
// the value as it stands, white space around it removed. It reports false, without calling f, if the
// text is another kind of value. The text must be valid JSON.
func Fields(object []byte, f func(name string, value []byte)) bool {
	i := jsonwalk.SkipSpace(object, 0)
	if i == len(object) || object[i] != '{' {
		return false
	}
	i = jsonwalk.SkipSpace(object, i+1)
	for i < len(object) && object[i] == '"' {
		end := jsonwalk.SkipString(object, i)
		name, _ := Text(object[i:end])
		i = jsonwalk.SkipSpace(object, jsonwalk.SkipSpace(object, end)+1) // over the colon
		end = jsonwalk.SkipValue(object, i)
		f(name, object[i:end])
		i = jsonwalk.SkipSpace(object, end)
		if i < len(object) && object[i] == ',' {
			i = jsonwalk.SkipSpace(object, i+1)
		}
	}
	return true
}

// IsInteger tells whether a JSON value is a number written without fraction and exponent.
func IsInteger(value []byte) bool {
	digits := value
	if len(digits) > 0 && digits[0] == '-' {
		digits = digits[1:]
	}
	for _, c := range digits {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(digits) > 0
}

// Text decodes a JSON string, and reports false for another kind of value.
func Text(value []byte) (string, bool) {
	if len(value) < 2 || value[0] != '"' {
		return "", false
	}
	inner := value[1 : len(value)-1]
	for _, c := range inner {
		if c == '\\' || c >= 0x80 {
			var s string
			err := json.Unmarshal(value, &s)
			return s, err == nil
		}
	}
	return string(inner), true
}
