package txn

import (
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise says what was looked for.
func (t *Results) Praise() string {
	text := "no anomaly that the consistency models forbid"
	if t.ConvergedKeys != nil && t.DivergedCount+t.Unreadable == 0 {
		text += fmt.Sprintf(", and after recovery all nodes show %s alike", report.Plural(*t.ConvergedKeys, "key", "keys"))
	}
	return text
}

// Reason names the anomalies, the models they rule out, and what
// nodes did not agree on.
func (t *Results) Reason() string {
	var all []string
	if unknown := []string{"empty-transaction-graph"}; slices.Equal(t.AnomalyTypes, unknown) {
		all = append(all, "no transaction had to do with any other, so there is nothing to judge")
	} else if len(t.AnomalyTypes) > 0 {
		text := strings.Join(t.AnomalyTypes, ", ")
		if len(t.Not) > 0 {
			text += ": not " + strings.Join(t.Not, ", not ")
		}
		all = append(all, text)
	}
	if len(t.beyond) == 0 && t.DivergedCount+t.Unreadable > 0 {
		all = append(all, t.apart())
	}
	if len(all) == 0 {
		return checker.ReasonUnknown(t.Valid)
	}
	return strings.Join(all, "; ")
}

// apart says what nodes did not agree on, or did not show, after recovery.
func (t *Results) apart() string {
	if t.DivergedCount > 0 {
		return fmt.Sprintf("nodes differ in %s after recovery: they have not told each other of all writes", report.Plural(t.DivergedCount, "key", "keys"))
	}
	return fmt.Sprintf("%s after recovery failed", report.Plural(t.Unreadable, "read", "reads"))
}

// Stricter is what Maelstrom's checker does not look for.
func (t *Results) Stricter() []string { return t.beyond }

// mopsRunesMax is how much of a transaction is shown.
const mopsRunesMax = 240

// Failure names the anomalies.
func (t *Results) Failure() string {
	if len(t.AnomalyTypes) == 0 {
		return "nodes differ after recovery"
	}
	return strings.Join(t.AnomalyTypes, ", ")
}

// Title does not count: there is one of each kind.
func (t *Results) Title() (string, int) { return "Anomalies, the shortest of each kind", 0 }

// Tell tells each anomaly.
func (t *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		tell(p, who, w)
	}
}

// tell tells one anomaly: who took part, and why that cannot be.
func tell(p *report.Page, teller report.Placer, w checker.Witness) {
	switch w.Kind {
	case checker.Diverged:
		var shown []string
		for _, e := range w.Events {
			shown = append(shown, fmt.Sprintf("%s on %s", report.Clip(e.Did), where(teller, &e)))
		}
		p.Paragraph(p.Bad("diverged")+": ", "diverged: ", fmt.Sprintf("key %s after recovery is %s", report.Clip(string(w.Value)), strings.Join(shown, ", ")), "    ")
		return
	case checker.Unreadable:
		p.Paragraph(p.Bad("unreadable")+": ", "unreadable: ", fmt.Sprintf("%s after recovery failed, the last to %s with %s",
			report.Plural(w.Count, "read", "reads"), teller.Place(w.Known), report.Clip(string(w.Got))), "    ")
		return
	}
	p.Line("    " + p.Bad(w.Kind))
	var table [][]string
	for i, e := range w.Events {
		table = append(table, []string{fmt.Sprintf("T%d", i+1), fmt.Sprintf("[%d]", e.Index), teller.Who(&e),
			fmt.Sprintf("%s to %s", report.Seconds(e.Time), report.Seconds(e.Answered)), report.ClipRunes(e.Did, mopsRunesMax)})
	}
	for _, line := range report.Aligned(table) {
		p.Line("      " + line)
	}
	for _, because := range w.Because {
		p.Paragraph("", "", because, "      ")
	}
}

// where names the node of an operation, or its process where the node is not
// known.
func where(t report.Placer, e *checker.Event) string {
	return fmt.Sprintf("%s [%d]", t.Who(e), e.Index)
}

// Warnings names a value that was read and that nobody wrote, where the models do not forbid it.
func (t *Results) Warnings(report.Placer) []string {
	if t.unwritten == "" {
		return nil
	}
	return []string{t.unwritten + ". The models asked for do not forbid it; read-committed and those above it do."}
}
