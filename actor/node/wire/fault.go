package wire

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// fault is why the scanner stopped.
type fault uint8

const (
	noFault fault = iota
	wantMessage
	wantValue
	wantKey
	wantKeyOrBrace
	wantColon
	wantCommaOrBrace
	wantValueOrBracket
	wantCommaOrBracket
	wantQuote
	wantEscape
	wantHex
	wantDigit
	wantTrue
	wantFalse
	wantNull
	wantEnd
	wantObject
	digitAfterZero
	controlInString
	notUTF8
	tooDeep
)

// expectations says, for each fault, what would have been right.
var expectations = [...]string{
	wantMessage:        "a message, which is a JSON object and starts with '{'",
	wantValue:          "a JSON value",
	wantKey:            "a key in double quotes",
	wantKeyOrBrace:     "a key in double quotes or '}'",
	wantColon:          "':' after the key",
	wantCommaOrBrace:   "',' or '}' after a member of an object",
	wantValueOrBracket: "a JSON value or ']'",
	wantCommaOrBracket: "',' or ']' after an element of an array",
	wantQuote:          "the double quote that ends the string",
	wantEscape:         `one of " \ / b f n r t u after the backslash`,
	wantHex:            `four hexadecimal digits after \u`,
	wantDigit:          "a digit",
	wantTrue:           "the word true",
	wantFalse:          "the word false",
	wantNull:           "the word null",
	wantEnd:            "nothing after the end of the value",
	wantObject:         "a JSON object, which starts with '{'",
	digitAfterZero:     "no digit after a leading 0",
	controlInString:    `it to be escaped: a string holds no control character (a line feed is written \n)`,
	notUTF8:            "UTF-8 text",
	tooDeep:            fmt.Sprintf("at most %d arrays and objects inside one another", MaxDepth),
}

// SyntaxError says where a line or a value stops being JSON, or where a line is not an object.
type SyntaxError struct {
	Offset   int64  // of the first byte that does not fit, from 0
	Found    string // what stands there: "'}'", "the byte 0xff", "the end"
	Expected string // what would have been right, as a phrase
	Near     string // the place, a few dozen bytes of it, fit for a log line
}

// Error is the fault as one sentence of one line.
func (e *SyntaxError) Error() string {
	return fmt.Sprintf("found %s at byte %d, expected %s, near `%s`", e.Found, e.Offset, e.Expected, e.Near)
}

// syntaxError puts the fault that the scanner met at data[at] into words.
func syntaxError(data []byte, at int, f fault) *SyntaxError {
	return &SyntaxError{
		Offset:   int64(at),
		Found:    describeByte(data, at),
		Expected: expectations[f],
		Near:     near(data, at),
	}
}

// describeByte names the character that starts at data[at].
func describeByte(data []byte, at int) string {
	if at >= len(data) {
		return "the end"
	}
	r, size := utf8.DecodeRune(data[at:])
	switch {
	case r == utf8.RuneError && size <= 1:
		return fmt.Sprintf("the byte 0x%02x", data[at])
	case !unicode.IsPrint(r):
		return fmt.Sprintf("the character U+%04X", r)
	default:
		return "'" + string(r) + "'"
	}
}

// nearBytes is how much of the line is quoted on either side of a fault.
const nearBytes = 24

// near quotes the surroundings of data[at] on one line: what cannot be printed is written as \xNN.
func near(data []byte, at int) string {
	from, to := max(at-nearBytes, 0), min(at+nearBytes, len(data))
	for back := 0; from > 0 && back < utf8.UTFMax-1 && !utf8.RuneStart(data[from]); back++ {
		from--
	}
	var out []byte
	if from > 0 {
		out = append(out, "..."...)
	}
	for i := from; i < to; {
		r, size := utf8.DecodeRune(data[i:])
		if (r == utf8.RuneError && size <= 1) || !unicode.IsPrint(r) {
			for _, b := range data[i : i+size] {
				out = fmt.Appendf(out, `\x%02x`, b)
			}
		} else {
			out = append(out, data[i:i+size]...)
		}
		i += size
	}
	if to < len(data) {
		out = append(out, "..."...)
	}
	return string(out)
}

// FieldError says that a field of a message or of a body is missing or holds what it must not.
type FieldError struct {
	Field    string // the field's name, dotted where it lies deeper ("messages.3"); "" for the whole value
	Found    string // what stands there, as a phrase; "" where the field is missing
	Expected string // what would have been right, as a phrase
}

// Error is the fault as one sentence.
func (e *FieldError) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("the value is %s, expected %s", e.Found, e.Expected)
	}
	if e.Found == "" {
		return fmt.Sprintf("field %q is missing, expected %s", e.Field, e.Expected)
	}
	return fmt.Sprintf("field %q is %s, expected %s", e.Field, e.Found, e.Expected)
}

// describeValue names a JSON value for an error: its kind, and itself where it is short.
func describeValue(value []byte) string {
	kind := "a number"
	switch value[0] {
	case '"':
		kind = "the string"
	case '{':
		kind = "an object"
	case '[':
		kind = "an array"
	case 't', 'f', 'n':
		return string(value)
	default:
		kind = "the number"
	}
	switch {
	case value[0] == '{' || value[0] == '[':
		return kind
	case len(value) > 2*nearBytes:
		return fmt.Sprintf("%s %s", kind, near(value, 0))
	default:
		return fmt.Sprintf("%s %s", kind, near(value, nearBytes))
	}
}
