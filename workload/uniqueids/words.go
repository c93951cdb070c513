package uniqueids

import (
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise counts the ids.
func (u *Results) Praise() string {
	return fmt.Sprintf("%s given out, no two alike", report.Plural(u.AcknowledgedCount, "id", "ids"))
}

// Reason counts the duplicates.
func (u *Results) Reason() string {
	if u.DuplicatedCount > 0 {
		return report.Plural(u.DuplicatedCount, "id", "ids") + " given out more than once"
	}
	return checker.ReasonUnknown(u.Valid)
}

// Failure has one word for it.
func (u *Results) Failure() string { return "ids given out more than once" }

// Title counts the duplicates.
func (u *Results) Title() (string, int) { return "Ids given out more than once", u.DuplicatedCount }

// Figures counts the ids, and gives their range.
func (u *Results) Figures(p *report.Page) {
	p.Row("ids", fmt.Sprintf("%s asked for, %s given out, %s of them more than once",
		report.Grouped(u.AttemptedCount), report.Grouped(u.AcknowledgedCount), report.Grouped(u.DuplicatedCount)))
	p.Row("range", report.Clip(string(u.Range[0]))+" to "+report.Clip(string(u.Range[1])))
}

// Tell names everyone who was given a duplicate.
func (u *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		var all []string
		for _, e := range w.Events {
			all = append(all, who.Place(&e))
		}
		p.Paragraph("", "", fmt.Sprintf("%s: given to %s", report.Clip(string(w.Value)), strings.Join(all, ", ")), "    ")
	}
}
