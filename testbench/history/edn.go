package history

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"

	"eddy/testbench/jsonwalk"
)

// ednReader turns EDN, the notation of Clojure's data, into JSON, one form
// after another. It goes from text to text, without values in between, so that
// no number loses a digit and a history of Maelstrom's costs one pass.
//
// A general EDN decoder was tried and put aside: it refuses integers over 64
// bits without an N, ratios, ##Inf and the 0x… of #object, all of which Jepsen
// prints, and it reads characters as numbers.
//
// What JSON lacks becomes: keywords, symbols and characters, strings (without
// colon or backslash); lists, arrays; sets, arrays in the order of Compare;
// ratios, and numbers that are not finite, strings; BigDecimals, numbers with a
// point; tagged forms, the form. Keys that are not strings become their printed
// form: of keywords the name, of others the canonical JSON.
type ednReader struct {
	src   []byte
	pos   int
	depth int
}

// ednDepthMax bounds nesting; it is the bound of encoding/json too.
const ednDepthMax = 10_000

// next appends the JSON of the next form to dst. more is false at the end of
// the text.
func (r *ednReader) next(dst []byte) (out []byte, more bool, err error) {
	if err := r.skipBlank(); err != nil || r.pos == len(r.src) {
		return dst, false, err
	}
	out, err = r.form(dst)
	return out, err == nil, err
}

// line gives the number of the line that the reader is at, from 1.
func (r *ednReader) line() int {
	return 1 + bytes.Count(r.src[:min(r.pos, len(r.src))], []byte{'\n'})
}

