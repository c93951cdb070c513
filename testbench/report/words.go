package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"eddy/testbench/checker"
)

// reasons says in words what made the verdict: for a valid run what was found
// good, else everything that was found wanting, the gravest first.
func reasons(r checker.Results) string {
	if r.Valid == checker.Valid {
		return praise(r.Workload)
	}
	var all []string
	add := func(reason string) {
		if reason != "" {
			all = append(all, reason)
		}
	}
	add(workloadReason(r.Workload))
	for _, f := range slices.Sorted(maps.Keys(r.Stats.ByF)) {
		if counts := r.Stats.ByF[f]; r.Stats.Valid == checker.Invalid && counts.Valid == checker.Invalid {
			add(fmt.Sprintf("not one %s succeeded, of %s", f, grouped(counts.Count)))
		}
	}
	if r.Availability.Valid == checker.Invalid {
		add(fmt.Sprintf("only %s of the operations succeeded, fewer than asked for", percent(r.Availability.OKFraction)))
	}
	if n := len(r.Problems); n > 0 {
		add(plural(n, "violation of the protocol", "violations of the protocol"))
	}
	if len(all) == 0 {
		add("the results say no more")
	}
	return strings.Join(all, "; ")
}

func praise(w checker.Workload) string {
	switch w := w.(type) {
	case *checker.SetFull:
		text := fmt.Sprintf("%s added, none lost", plural(w.AttemptCount, "value", "values"))
		if w.ForgottenCount > 0 {
			text += fmt.Sprintf(", %s forgotten with killed nodes", grouped(w.ForgottenCount))
		}
		return text
	case *checker.UniqueIDs:
		return fmt.Sprintf("%s given out, no two alike", plural(w.AcknowledgedCount, "id", "ids"))
	case *checker.Echo:
		return "every answer held what was sent"
	case *checker.Counter:
		return fmt.Sprintf("%s read at the end, each a sum of what was added: %s", plural(len(w.FinalReads), "value", "values"), w.Expected())
	case *checker.Kafka:
		return kafkaPraise(w)
	case *checker.Transactions:
		return transactionsPraise(w)
	case *checker.LinKV:
		return fmt.Sprintf("linearizable, %s", plural(len(w.Results), "key", "keys"))
	}
	return "nothing was found wrong"
}

// workloadReason says what the workload's checker found wanting, if anything.
func workloadReason(w checker.Workload) string {
	if w == nil || w.Verdict() == checker.Valid {
		return ""
	}
	switch w := w.(type) {
	case *checker.SetFull:
		return setReason(w)
	case *checker.UniqueIDs:
		if w.DuplicatedCount > 0 {
			return plural(w.DuplicatedCount, "id", "ids") + " given out more than once"
		}
	case *checker.Kafka:
		return kafkaReason(w)
	case *checker.LinKV:
		return linKVReason(w)
	case *checker.Transactions:
		return transactionsReason(w)
	case *checker.Echo:
		if len(w.Errors) > 0 {
			return plural(len(w.Errors), "answer", "answers") + " held something else than what was sent"
		}
	case *checker.Counter:
		if len(w.Errors) > 0 {
			return fmt.Sprintf("%d of %s wrong: expected %s", len(w.Errors), plural(len(w.FinalReads), "final read", "final reads"), w.Expected())
		}
		if len(w.FinalReads) == 0 && len(w.Error) == 0 {
			return "no final read succeeded, so there is nothing to judge"
		}
	}
	return "the workload's checker says " + w.Verdict().String()
}

func setReason(s *checker.SetFull) string {
	switch {
	case s.LostCount > 0:
		return fmt.Sprintf("%s lost, of %s added", plural(s.LostCount, "value", "values"), grouped(s.AttemptCount))
	case len(s.Error) > 0:
		return "the workload's checker failed, so there is no judgement"
	case s.Valid == checker.Unknown && s.AttemptCount == 0:
		return "no value was added, so there is nothing to judge"
	case s.Valid == checker.Unknown:
		return fmt.Sprintf("of %s added, none was seen by a read that would prove it kept, so there is nothing to judge",
			plural(s.AttemptCount, "value", "values"))
	}
	return "the workload's checker says " + s.Valid.String()
}

// repeatedWarning tells of values that one read showed more than once.
func repeatedWarning(w checker.Workload) string {
	set, ok := w.(*checker.SetFull)
	if !ok || len(set.Repeated) == 0 {
		return ""
	}
	const examplesMax = 3
	var examples []string
	for _, each := range set.Repeated[:min(examplesMax, len(set.Repeated))] {
		examples = append(examples, fmt.Sprintf("%s %d times", clip(string(each.Value)), each.Times))
	}
	if len(set.Repeated) > examplesMax {
		examples = append(examples, "...")
	}
	return fmt.Sprintf("%s shown more than once by one read (%s). Maelstrom's verdict does not mind; a set should.",
		wasWere(len(set.Repeated), "value", "values"), strings.Join(examples, ", "))
}

// examples shows the first few of a list of values.
func examples(values []json.RawMessage) string {
	const examplesMax = 5
	var all []string
	for _, v := range values[:min(examplesMax, len(values))] {
		all = append(all, clip(string(v)))
	}
	if len(values) > examplesMax {
		all = append(all, "...")
	}
	return strings.Join(all, ", ")
}

func wasWere(n int, one, many string) string {
	if n == 1 {
		return plural(n, one, many) + " was"
	}
	return plural(n, one, many) + " were"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a whole number with commas between thousands.
func grouped(n int) string {
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
		return grouped(int(x))
	case x >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case x >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 2, 64)
}

// percent never rounds up to a hundred: one failure in a million is a failure.
func percent(fraction float32) string {
	p := math.Round(float64(fraction)*10_000) / 100
	if fraction < 1 {
		p = min(p, 99.99)
	}
	return strconv.FormatFloat(p, 'f', -1, 64) + " %"
}

// clipRunesMax is how much of a value is shown.
const clipRunesMax = 60

// clip shortens a value and keeps what would move the terminal's cursor out of
// it.
func clip(text string) string { return clipRunes(text, clipRunesMax) }

// clipRunes is clip with a bound of its own.
func clipRunes(text string, runesMax int) string {
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
