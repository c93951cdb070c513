package echo

import (
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise has nothing to count.
func (e *Results) Praise() string { return "every answer held what was sent" }

// Reason counts the wrong answers.
func (e *Results) Reason() string {
	if len(e.Errors) > 0 {
		return report.Plural(len(e.Errors), "answer", "answers") + " held something else than what was sent"
	}
	return checker.ReasonUnknown(e.Valid)
}

// Failure has one word for it.
func (e *Results) Failure() string { return "answers that hold something else than what was sent" }

// Title counts the wrong answers.
func (e *Results) Title() (string, int) { return "Wrong answers", len(e.Errors) }

// Tell shows what was sent and what came back.
func (e *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		p.Paragraph("", "", fmt.Sprintf("%s: sent by %s, answered with %s",
			report.Clip(string(w.Value)), who.Place(w.Invoked), report.Clip(string(w.Got))), "    ")
	}
}
