package wire

import (
	"bytes"
	"fmt"
	"strconv"
)

// Appender holds a body's fields already encoded, so that sending them costs a copy.
type Appender interface {
	// AppendFields appends the fields as members of a JSON object, without its braces and without a comma
	// before the first or behind the last: "messages":[1,2,3]. It may append nothing. What it appends is
	// taken as sound JSON without a reserved field; only a raw line feed or carriage return, which would
	// split the line for Maelstrom, is looked for and refused.
	AppendFields(dst []byte) []byte
}

// AppendMessage appends one message to dst as a single line without its line feed, and returns the longer
// slice.
//
// fields are the body's own fields, written behind the header's: nil or a nil Raw for none, an Appender, a Raw
// that is one JSON object, or a struct or map that encodes as one. A nil slice is encoded as [], a nil map as
// {}, a nil Raw inside a struct as null. Objects are checked and lose their white space; all else stays as it
// is spelled. None may bring a field that the header writes (type, msg_id, in_reply_to).
// The json tag's omitempty leaves out what is empty in JSON (null, "", [], {}), as in encoding/json/v2; for 0 and
// false it is omitzero.
//
// On error dst is returned as it was, and the error is a sentence.
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
		if f == nil {
			return dst, nil
		}
		return appendObject(dst, f)
	default:
		encoded, err := marshalFields(fields)
		if err != nil {
			return dst, err
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
	for _, lineEnd := range []byte{'\n', '\r'} {
		if at := bytes.IndexByte(dst[comma:], lineEnd); at >= 0 {
			return dst, fmt.Errorf("the fields of %T have %s near `%s`, expected a single line",
				fields, describeByte(dst, comma+at), near(dst, comma+at))
		}
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
			return dst, fmt.Errorf("the fields have %q, which the header writes, expected other names", key)
		}
		dst = append(dst, ',')
		dst = append(dst, object[start:start+len(key)+2]...)
		dst = append(dst, ':')
		if dst, i, f = appendCompact(dst, object, i, 2); f != noFault {
			break
		}
		i, more, f = nextMember(object, i)
	}
	if i, f = atEnd(object, i, f); f != noFault {
		return dst, syntaxError(object, i, f)
	}
	return dst, nil
}
