package report

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"eddy/testbench/checker"
)

// Reasons says in words what made the verdict: for a valid run what was found
// good, else everything that was found wanting, the gravest first.
func Reasons(r checker.Results) string {
	if r.Valid == checker.Valid {
		if r.Workload == nil {
			return "nothing was found wrong"
		}
		return r.Workload.Praise()
	}
	var all []string
	add := func(reason string) {
		if reason != "" {
			all = append(all, reason)
		}
	}
	if r.Workload != nil && r.Workload.Verdict() != checker.Valid {
		add(r.Workload.Reason())
	}
	add(r.Unjudged)
	for _, f := range slices.Sorted(maps.Keys(r.Stats.ByF)) {
		counts := r.Stats.ByF[f]
		if r.Stats.Valid == checker.Invalid && counts.Valid == checker.Invalid && !slices.Contains(r.MayFail, f) {
			add(fmt.Sprintf("not one %s succeeded, of %s", f, Grouped(counts.Count)))
		}
	}
	if r.Availability.Valid == checker.Invalid {
		add(fmt.Sprintf("only %s of the operations succeeded, fewer than asked for", Percent(r.Availability.OKFraction)))
	}
	if n := len(r.Problems); n > 0 {
		add(Plural(n, "violation of the protocol", "violations of the protocol"))
	}
	if len(all) == 0 {
		add("the results say no more")
	}
	if onlyStatistics(r) {
		return "only the statistics rule fails: " + strings.Join(all, "; ") + "; the data itself is right: " + r.Workload.Praise()
	}
	return strings.Join(all, "; ")
}

// onlyStatistics tells whether nothing is wrong but that of some kind of operation not one succeeded.
func onlyStatistics(r checker.Results) bool {
	return r.Workload != nil && r.Workload.Verdict() == checker.Valid && r.Stats.Valid == checker.Invalid &&
		r.Unjudged == "" && r.Availability.Valid != checker.Invalid && len(r.Problems) == 0 && r.Stats.OKCount > 0
}

// Plural counts things: "1 key", "2,000 keys".
func Plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Grouped(n) + " " + many
}

// Grouped writes a whole number with commas between thousands.
func Grouped(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// figure writes a measured number with as many digits as mean something.
func figure(x float64) string {
	switch {
	case x == float64(int64(x)):
		return Grouped(int(x))
	case x >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// Percent never rounds up to a hundred: one failure in a million is a failure.
func Percent(fraction float32) string {
	p := math.Round(float64(fraction)*10_000) / 100
	if fraction < 1 {
		p = min(p, 99.99)
	}
	return strconv.FormatFloat(p, 'f', -1, 64) + " %"
}

// clipRunesMax is how much of a value is shown.
const clipRunesMax = 60

// Clip shortens a value and keeps what would move the terminal's cursor out of
// it.
func Clip(text string) string { return ClipRunes(text, clipRunesMax) }

// ClipRunes is [Clip] with a bound of its own.
func ClipRunes(text string, runesMax int) string {
	text = strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 {
			return '?'
		}
		return r
	}, text)
	if utf8.RuneCountInString(text) <= runesMax {
		return text
	}
	return string([]rune(text)[:runesMax]) + "..."
}
