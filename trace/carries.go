package trace

import (
	"bytes"
	"slices"
	"strings"

	"eddy/testbench/jsonwalk"
)

// carries reports whether a body brings a value in one of some fields, and at which place of a list.
func carries(body, value []byte, fields []string) (place int, found bool) {
	if !bytes.Contains(body, value) {
		return 0, false
	}
	for field := jsonwalk.In(body); field.Next(); {
		if slices.Contains(fields, string(field.Name)) {
			if place, found = holds(field.Value, value); found {
				return place, true
			}
		}
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
	if bytes.Equal(text, value) {
		return 0, true
	}
	for part := jsonwalk.In(text); part.Next(); place++ {
		switch isField := part.Name != nil; {
		case !isField:
			if _, found = findWithin(part.Value, value, false); found {
				return place, true
			}
		case !top && bytes.Equal(part.Name, bytes.Trim(value, `"`)):
			return 0, true
		case !top || !isProtocolField(part.Name):
			if at, found := findWithin(part.Value, value, false); found {
				return at, true
			}
		}
	}
	return 0, false
}

// holds reports whether a JSON value is another, or a list with it.
func holds(field, value []byte) (place int, found bool) {
	if bytes.Equal(field, value) {
		return 0, true
	}
	for item := jsonwalk.In(field); item.Next() && item.Name == nil; place++ {
		if bytes.Equal(item.Value, value) {
			return place, true
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

// isMessageID tells an id, such as n1/17 or n1:2.1.88, from a value or a key.
func isMessageID(text string) bool {
	at := strings.LastIndexAny(text, "/:")
	if at <= 0 || at == len(text)-1 || strings.ContainsAny(text, "\"{[ ") {
		return false
	}
	if number := text[at+1:]; strings.Trim(number, "0123456789.") != "" {
		return strings.Contains(number, "-")
	}
	return true
}
