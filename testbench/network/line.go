package network

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Parsed is a line that a node printed, taken apart. Src and Dest are decoded, Body is as it was
// printed and shares the line's memory.
type Parsed struct {
	Src, Dest string
	Body      []byte
}

// LineError says why a line is not a message.
type LineError struct {
	Reason string // what is wrong, a clause such as `"dest" is missing`
}

// Error is the reason.
func (e *LineError) Error() string { return e.Reason }

// LineForm is the form that [ParseLine] asks for, in words for the writer of a node.
const LineForm = `one JSON object a line, {"src": "n1", "dest": "n2", "body": {...}}, with an optional integer "id" and nothing else; ` +
	`anything meant for people belongs on stderr`

// ParseLine takes apart one line of a node's stdout, without its line end. It asks for what Maelstrom
// asks for: valid JSON, an object with the strings src and dest, the object body, at most an integer
// id, nothing else. The error is a [LineError]. Nesting deeper than 10,000 is refused, too.
func ParseLine(line []byte) (Parsed, error) {
	if len(bytes.TrimSpace(line)) == 0 {
		return Parsed{}, &LineError{"the line is empty"}
	}
	if !json.Valid(line) {
		return Parsed{}, &LineError{"the line is not JSON: " + syntaxReason(line)}
	}
	var p Parsed
	var seen [4]bool
	var bad error
	ok := Fields(line, func(name string, value []byte) {
		if err := p.take(name, value, &seen); err != nil && bad == nil {
			bad = err
		}
	})
	if !ok {
		return Parsed{}, &LineError{"the line is JSON, but not an object"}
	}
	for i, name := range []string{"src", "dest", "body"} {
		if bad == nil && !seen[i] {
			bad = &LineError{fmt.Sprintf("%q is missing", name)}
		}
	}
	return p, bad
}

func (p *Parsed) take(name string, value []byte, seen *[4]bool) error {
	var ok bool
	switch name {
	case "src":
		p.Src, ok = Text(value)
		seen[0] = true
	case "dest":
		p.Dest, ok = Text(value)
		seen[1] = true
	case "body":
		p.Body, ok = value, value[0] == '{'
		seen[2] = true
	case "id":
		ok = IsInteger(value)
	default:
		return &LineError{fmt.Sprintf("%q is not a field of a message", name)}
	}
	if !ok {
		want := map[string]string{"src": "a string", "dest": "a string", "body": "an object", "id": "an integer"}[name]
		return &LineError{fmt.Sprintf("%q is %s where %s belongs", name, Abbreviate(value, 40), want)}
	}
	return nil
}

// Line makes the line that a node reads for a message, with its line end.
func Line(m *Message) []byte {
	line := make([]byte, 0, len(m.Body)+len(m.Src)+len(m.Dest)+64)
	line = append(line, `{"id":`...)
	line = strconv.AppendInt(line, m.ID, 10)
	line = append(line, `,"src":`...)
	line = AppendString(line, m.Src)
	line = append(line, `,"dest":`...)
	line = AppendString(line, m.Dest)
	line = append(line, `,"body":`...)
	line = append(line, m.Body...)
	return append(line, "}\n"...)
}

// AppendString appends s as a JSON string.
func AppendString(to []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			quoted, err := json.Marshal(s)
			if err != nil {
				panic("network: a string has no JSON: " + err.Error()) // cannot happen
			}
			return append(to, quoted...)
		}
	}
	to = append(to, '"')
	to = append(to, s...)
	return append(to, '"')
}

// Abbreviate gives text of at most limit bytes for people: a longer one is cut and its length told.
func Abbreviate(text []byte, limit int) string {
	if len(text) <= limit {
		return string(bytes.ToValidUTF8(text, []byte("\uFFFD")))
	}
	return fmt.Sprintf("%s... (%d bytes)", bytes.ToValidUTF8(text[:limit], []byte("\uFFFD")), len(text))
}

func syntaxReason(line []byte) string {
	first := json.NewDecoder(bytes.NewReader(line))
	var v json.RawMessage
	if first.Decode(&v) == nil {
		if rest := bytes.TrimSpace(line[first.InputOffset():]); len(rest) > 0 && rest[0] == '{' {
			return "a second message stands on the same line; each message ends with a line feed"
		}
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return err.Error()
	}
	return "it cannot be parsed"
}
