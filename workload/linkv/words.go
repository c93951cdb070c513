package linkv

import (
	"fmt"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Figures tells how many operations were answered, with a no or a yes.
func (l *Results) Figures(p *report.Page) {
	if l.AnsweredFraction != nil {
		p.Row("answered", report.Percent(*l.AnsweredFraction)+", with refusals for what a key holds")
	}
}

// Praise counts the keys.
func (l *Results) Praise() string {
	return fmt.Sprintf("linearizable, %s", report.Plural(len(l.Results), "key", "keys"))
}

// Warning says so where a history names no keys.
func (l *Results) Warning() string {
	if !l.single {
		return ""
	}
	return "The values are no pairs of a key and a value: all operations are taken for those of one register."
}

// Failure has one word for it.
func (l *Results) Failure() string { return "not linearizable" }

// Title counts the keys at fault.
func (l *Results) Title() (string, int) {
	return "Answers that no order of the operations explains", len(l.Failures)
}

// Tell proves each case.
func (l *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		impossible(p, who, w)
	}
}

// impossible writes the proof that a key is not linearizable: the last
// operations of an order that explains all before it, and the answer that fits
// into none.
func impossible(p *report.Page, t report.Placer, w checker.Witness) {
	p.Line("    " + report.Clip("key "+string(w.Value)))
	table := [][]string{{"operation", "invoked", "answered", "the key holds"}}
	for i, e := range w.Events {
		answered, then := "-", report.Clip(e.Then)
		if e.Answered > 0 {
			answered = report.Seconds(e.Answered)
		}
		if i == len(w.Events)-1 {
			then = "in no order what was answered"
		}
		table = append(table, []string{report.Clip(e.Did), t.Cell(&e), answered, then})
	}
	for i, line := range report.Aligned(table) {
		if i == 0 {
			line = p.Faint(line)
		}
		p.Line("      " + line)
	}
}

// Reason counts the keys that are not linearizable, or could not be judged.
func (l *Results) Reason() string {
	invalid := 0
	for _, r := range l.Results {
		if r.Valid == checker.Invalid {
			invalid++
		}
	}
	if invalid == 0 {
		return fmt.Sprintf("of %s, %s could not be judged: the search for an order was given up", report.Plural(len(l.Results), "key", "keys"), report.Grouped(len(l.Failures)))
	}
	return fmt.Sprintf("%s not linearizable, of %s", report.Plural(invalid, "key", "keys"), report.Grouped(len(l.Results)))
}
