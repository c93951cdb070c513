package set

import (
	"encoding/json"
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise counts what was kept.
func (s *Results) Praise() string {
	text := fmt.Sprintf("%s added, none lost", report.Plural(s.AttemptCount, "value", "values"))
	if s.ForgottenCount > 0 {
		text += fmt.Sprintf(", %s forgotten with killed nodes", report.Grouped(s.ForgottenCount))
	}
	return text
}

// Reason counts what was lost, or says why there is nothing to judge.
func (s *Results) Reason() string {
	switch {
	case s.LostCount > 0:
		return fmt.Sprintf("%s lost, of %s added", report.Plural(s.LostCount, "value", "values"), report.Grouped(s.AttemptCount))
	case len(s.Error) > 0:
		return "the workload's checker failed, so there is no judgement"
	case s.Valid == checker.Unknown && s.AttemptCount == 0:
		return "no value was added, so there is nothing to judge"
	case s.Valid == checker.Unknown:
		return fmt.Sprintf("of %s added, none was seen by a read that would prove it kept, so there is nothing to judge",
			report.Plural(s.AttemptCount, "value", "values"))
	}
	return checker.ReasonUnknown(s.Valid)
}

// Failure has one word for it.
func (s *Results) Failure() string { return "values lost" }

// Settled gives the stable latencies.
func (s *Results) Settled() *checker.Quantiles { return s.StableLatencies }

// Excess gives the latencies beyond what partitions made inevitable.
func (s *Results) Excess() *checker.Quantiles { return s.ExcessLatencies }

// Title counts the lost values.
func (s *Results) Title() (string, int) { return "Lost values", s.LostCount }

// Concerned are the values that were lost.
func (s *Results) Concerned() []json.RawMessage { return s.Lost }

// Figures tells what became of the values.
func (s *Results) Figures(p *report.Page) {
	p.Row("values", fmt.Sprintf("%s added: %s stable, %s lost, %s never read",
		report.Grouped(s.AttemptCount), report.Grouped(s.StableCount), report.Grouped(s.LostCount), report.Grouped(s.NeverReadCount)))
	if s.ForgottenCount > 0 {
		p.Row("forgotten", fmt.Sprintf("%s with the nodes that had them, which were killed; allowed by --kills-forget: %s",
			report.Plural(s.ForgottenCount, "value", "values"), examples(s.Forgotten)))
	}
	p.Quantiles("stable latency", s.StableLatencies)
	p.Quantiles("excess latency", s.ExcessLatencies)
	p.Quantiles("lost latency", s.LostLatencies)
}

// Warnings tells of values that one read showed more than once, and of those that nobody added.
func (s *Results) Warnings(who report.Placer) []string {
	var all []string
	if s.Strange != nil {
		all = append(all, s.Strange.text(who))
	}
	if len(s.Repeated) > 0 {
		all = append(all, s.repeatedText())
	}
	return all
}

func (s *Results) repeatedText() string {
	const examplesMax = 3
	var examples []string
	for _, each := range s.Repeated[:min(examplesMax, len(s.Repeated))] {
		examples = append(examples, fmt.Sprintf("%s %d times", report.Clip(string(each.Value)), each.Times))
	}
	if len(s.Repeated) > examplesMax {
		examples = append(examples, "...")
	}
	return fmt.Sprintf("%s shown more than once by one read (%s). Maelstrom's verdict does not mind; a set should.",
		wasWere(len(s.Repeated), "value", "values"), strings.Join(examples, ", "))
}

// examples shows the first few of a list of values.
func examples(values []json.RawMessage) string {
	const examplesMax = 5
	var all []string
	for _, v := range values[:min(examplesMax, len(values))] {
		all = append(all, report.Clip(string(v)))
	}
	if len(values) > examplesMax {
		all = append(all, "...")
	}
	return strings.Join(all, ", ")
}

func wasWere(n int, one, many string) string {
	if n == 1 {
		return report.Plural(n, one, many) + " was"
	}
	return report.Plural(n, one, many) + " were"
}

// Tell writes a table of the lost values.
func (s *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	table := [][]string{{"value", "added", "acknowledged", "last seen by a read", "missing from a later read"}}
	for _, w := range witnesses {
		table = append(table, []string{report.Clip(string(w.Value)), who.Cell(w.Invoked), known(w.Known), who.Cell(w.LastSeen), who.Cell(w.LastMissed)})
	}
	for i, line := range report.Aligned(table) {
		if i == 0 {
			line = p.Faint(line)
		}
		p.Line("    " + line)
	}
}

// known tells when a value was acknowledged, or that a read saw it before that.
func known(e *checker.Event) string {
	switch {
	case e == nil:
		return "never"
	case e.F == "read":
		return report.Seconds(e.Time) + " by a read"
	}
	return report.Seconds(e.Time)
}
