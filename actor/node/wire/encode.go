package wire

import (
	"bytes"
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Appender holds a body's fields already encoded, so that sending them costs a copy.
type Appender interface {
	// AppendFields appends the fields as members of a JSON object, without its braces and without a comma
	// before the first or behind the last: "messages":[1,2,3]. It may append nothing. What it appends is
	// taken as sound JSON without a reserved field; only a raw line feed, which would split the line, is
	// looked for and refused.
	AppendFields(dst []byte) []byte
}

// marshalOptions: a struct or a map becomes the same bytes every time, and values that are JSON already are
// kept as they are spelled, white space apart.
var marshalOptions = json.JoinOptions(
	json.Deterministic(true),
	jsontext.PreserveRawStrings(true),
	jsontext.EscapeForHTML(false),
)

// AppendMessage appends one message to dst as a single line without its line feed, and returns the longer slice.
//
// fields are the body's own fields, behind the header's: nil, an Appender, a Raw that is one JSON object, or
// a struct or map that encodes as one. A Raw or encoded object is checked and loses its white space. None of
// them may bring a field that the header writes (type, msg_id, in_reply_to). On error dst is returned as it
// was, and the error is a sentence.
func AppendMessage(dst []byte, h Header, fields any) ([]byte, error) {
	start := len(dst)
	dst = appendHeader(dst, h)
	dst, err := appendFields(dst, fields)
	if err != nil {
		return dst[:start], fmt.Errorf("message of type %q cannot be encoded: %w", h.Type, err)
	}
	return append(dst, '}', '}'), nil
}

// appendHeader appends the envelope and the reserved fields, both objects still open.
func appendHeader(dst []byte, h Header) []byte {
	dst = append(dst, `{"src":`...)
	dst = appendString(dst, h.Src)
	dst = append(dst, `,"dest":`...)
	dst = appendString(dst, h.Dest)
	dst = append(dst, `,"body":{"type":`...)
	dst = appendString(dst, h.Type)
	if h.HasMsgID {
		dst = append(dst, `,"msg_id":`...)
		dst = strconv.AppendInt(dst, h.MsgID, 10)
	}
	if h.HasInReplyTo {
		dst = append(dst, `,"in_reply_to":`...)
		dst = strconv.AppendInt(dst, h.InReplyTo, 10)
	}
	return dst
}

func appendFields(dst []byte, fields any) ([]byte, error) {
	switch f := fields.(type) {
	case nil:
		return dst, nil
	case Appender:
		return appendEncoded(dst, f)
	case Raw:
		return appendObject(dst, f)
	default:
		encoded, err := json.Marshal(fields, marshalOptions)
		if err != nil {
			return dst, fmt.Errorf("fields of type %T: %w", fields, err)
		}
		return appendObject(dst, encoded)
	}
}

// appendEncoded appends an Appender's fields.
func appendEncoded(dst []byte, fields Appender) ([]byte, error) {
	comma := len(dst)
	dst = fields.AppendFields(append(dst, ','))
	if len(dst) == comma+1 {
		return dst[:comma], nil
	}
	if at := bytes.IndexByte(dst[comma:], '\n'); at >= 0 {
		return dst, fmt.Errorf("fields appended by %T have a raw line feed near `%s`, expected one line", fields, near(dst, comma+at))
	}
	return dst, nil
}

// appendObject appends the members of an object without its braces, compacted and checked.
func appendObject(dst, object []byte) ([]byte, error) {
	i := skipSpace(object, 0)
	if i >= len(object) || object[i] != '{' {
		return dst, syntaxError(object, i, wantObject)
	}
	i, more, f := firstMember(object, i)
	for more && f == noFault {
		start := i
		var key []byte
		if key, i, f = readKey(object, i); f != noFault {
			break
		}
		if isReserved(key) {
			return dst, fmt.Errorf("the fields have %q, which only the header may write", key)
		}
		dst = append(dst, ',')
		dst = append(dst, object[start:start+len(key)+2]...)
		dst = append(dst, ':')
		if dst, i, f = appendCompact(dst, object, i, 2); f != noFault {
			break
		}
		i, more, f = nextMember(object, i)
	}
	if f == noFault {
		if i = skipSpace(object, i); i < len(object) {
			f = wantEnd
		}
	}
	if f != noFault {
		return dst, syntaxError(object, i, f)
	}
	return dst, nil
}

// AppendCompact appends a JSON value without the white space between its parts, every other byte as it is.
// The error is a *SyntaxError, and dst is then returned as it was.
func AppendCompact(dst, value []byte) ([]byte, error) {
	start := len(dst)
	dst, i, f := appendCompact(dst, value, 0, 0)
	if f == noFault {
		if i = skipSpace(value, i); i < len(value) {
			f = wantEnd
		}
	}
	if f != noFault {
		return dst[:start], syntaxError(value, i, f)
	}
	return dst, nil
}

// appendCompact appends the value that starts at or behind data[i].
func appendCompact(dst, data []byte, i, depth int) ([]byte, int, fault) {
	i = skipSpace(data, i)
	end, f := skipValue(data, i, depth)
	if f != noFault {
		return dst, end, f
	}
	return appendWithoutSpace(dst, data[i:end]), end, noFault
}

// appendWithoutSpace appends a value already checked. Most have no white space and are one copy.
func appendWithoutSpace(dst, value []byte) []byte {
	start, inString := 0, false
	for i := 0; i < len(value); i++ {
		switch c := value[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case !inString && (c == ' ' || c == '\t' || c == '\n' || c == '\r'):
			dst = append(dst, value[start:i]...)
			start = i + 1
		}
	}
	return append(dst, value[start:]...)
}
