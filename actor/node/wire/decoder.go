package wire

import (
	"bytes"
	"strconv"
)

// MaxNames is how many different ids and types a Decoder remembers. A node hears from its peers, a few dozen
// clients and the services, with a handful of types; the bound is for an input that invents names.
const MaxNames = 4096

// MaxNameBytes is the length of the longest id or type that a Decoder remembers.
const MaxNameBytes = 128

// Decoder splits lines into messages. The zero value is ready. It belongs to one goroutine: it remembers the
// names it has seen, so that a known name costs no memory.
type Decoder struct {
	// Repeats says that the lines are those of many receivers, who are told the same: a long value of a body
	// that was checked is not checked again if it comes again.
	Repeats bool
	checked []byte // the last such value

	names map[string]string // by their spelling in the line, escapes and all

	// The names of the line before, if they were spelled without escapes: most lines repeat one or two.
	src, dest, typ string
}

// envelope is where the parts of a line lie: each the raw JSON value, nil where the line has none. Of a key
// that comes twice the last one counts, as for Maelstrom's own parser.
type envelope struct {
	src, dest, body       []byte
	typ, msgID, inReplyTo []byte

	decoder *Decoder
}

// Decode reads one line, with or without the line feed that ends it, in a single pass that checks all of it,
// the unread parts of the body too.
//
// The errors are *SyntaxError (the line is not one JSON object) and *FieldError (a part is missing or holds
// what it must not). In both cases the Message holds what could be read, so that there may be somebody to
// tell: Src, Dest, Type, the ids. Body is set only where the whole line is sound JSON.
func (d *Decoder) Decode(line []byte) (Message, error) {
	e := envelope{decoder: d}
	at, f := e.scan(line)
	m, err := d.message(&e)
	if f != noFault {
		m.Body = nil
		return m, syntaxError(line, at, f)
	}
	return m, err
}

// scan finds the parts of the line.
func (e *envelope) scan(line []byte) (int, fault) {
	i := skipSpace(line, 0)
	if i >= len(line) || line[i] != '{' {
		return i, wantMessage
	}
	i, more, f := firstMember(line, i)
	for more && f == noFault {
		var key []byte
		if key, i, f = readKey(line, i); f != noFault {
			return i, f
		}
		i = skipSpace(line, i)
		start := i
		part := e.part(key)
		if part == &e.body {
			i, f = e.scanBody(line, i)
		} else {
			i, f = skipValue(line, i, 1)
		}
		if f != noFault {
			return i, f
		}
		if part != nil {
			*part = line[start:i]
		}
		i, more, f = nextMember(line, i)
	}
	return atEnd(line, i, f)
}

// scanBody finds the reserved fields of the body that starts at line[i]. Those of an earlier body are
// forgotten. A body that is no object is skipped: message refuses it.
func (e *envelope) scanBody(line []byte, i int) (int, fault) {
	e.typ, e.msgID, e.inReplyTo = nil, nil, nil
	if i >= len(line) || line[i] != '{' {
		return skipValue(line, i, 1)
	}
	i, more, f := firstMember(line, i)
	for more && f == noFault {
		var key []byte
		if key, i, f = readKey(line, i); f != noFault {
			return i, f
		}
		i = skipSpace(line, i)
		start := i
		if i, f = e.decoder.skipField(line, i); f != noFault {
			return i, f
		}
		// A number at the very end of a line that was cut off may have lost digits.
		if field := e.reserved(key); field != nil && i < len(line) {
			*field = line[start:i]
		}
		i, more, f = nextMember(line, i)
	}
	return i, f
}

// checkedBytesMin is the length of the shortest value that is compared instead of checked.
const checkedBytesMin = 4 << 10

// skipField reads the value of a body's field at line[i]. What begins with a whole array or object has it as its
// value: so it is enough to compare with one that was found sound before.
func (d *Decoder) skipField(line []byte, i int) (int, fault) {
	if len(d.checked) > 0 && bytes.HasPrefix(line[i:], d.checked) {
		return i + len(d.checked), noFault
	}
	end, f := skipValue(line, i, 2)
	if d.Repeats && f == noFault && end-i >= checkedBytesMin && (line[i] == '[' || line[i] == '{') {
		d.checked = line[i:end]
	}
	return end, f
}

