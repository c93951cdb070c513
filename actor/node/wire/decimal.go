package wire

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
)

// MaxExponentDigits is how many digits the exponent of a number may have for Canonical: far more than any float
// has use for, and few enough for sums of exponents and lengths to be exact.
const MaxExponentDigits = 15

// exponentLimit is the first exponent with one digit more.
const exponentLimit = 1_000_000_000_000_000

// ErrExponent is what Canonical returns for a number whose exponent, as it stands or once the number is
// normalised, has more than MaxExponentDigits digits.
var ErrExponent = errors.New("a number has an exponent of more than " + strconv.Itoa(MaxExponentDigits) + " digits")

// appendCanonicalNumber appends an integer as it is, and a number with a fraction or an exponent as the
// integer of its significant digits and a power of ten: 100.0 and 1e2 are 1e2, 1.50 is 15e-1, 0.0 is 0e0.
func appendCanonicalNumber(dst, number []byte) ([]byte, error) {
	mantissa, exponentText, hasExponent := cutExponent(number)
	whole, fraction, hasFraction := bytes.Cut(mantissa, []byte{'.'})
	if !hasExponent && !hasFraction {
		if string(number) == "-0" {
			number = number[1:]
		}
		return append(dst, number...), nil
	}
	exponent, ok := parseExponent(exponentText)
	if !ok {
		return dst, exponentError(number, len(mantissa))
	}
	negative := whole[0] == '-'
	if negative {
		whole = whole[1:]
	}
	// The significant digits are whole and fraction side by side. Trailing zeros move into the exponent,
	// leading zeros mean nothing.
	fraction, zeros := trimZeros(fraction, &exponent, -int64(len(fraction)))
	if zeros {
		whole, _ = trimZeros(whole, &exponent, 0)
	}
	if whole = bytes.TrimLeft(whole, "0"); len(whole) == 0 {
		fraction = bytes.TrimLeft(fraction, "0")
	}
	if len(whole)+len(fraction) == 0 {
		return append(dst, "0e0"...), nil
	}
	if exponent <= -exponentLimit || exponent >= exponentLimit {
		return dst, exponentError(number, len(mantissa))
	}
	if negative {
		dst = append(dst, '-')
	}
	dst = append(dst, whole...)
	dst = append(dst, fraction...)
	dst = append(dst, 'e')
	return strconv.AppendInt(dst, exponent, 10), nil
}

// cutExponent splits a number at its e or E.
func cutExponent(number []byte) (mantissa, exponent []byte, found bool) {
	if at := bytes.IndexAny(number, "eE"); at >= 0 {
		return number[:at], number[at+1:], true
	}
	return number, nil, false
}

// parseExponent reads an exponent's sign and digits; none is 0. It fails for one with too many digits.
func parseExponent(text []byte) (int64, bool) {
	negative := len(text) > 0 && text[0] == '-'
	digits := bytes.TrimLeft(bytes.TrimLeft(text, "+-"), "0")
	if len(digits) > MaxExponentDigits {
		return 0, false
	}
	var n int64
	for _, c := range digits {
		n = n*10 + int64(c-'0')
	}
	if negative {
		n = -n
	}
	return n, true
}

// trimZeros cuts the trailing zeros of digits and adds their number and the shift to the exponent. all tells
// that nothing is left.
func trimZeros(digits []byte, exponent *int64, shift int64) (kept []byte, all bool) {
	kept = bytes.TrimRight(digits, "0")
	*exponent += shift + int64(len(digits)-len(kept))
	return kept, len(kept) == 0
}

func exponentError(number []byte, at int) error {
	return fmt.Errorf("%w near `%s`", ErrExponent, near(number, at))
}
