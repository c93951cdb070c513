package report

import (
	"fmt"
	"slices"
	"strings"

	"eddy/testbench/checker"
)

func transactionsPraise(t *checker.Transactions) string {
	text := "no anomaly that the consistency models forbid"
	if t.ConvergedKeys != nil {
		text += fmt.Sprintf(", and after recovery all nodes show %s alike", plural(*t.ConvergedKeys, "key", "keys"))
	}
	return text
}

// transactionsReason names the anomalies, the models they rule out, and what
// nodes did not agree on.
func transactionsReason(t *checker.Transactions) string {
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
	switch {
	case t.DivergedCount > 0:
		all = append(all, fmt.Sprintf("nodes differ in %s after recovery: they have not told each other of all writes", plural(t.DivergedCount, "key", "keys")))
	case t.Unreadable > 0:
		all = append(all, fmt.Sprintf("%s after recovery failed", plural(t.Unreadable, "read", "reads")))
	}
	if len(all) == 0 {
		return "the workload's checker says " + t.Valid.String()
	}
	return strings.Join(all, "; ")
}

// mopsRunesMax is how much of a transaction is shown.
const mopsRunesMax = 240

// transactions tells one anomaly: who took part, and why that cannot be.
func (p *page) transactions(teller placer, w checker.Witness) {
	switch w.Kind {
	case checker.Diverged:
		var shown []string
		for _, e := range w.Events {
			shown = append(shown, fmt.Sprintf("%s on %s", clip(e.Did), teller.where(&e)))
		}
		p.paragraph(p.bad("diverged")+": ", "diverged: ", fmt.Sprintf("key %s after recovery is %s", clip(string(w.Value)), strings.Join(shown, ", ")), "    ")
		return
	case checker.Unreadable:
		p.paragraph(p.bad("unreadable")+": ", "unreadable: ", fmt.Sprintf("%s after recovery failed, the last to %s with %s",
			plural(w.Count, "read", "reads"), teller.place(w.Known), clip(string(w.Got))), "    ")
		return
	}
	p.line("    " + p.bad(w.Kind))
	var table [][]string
	for i, e := range w.Events {
		table = append(table, []string{fmt.Sprintf("T%d", i+1), fmt.Sprintf("[%d]", e.Index), teller.who(&e),
			fmt.Sprintf("%s to %s", seconds(e.Time), seconds(e.Answered)), clipRunes(e.Did, mopsRunesMax)})
	}
	for _, line := range aligned(table) {
		p.line("      " + line)
	}
	for _, because := range w.Because {
		p.paragraph("", "", because, "      ")
	}
}

// where names the node of an operation, or its process where the node is not
// known.
func (t placer) where(e *checker.Event) string {
	return fmt.Sprintf("%s [%d]", t.who(e), e.Index)
}
