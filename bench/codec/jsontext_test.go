package codec

import (
	"bytes"
	"io"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"
)

// decodeText walks the line's tokens with jsontext: the envelope in one pass, the body's header in a second.
func decodeText(line []byte, m *message) error {
	*m = message{}
	d := jsontext.NewDecoder(bytes.NewBuffer(line), jsontext.AllowDuplicateNames(true))
	err := walkObject(d, func(key string) error {
		switch key {
		case "src":
			return readString(d, &m.Src)
		case "dest":
			return readString(d, &m.Dest)
		case "body":
			value, err := d.ReadValue()
			m.Body = bytes.Clone(value)
			return err
		default:
			return d.SkipValue()
		}
	})
	if err != nil {
		return err
	}
	b := jsontext.NewDecoder(bytes.NewBuffer(m.Body), jsontext.AllowDuplicateNames(true))
	return walkObject(b, func(key string) error {
		switch key {
		case "type":
			return readString(b, &m.Type)
		case "msg_id":
			return readInteger(b, &m.MsgID)
		case "in_reply_to":
			return readInteger(b, &m.InReplyTo)
		default:
			return b.SkipValue()
		}
	})
}

// walkObject hands each key of the one object of d to member, which reads the value.
func walkObject(d *jsontext.Decoder, member func(key string) error) error {
	if token, err := d.ReadToken(); err != nil || token.Kind() != '{' {
		return firstOf(err, errShape)
	}
	for d.PeekKind() == '"' {
		key, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := member(key.String()); err != nil {
			return err
		}
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	if _, err := d.ReadToken(); err != io.EOF {
		return firstOf(err, errShape)
	}
	return nil
}

func firstOf(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

func readString(d *jsontext.Decoder, s *string) error {
	token, err := d.ReadToken()
	if err != nil || token.Kind() != '"' {
		return firstOf(err, errShape)
	}
	*s = token.String()
	return nil
}

func readInteger(d *jsontext.Decoder, n *int64) error {
	token, err := d.ReadToken()
	if err != nil || token.Kind() != '0' {
		return firstOf(err, errShape)
	}
	*n, err = strconv.ParseInt(token.String(), 10, 64)
	return err
}
