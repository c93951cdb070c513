package history

import (
	"math/big"
	"strconv"
	"strings"
)

// decimal is the exact value of a JSON number: 0.digits × 10^exponent. The
// exponent is a big.Int because a peer may write 1e99999999999999999999, and
// neither rounding nor expanding it is an answer.
type decimal struct {
	negative bool
	digits   string // without leading or trailing zeros; empty is zero
	exponent *big.Int
}

// parseDecimal reads a valid JSON number.
func parseDecimal(text string) decimal {
	var d decimal
	text, d.negative = strings.CutPrefix(text, "-")
	exponent := new(big.Int)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		exponent.SetString(strings.TrimPrefix(text[i+1:], "+"), 10)
		text = text[:i]
	}
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction
	exponent.Add(exponent, big.NewInt(int64(len(whole))))
	trimmed := strings.TrimLeft(digits, "0")
	exponent.Sub(exponent, big.NewInt(int64(len(digits)-len(trimmed))))
	d.digits = strings.TrimRight(trimmed, "0")
	d.exponent = exponent
	if d.digits == "" {
		return decimal{exponent: new(big.Int)} // one zero: -0.0 = 0.0
	}
	return d
}

// Numbers within these powers of ten are written out; beyond, with an exponent.
const (
	plainExponentMin = -6
	plainExponentMax = 21
)

// String gives the one text of a number that is not an integer: always with a
// point, so that 100.0 never looks like 100.
func (d decimal) String() string {
	if d.digits == "" {
		return "0.0"
	}
	sign := ""
	if d.negative {
		sign = "-"
	}
	if !d.exponent.IsInt64() || d.exponent.Int64() < plainExponentMin || d.exponent.Int64() > plainExponentMax {
		fraction := d.digits[1:]
		if fraction == "" {
			fraction = "0"
		}
		power := new(big.Int).Sub(d.exponent, big.NewInt(1))
		return sign + d.digits[:1] + "." + fraction + "e" + power.String()
	}
	point := int(d.exponent.Int64())
	switch {
	case point <= 0:
		return sign + "0." + strings.Repeat("0", -point) + d.digits
	case point >= len(d.digits):
		return sign + d.digits + strings.Repeat("0", point-len(d.digits)) + ".0"
	}
	return sign + d.digits[:point] + "." + d.digits[point:]
}

// compare orders by exact value.
func (d decimal) compare(e decimal) int {
	if s, t := d.sign(), e.sign(); s != t || s == 0 {
		return s - t
	}
	order := d.exponent.Cmp(e.exponent)
	if order == 0 {
		// Both are 0.digits: the text order of the digits is their order.
		order = strings.Compare(d.digits, e.digits)
	}
	if d.negative {
		return -order
	}
	return order
}

func (d decimal) sign() int {
	switch {
	case d.digits == "":
		return 0
	case d.negative:
		return -1
	}
	return 1
}

// isInteger tells integers, which have neither point nor exponent, from the
// other numbers. As in Clojure, 1 is one and 1.0 is not.
func isInteger(number string) bool {
	return !strings.ContainsAny(number, ".eE")
}

// smallInteger reads an integer of at most 18 digits, the fast path of
// everything that compares numbers.
func smallInteger(text string) (n int64, ok bool) {
	if len(text) > 18 || !isInteger(text) {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}