// part is the place for the value of a key of the envelope, nil for a key that means nothing here.
func (e *envelope) part(key []byte) *[]byte {
	switch string(key) {
	case "src":
		return &e.src
	case "dest":
		return &e.dest
	case "body":
		return &e.body
	}
	if plainKey, escaped := unescapeKey(key); escaped {
		return e.part(plainKey)
	}
	return nil
}

// reserved is the place for the value of a reserved key of the body, nil for every other key.
func (e *envelope) reserved(key []byte) *[]byte {
	switch string(key) {
	case "type":
		return &e.typ
	case "msg_id":
		return &e.msgID
	case "in_reply_to":
		return &e.inReplyTo
	}
	if plainKey, escaped := unescapeKey(key); escaped {
		return e.reserved(plainKey)
	}
	return nil
}

// isReserved tells whether a key of a body, as it stands between its quotes, is one that the header writes.
func isReserved(key []byte) bool {
	var e envelope
	return e.reserved(key) != nil
}

// unescapeKey resolves the escapes of a key; escaped is false, and nothing is built, where it has none.
func unescapeKey(key []byte) (plainKey []byte, escaped bool) {
	if bytes.IndexByte(key, '\\') < 0 {
		return nil, false
	}
	text, whole := appendUnescaped(nil, key)
	// A key with half a surrogate pair is none of ours; so is one whose meaning still has a backslash, which
	// must not be resolved a second time.
	if !whole || bytes.IndexByte(text, '\\') >= 0 {
		return nil, false
	}
	return text, true
}

// message turns the parts into a Message; the error is the first fault in the order of the protocol's page.
func (d *Decoder) message(e *envelope) (Message, error) {
	var m Message
	var faults [6]*FieldError
	m.Src, faults[0] = d.name("src", e.src, &d.src)
	m.Dest, faults[1] = d.name("dest", e.dest, &d.dest)
	if e.body == nil || e.body[0] != '{' {
		faults[2] = fieldError("body", e.body, "an object")
	} else {
		m.Body = e.body
	}
	m.Type, faults[3] = d.name("type", e.typ, &d.typ)
	m.MsgID, m.HasMsgID, faults[4] = integerField("msg_id", e.msgID)
	m.InReplyTo, m.HasInReplyTo, faults[5] = integerField("in_reply_to", e.inReplyTo)
	for _, f := range faults {
		if f != nil {
			return m, f
		}
	}
	return m, nil
}

// name reads an id or a type: a string.
func (d *Decoder) name(field string, value []byte, last *string) (string, *FieldError) {
	if len(value) < 2 || value[0] != '"' {
		return "", fieldError(field, value, "a string")
	}
	spelling := value[1 : len(value)-1]
	if string(spelling) == *last {
		return *last, nil
	}
	name, known := d.names[string(spelling)]
	if !known {
		text, whole := appendUnescaped(nil, spelling)
		if !whole {
			return "", fieldError(field, value, wholeString)
		}
		name = string(text)
		d.learn(string(spelling), name)
	}
	if name == string(spelling) {
		*last = name
	}
	return name, nil
}

// learn remembers a name under its spelling. A full table is emptied: the names in use come back at once.
func (d *Decoder) learn(spelling, name string) {
	if len(spelling) > MaxNameBytes {
		return
	}
	if d.names == nil || len(d.names) >= MaxNames {
		d.names = make(map[string]string)
	}
	d.names[spelling] = name
}

// integerField reads msg_id or in_reply_to. null is no id, as for Maelstrom.
func integerField(field string, value []byte) (n int64, present bool, _ *FieldError) {
	if value == nil || string(value) == "null" {
		return 0, false, nil
	}
	n, ok := parseInteger(value)
	if !ok {
		return 0, false, fieldError(field, value, "an integer that fits 64 bits, written without a fraction or an exponent")
	}
	return n, true, nil
}

// parseInteger reads a JSON number that is an integer within int64.
func parseInteger(value []byte) (int64, bool) {
	digits, negative := value, false
	if len(digits) > 0 && digits[0] == '-' {
		digits, negative = digits[1:], true
	}
	if len(digits) == 0 {
		return 0, false
	}
	if len(digits) > 18 {
		n, err := strconv.ParseInt(string(value), 10, 64)
		return n, err == nil
	}
	var n int64
	for _, c := range digits {
		if !isDigit(c) {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

func fieldError(field string, value []byte, expected string) *FieldError {
	e := &FieldError{Field: field, Expected: expected}
	if len(value) > 0 {
		e.Found = describeValue(value)
	}
	return e
}
