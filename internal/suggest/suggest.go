// Package suggest finds what was probably meant by a name that is unknown.
package suggest

import (
	"fmt"
	"slices"
	"strings"
)

// Among ends a sentence about a name that is unknown: with the one that was probably
// meant, where one is near, and with those there are.
func Among(name string, known []string) string {
	if near := Nearest(name, known); near != "" {
		return fmt.Sprintf("; did you mean %s? There are %s", near, strings.Join(known, ", "))
	}
	return "; choose one of " + strings.Join(known, ", ")
}

// Nearest is the known name that takes the fewest edits to become, if they are few for its length; empty where none
// is near.
func Nearest(name string, known []string) string {
	best, distance := "", 0
	for _, k := range known {
		if d := edits(name, k); d <= (len(k)+2)/3 && (best == "" || d < distance) {
			best, distance = k, d
		}
	}
	return best
}

// edits is the least number of insertions, deletions, replacements and swaps of
// neighbours that make b of a (the optimal string alignment distance).
func edits(a, b string) int {
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}

// OneOf refuses a flag's value that is none of those allowed; an allowed value that is empty stands for the default, and is
// not offered.
func OneOf(flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return fmt.Errorf("%s %s: there is no such%s", flag, value, Among(value, slices.DeleteFunc(slices.Clone(allowed), func(a string) bool { return a == "" })))
}
