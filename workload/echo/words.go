package echo

import (
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise has nothing to count.
func (e *Results) Praise() string { return "every answer held what was sent" }

// Reason counts the wrong answers.
func (e *Results) Reason() string {
	var parts []string
	if e.Refused > 0 {
		parts = append(parts, report.Plural(e.Refused, "request was", "requests were")+" answered with an error")
	}
	if wrong := len(e.Errors) - e.Refused; wrong > 0 {
		parts = append(parts, report.Plural(wrong, "answer", "answers")+" held something else than what was sent")
	}
	if len(parts) > 0 {
		return strings.Join(parts, "; ")
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
		got := report.Clip(string(w.Got))
		if w.Note != "" {
			got = report.Clip(w.Note)
		}
		p.Paragraph("", "", fmt.Sprintf("%s: sent by %s, answered with %s",
			report.Clip(string(w.Value)), who.Place(w.Invoked), got), "    ")
	}
}
