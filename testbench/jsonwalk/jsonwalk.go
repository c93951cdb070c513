// Package jsonwalk finds the parts of JSON that is already known to be valid
// (json.Valid has passed it, or this program wrote it), so that it need not be
// checked or decoded again: routing a message and reading a history of hundreds
// of megabytes cost a fraction of decoding them.
//
// Positions are indices of bytes. In text that is not valid JSON they mean
// nothing, but stay within it.
package jsonwalk

// SkipSpace gives the position of the first byte at or after i that is not
// white space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\t' || b[i] == '\n' || b[i] == '\r') {
		i++
	}
	return i
}

// SkipString gives the position after the string that opens at i.
func SkipString(b []byte, i int) int {
	for i++; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(b)
}

// SkipValue gives the position after the value that starts at i.
func SkipValue(b []byte, i int) int {
	if i >= len(b) {
		return i
	}
	switch b[i] {
	case '"':
		return SkipString(b, i)
	case '[', '{':
		depth := 0
		for i < len(b) {
			switch b[i] {
			case '"':
				i = SkipString(b, i)
				continue
			case '[', '{':
				depth++
			case ']', '}':
				depth--
				if depth == 0 {
					return i + 1
				}
			}
			i++
		}
		return i
	}
	for i < len(b) {
		switch b[i] {
		case ' ', '\t', '\n', '\r', ',', ']', '}', ':':
			return i
		}
		i++
	}
	return i
}

// Parts steps through the fields of an object or the items of a list:
//
//	for p := jsonwalk.In(text); p.Next(); {
//		use(p.Name, p.Value)
//	}
type Parts struct {
	Name  []byte // of a field, as it stands between its quotes
	Value []byte
	text  []byte
	at    int
	named bool
}

// In gives the parts of a value; a scalar has none. Of a text that is cut off it gives those that are whole, and the
// beginning of a list or an object at the end.
func In(text []byte) Parts {
	i := SkipSpace(text, 0)
	if i == len(text) || text[i] != '{' && text[i] != '[' {
		return Parts{}
	}
	return Parts{text: text, at: i + 1, named: text[i] == '{'}
}

// Next goes to the next part, and reports whether there is one.
func (p *Parts) Next() bool {
	i := SkipSpace(p.text, p.at)
	if p.named {
		if i >= len(p.text) || p.text[i] != '"' {
			return false
		}
		end := SkipString(p.text, i)
		p.Name = p.text[i+1 : max(end-1, i+1)]
		i = SkipSpace(p.text, min(SkipSpace(p.text, end)+1, len(p.text))) // over the colon
	}
	end := SkipValue(p.text, i)
	if end <= i || end == len(p.text) && p.text[i] != '[' && p.text[i] != '{' {
		return false
	}
	p.Value = p.text[i:end]
	if p.at = SkipSpace(p.text, end); p.at < len(p.text) && p.text[p.at] == ',' {
		p.at++
	}
	return true
}
