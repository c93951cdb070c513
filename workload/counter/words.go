package counter

import (
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise counts the final reads.
func (c *Results) Praise() string {
	return fmt.Sprintf("%s read at the end, each a sum of what was added: %s", report.Plural(len(c.FinalReads), "value", "values"), c.Expected())
}

// Reason counts the wrong final reads.
func (c *Results) Reason() string {
	switch {
	case len(c.Errors) > 0:
		return fmt.Sprintf("%d of %s wrong: expected %s", len(c.Errors), report.Plural(len(c.FinalReads), "final read", "final reads"), c.Expected())
	case len(c.FinalReads) == 0 && len(c.Error) == 0:
		return "no final read succeeded, so there is nothing to judge"
	}
	return checker.ReasonUnknown(c.Valid)
}

// Failure leaves the figures out.
func (c *Results) Failure() string { return "not what the workload promises" }

// Title does not count: the wrong reads come with what was added.
func (c *Results) Title() (string, int) { return "Wrong sums, and what was added", 0 }

// Tell shows wrong reads, and what they are wrong against.
func (c *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		p.Paragraph("", "", story(who, w), "    ")
	}
}

func story(who report.Placer, w checker.Witness) string {
	value := report.Clip(string(w.Value))
	switch w.Kind {
	case checker.WrongSum:
		return fmt.Sprintf("%s read by %s: %s", value, who.Place(w.Known), w.Note)
	case checker.AddsOf:
		return fmt.Sprintf("%s is the sum of %s acknowledged to %s and on to %s", value, report.Plural(w.Count, "add", "adds"),
			who.Place(&w.Events[0]), who.Moment(&w.Events[1]))
	}
	return fmt.Sprintf("%s may have been added or not, by %s", value, who.Place(w.Known))
}
