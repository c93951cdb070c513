package wire

import (
	"encoding/binary"
	"math/bits"
)

// Eight bytes at a time, as one little-endian word (SIMD within a register; the tests for a zero byte and for
// a byte below n are those of "Bit Twiddling Hacks", Sean Eron Anderson). A carry can mark bytes wrongly only
// above a byte marked rightly, so the lowest mark, which is the only one used, is always right.

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// specialBytes marks, by its top bit, each byte that does not stand for itself inside a string: controls,
// the quote, the backslash, and what is not ASCII.
func specialBytes(w uint64) uint64 {
	quote := w ^ lows*'"'
	backslash := w ^ lows*'\\'
	return ((w-lows*0x20)&^w | (quote-lows)&^quote | (backslash-lows)&^backslash | w) & highs
}

// notDigits marks, by its top bit, each byte that is no decimal digit.
func notDigits(w uint64) uint64 {
	t := w ^ lows*'0'
	return ((t + lows*(0x80-10)) | t) & highs
}

// skipIntegers steps over the plain integers of an array, each with the comma behind it, as batches of ids
// have them: one to seven digits, no sign, no leading zero, no white space. It stops in front of the first
// element that is anything else.
func skipIntegers(data []byte, i int) int {
	for i+8 <= len(data) {
		digits := bits.TrailingZeros64(notDigits(binary.LittleEndian.Uint64(data[i:]))) >> 3
		if digits == 0 || digits == 8 || data[i+digits] != ',' || data[i] == '0' && digits > 1 {
			return i
		}
		i += digits + 1
	}
	return i
}
