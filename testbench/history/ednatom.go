package history

import (
	"bytes"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// The numbers of EDN, and of what Clojure prints beyond it: ratios, and the
// hexadecimal hash codes inside #object.
var (
	ednInteger = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)N?$`)
	ednFloat   = regexp.MustCompile(`^[+-]?(0|[1-9][0-9]*)(\.[0-9]*)?([eE][+-]?[0-9]+)?M?$`)
	ednRatio   = regexp.MustCompile(`^[+-]?[0-9]+/[0-9]+$`)
	ednHex     = regexp.MustCompile(`^[+-]?0[xX][0-9a-fA-F]+N?$`)
)

// appendAtom appends the JSON of a token without delimiters: nil, a boolean, a
// number, a keyword or a symbol.
func appendAtom(dst, token []byte) ([]byte, error) {
	if isPlainInteger(token) { // most of a history is these
		return append(dst, token...), nil
	}
	switch text := string(token); {
	case text == "nil":
		return append(dst, "null"...), nil
	case text == "true" || text == "false":
		return append(dst, token...), nil
	case token[0] == ':':
		if len(token) == 1 {
			return dst, fmt.Errorf("a colon stands alone: expected a keyword")
		}
		return appendString(dst, text[1:]), nil
	case startsNumber(token):
		return appendNumber(dst, text)
	case bytes.IndexByte([]byte("'`~@^"), token[0]) >= 0:
		return dst, fmt.Errorf("%s is code, not data: expected a value", excerpt(token))
	default:
		return appendString(dst, text), nil
	}
}

func startsNumber(token []byte) bool {
	c := token[0]
	if (c == '+' || c == '-') && len(token) > 1 {
		c = token[1]
	}
	return c >= '0' && c <= '9'
}

func appendNumber(dst []byte, text string) ([]byte, error) {
	unsigned := strings.TrimPrefix(text, "+")
	switch {
	case ednInteger.MatchString(text):
		return append(dst, canonicalNumber(strings.TrimSuffix(unsigned, "N"))...), nil
	case ednFloat.MatchString(text):
		return append(dst, jsonFloat(strings.TrimSuffix(unsigned, "M"))...), nil
	case ednRatio.MatchString(text):
		return appendString(dst, unsigned), nil
	case ednHex.MatchString(text):
		n, ok := new(big.Int).SetString(strings.TrimSuffix(text, "N"), 0)
		if ok {
			return n.Append(dst, 10), nil
		}
	}
	return dst, fmt.Errorf("%s is no number: expected one such as 1, 1N, 1.5, 1.5M or 1/2", excerpt([]byte(text)))
}

// jsonFloat writes a number with a point the way JSON wants it. The point stays
// even where nothing follows it, for it is what tells 1.0 from 1.
func jsonFloat(text string) string {
	mantissa, exponent := text, ""
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponent = text[:i], text[i:]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if fraction == "" {
		fraction = "0"
	}
	return whole + "." + fraction + exponent
}