// skipBlank passes over white space, commas, comments and discarded forms.
func (r *ednReader) skipBlank() error {
	for r.pos < len(r.src) {
		c := r.src[r.pos]
		switch {
		case isBlank(c):
			r.pos++
		case c == ';':
			if end := bytes.IndexByte(r.src[r.pos:], '\n'); end >= 0 {
				r.pos += end + 1
			} else {
				r.pos = len(r.src)
			}
		case c == '#' && r.peek(1) == '_':
			r.pos += 2
			if _, err := r.required(nil, "a form after #_"); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

// required reads the form that must follow here.
func (r *ednReader) required(dst []byte, what string) ([]byte, error) {
	if err := r.skipBlank(); err != nil {
		return dst, err
	}
	if r.pos == len(r.src) {
		return dst, fmt.Errorf("the text ends early: expected %s", what)
	}
	return r.form(dst)
}

// peek gives the byte ahead of the current one, or 0 past the end.
func (r *ednReader) peek(ahead int) byte {
	if r.pos+ahead < len(r.src) {
		return r.src[r.pos+ahead]
	}
	return 0
}

func (r *ednReader) form(dst []byte) ([]byte, error) {
	if r.depth++; r.depth > ednDepthMax {
		return dst, fmt.Errorf("forms are nested more than %d deep: expected fewer", ednDepthMax)
	}
	defer func() { r.depth-- }()
	switch c := r.src[r.pos]; c {
	case '"':
		return r.stringForm(dst)
	case '\\':
		return r.character(dst)
	case '(':
		return r.sequence(dst, ')')
	case '[':
		return r.sequence(dst, ']')
	case '{':
		return r.mapForm(dst, "")
	case '#':
		return r.dispatch(dst)
	case ')', ']', '}':
		return dst, fmt.Errorf("a %q closes nothing: expected a form", c)
	}
	return appendAtom(dst, r.token())
}

// token takes everything up to the next delimiter.
func (r *ednReader) token() []byte {
	start := r.pos
	for r.pos < len(r.src) && !isDelimiter(r.src[r.pos]) {
		r.pos++
	}
	return r.src[start:r.pos]
}

func isBlank(c byte) bool {
	return c == ' ' || c == ',' || c == '\n' || c == '\t' || c == '\r' || c == '\f'
}

func isDelimiter(c byte) bool {
	switch c {
	case '(', ')', '[', ']', '{', '}', '"', ';', '\\':
		return true
	}
	return isBlank(c)
}

// sequence reads a list or a vector.
func (r *ednReader) sequence(dst []byte, closing byte) ([]byte, error) {
	dst = append(dst, '[')
	opened := len(dst)
	return r.until(dst, ']', closing, func(dst []byte) ([]byte, error) {
		if len(dst) > opened {
			dst = append(dst, ',')
		}
		return r.form(dst)
	})
}

// until calls item for every form up to the closing delimiter, past which it
// leaves the reader, and appends the JSON delimiter end.
func (r *ednReader) until(dst []byte, end, closing byte, item func([]byte) ([]byte, error)) ([]byte, error) {
	r.pos++ // the opening delimiter
	for {
		if err := r.skipBlank(); err != nil {
			return dst, err
		}
		if r.pos == len(r.src) {
			return dst, fmt.Errorf("the text ends early: expected %q", closing)
		}
		if r.src[r.pos] == closing {
			r.pos++
			return append(dst, end), nil
		}
		var err error
		if dst, err = item(dst); err != nil {
			return dst, err
		}
	}
}

func (r *ednReader) set(dst []byte) ([]byte, error) {
	var members []string
	_, err := r.until(nil, ']', '}', func([]byte) ([]byte, error) {
		member, err := r.form(nil)
		members = append(members, Canonical(member))
		return nil, err
	})
	if err != nil {
		return dst, err
	}
	slices.SortFunc(members, Compare)
	dst = append(dst, '[')
	for i, member := range members {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, member...)
	}
	return append(dst, ']'), nil
}

// mapForm reads a map. namespace is that of #:namespace{…}, put before each
// keyword that has none.
func (r *ednReader) mapForm(dst []byte, namespace string) ([]byte, error) {
	dst = append(dst, '{')
	taken := map[string]bool{}
	return r.until(dst, '}', '}', func(dst []byte) ([]byte, error) {
		key, err := r.mapKey(namespace, taken)
		if err != nil {
			return dst, err
		}
		if len(taken) > 1 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, key)
		dst = append(dst, ':')
		return r.required(dst, "a value for the key "+key)
	})
}

// mapKey reads a key and gives its name in the object. Keys that differ in EDN
// only by kind, such as :a and "a", stay apart: the later one is printed in full.
func (r *ednReader) mapKey(namespace string, taken map[string]bool) (string, error) {
	start := r.pos
	raw, err := r.form(nil)
	if err != nil {
		return "", err
	}
	written := r.src[start:r.pos]
	name := string(raw)
	switch {
	case written[0] == ':' && namespace != "" && !bytes.ContainsRune(written, '/'):
		name = namespace + "/" + unquote(raw)
	case raw[0] == '"':
		name = unquote(raw)
	case raw[0] == '[' || raw[0] == '{':
		name = Canonical(raw)
	}
	if taken[name] {
		if name = string(written); taken[name] {
			return "", fmt.Errorf("the key %s appears twice in one map: expected it once", excerpt(written))
		}
	}
	taken[name] = true
	return name, nil
}

// dispatch reads what starts with #: a set, a tagged form, ##Inf, #"regex".
func (r *ednReader) dispatch(dst []byte) ([]byte, error) {
	r.pos++
	switch c := r.peek(0); {
	case c == '{':
		return r.set(dst)
	case c == '"':
		return r.regex(dst)
	case c == '#':
		r.pos++
		return appendString(dst, string(r.token())), nil
	case c == '\'':
		r.pos++
		return appendString(dst, string(r.token())), nil
	case c == 0 || isDelimiter(c):
		return dst, fmt.Errorf("a # stands alone: expected a tag, a set or ##Inf")
	}
	tag := string(r.token())
	if err := r.skipBlank(); err != nil {
		return dst, err
	}
	if tag[0] == ':' && r.peek(0) == '{' {
		return r.mapForm(dst, tag[1:])
	}
	return r.required(dst, "a form after the tag #"+tag)
}

// stringForm copies a string: EDN's escapes are JSON's, save for the octal one.
func (r *ednReader) stringForm(dst []byte) ([]byte, error) {
	start := r.pos
	dst = append(dst, '"')
	for r.pos++; r.pos < len(r.src); r.pos++ {
		switch c := r.src[r.pos]; {
		case c == '"':
			r.pos++
			return append(dst, '"'), nil
		case c == '\\':
			escaped := r.src[r.pos:min(r.pos+6, len(r.src))]
			size := escapeSize(escaped)
			if size == 0 {
				return dst, fmt.Errorf("a string holds %s: expected one of \\t \\r \\n \\b \\f \\\" \\\\ \\u0000", excerpt(escaped))
			}
			dst = append(dst, escaped[:size]...)
			r.pos += size - 1
		case c < 0x20:
			dst = appendASCII(dst, c)
		default:
			dst = append(dst, c)
		}
	}
	r.pos = start // the place worth naming is where the string opened
	return dst, fmt.Errorf("a string is never closed: expected a quote before the end of the text")
}

// escapeSize gives the length of the escape at the start of b, 0 if there is none.
func escapeSize(b []byte) int {
	if _, ok := hex4(b); ok {
		return 6
	}
	if len(b) >= 2 && bytes.IndexByte([]byte(`tnrbf"\/`), b[1]) >= 0 {
		return 2
	}
	return 0
}

// regex reads #"…", in which a backslash is only a backslash.
func (r *ednReader) regex(dst []byte) ([]byte, error) {
	start := r.pos
	end := jsonwalk.SkipString(r.src, start)
	if r.src[end-1] != '"' || end == start+1 {
		return dst, fmt.Errorf("a regular expression is never closed: expected a quote before the end of the text")
	}
	r.pos = end
	return appendString(dst, string(r.src[start+1:end-1])), nil
}

var namedCharacters = map[string]string{
	"newline": "\n", "space": " ", "tab": "\t", "return": "\r", "backspace": "\b", "formfeed": "\f",
}

// character reads \a, \newline or A.
func (r *ednReader) character(dst []byte) ([]byte, error) {
	r.pos++
	_, size := utf8.DecodeRune(r.src[r.pos:])
	start := r.pos
	r.pos = min(r.pos+max(size, 1), len(r.src))
	r.token()
	name := string(r.src[start:r.pos])
	if named, ok := namedCharacters[name]; ok {
		return appendString(dst, named), nil
	}
	if len(name) == 5 && name[0] == 'u' {
		if code, ok := hex4([]byte(`\` + name)); ok {
			return appendString(dst, string(appendCodePoint(nil, code))), nil
		}
	}
	if name == "" || utf8.RuneCountInString(name) > 1 {
		return dst, fmt.Errorf("\\%s is no character: expected one, or a name such as \\newline", name)
	}
	return appendString(dst, name), nil
}

// ednToJSON reads a text that holds exactly one form.
func ednToJSON(src []byte) (json.RawMessage, *ednReader, error) {
	r := &ednReader{src: src}
	form, more, err := r.next(nil)
	if err == nil && !more {
		err = fmt.Errorf("the text is empty: expected one form")
	}
	if err != nil {
		return nil, r, err
	}
	if err := r.skipBlank(); err != nil {
		return nil, r, err
	}
	if r.pos < len(src) {
		return nil, r, fmt.Errorf("%s follows the form: expected the end of the text", excerpt(src[r.pos:]))
	}
	return form, r, nil
}
