package trace

import (
	"bytes"
	"strings"

	"eddy/testbench/jsonwalk"
)

// valueFields are the fields of a body that hold what clients gave to be kept.
func isValueField(name []byte) bool {
	switch string(name) {
	case "values", "message", "element", "value":
		return true
	}
	return false
}

// carries reports whether a body brings a value, and at which place of a list.
func carries(body, value []byte) (place int, found bool) {
	if !bytes.Contains(body, value) {
		return 0, false
	}
	for i := jsonwalk.SkipSpace(body, 1); i < len(body) && body[i] == '"'; {
		keyEnd := jsonwalk.SkipString(body, i)
		key := body[i+1 : max(keyEnd-1, i+1)]
		start := jsonwalk.SkipSpace(body, jsonwalk.SkipSpace(body, keyEnd)+1)
		i = jsonwalk.SkipValue(body, start)
		if isValueField(key) {
			if place, found = holds(body[start:i], value); found {
				return place, true
			}
		}
		i = jsonwalk.SkipSpace(body, jsonwalk.SkipSpace(body, i)+1)
	}
	return 0, false
}

// isProtocolField tells the fields of a body that hold no values of clients.
func isProtocolField(name []byte) bool {
	switch string(name) {
	case "type", "msg_id", "in_reply_to", "topology":
		return true
	}
	return false
}

// findAnywhere reports whether a body holds a value in any field of a program's own
// choice: alone, in lists, in objects at any depth, or as the key of one. The place is
// that in the innermost list.
func findAnywhere(body, value []byte) (place int, found bool) {
	if !bytes.Contains(body, bytes.Trim(value, `"`)) {
		return 0, false
	}
	return findWithin(body, value, true)
}

func findWithin(text, value []byte, top bool) (place int, found bool) {
	i := jsonwalk.SkipSpace(text, 0)
	if i == len(text) {
		return 0, false
	}
	switch text[i] {
	case '{':
		for i = jsonwalk.SkipSpace(text, i+1); i < len(text) && text[i] == '"'; {
			end := jsonwalk.SkipString(text, i)
			key := text[i+1 : max(end-1, i+1)]
			start := jsonwalk.SkipSpace(text, jsonwalk.SkipSpace(text, end)+1)
			i = jsonwalk.SkipValue(text, start)
			if i <= start {
				return 0, false
			}
			if !top && bytes.Equal(key, bytes.Trim(value, `"`)) {
				return 0, true
			}
			if !top || !isProtocolField(key) {
				if place, found = findWithin(text[start:i], value, false); found {
					return place, true
				}
			}
			i = jsonwalk.SkipSpace(text, jsonwalk.SkipSpace(text, i)+1)
		}
	case '[':
		for i = jsonwalk.SkipSpace(text, i+1); i < len(text) && text[i] != ']'; place++ {
			end := jsonwalk.SkipValue(text, i)
			if end <= i {
				return 0, false
			}
			if _, found = findWithin(text[i:end], value, false); found {
				return place, true
			}
			if i = jsonwalk.SkipSpace(text, end); i < len(text) && text[i] == ',' {
				i = jsonwalk.SkipSpace(text, i+1)
			}
		}
	default:
		return 0, bytes.Equal(bytes.TrimSpace(text), value)
	}
	return 0, false
}

// holds reports whether a JSON value is another, or a list with it.
func holds(field, value []byte) (place int, found bool) {
	if bytes.Equal(field, value) {
		return 0, true
	}
	if len(field) == 0 || field[0] != '[' {
		return 0, false
	}
	for i := jsonwalk.SkipSpace(field, 1); i < len(field) && field[i] != ']'; place++ {
		end := jsonwalk.SkipValue(field, i)
		if end == i {
			return 0, false
		}
		if bytes.Equal(field[i:end], value) {
			return place, true
		}
		i = jsonwalk.SkipSpace(field, end)
		if i < len(field) && field[i] == ',' {
			i = jsonwalk.SkipSpace(field, i+1)
		}
	}
	return 0, false
}

// mentions reports whether a text has a JSON value or a word in it, not as a part
// of a longer one.
func mentions(text []byte, word string) bool {
	for from := 0; ; {
		at := bytes.Index(text[from:], []byte(word))
		if at < 0 {
			return false
		}
		at += from
		end := at + len(word)
		if (at == 0 || !wordByte(text[at-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		from = at + 1
	}
}

func wordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.' || c == '/' || c == ':'
}

// isMessageID tells an id, such as n1/17 or n1:88, from a value or a key.
func isMessageID(text string) bool {
	at := strings.LastIndexAny(text, "/:")
	if at <= 0 || at == len(text)-1 || strings.ContainsAny(text, "\"{[ ") {
		return false
	}
	for _, c := range text[at+1:] {
		if c < '0' || c > '9' {
			return strings.Contains(text[at+1:], "-")
		}
	}
	return true
}
