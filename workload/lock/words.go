package lock

import (
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Praise counts the grants.
func (r *Results) Praise() string {
	return "locks acquired " + report.Plural(r.GrantCount, "time", "times") + ", one holder at a time"
}

// Reason counts the anomalies.
func (r *Results) Reason() string {
	var parts []string
	for _, a := range []struct {
		count     int
		one, many string
	}{
		{r.OverlapCount, "lock was given out while its lease ran", "locks were given out while their leases ran"},
		{r.RepeatCount, "token was given out twice", "tokens were given out twice"},
		{r.OrderCount, "token is below an earlier one", "tokens are below earlier ones"},
		{r.StaleCount, "token that was replaced was accepted", "tokens that were replaced were accepted"},
		{len(r.Stuck), "lock could not be acquired after recovery", "locks could not be acquired after recovery"},
	} {
		if a.count > 0 {
			parts = append(parts, report.Plural(a.count, a.one, a.many))
		}
	}
	if len(parts) == 0 {
		return checker.ReasonUnknown(r.Valid)
	}
	return strings.Join(parts, "; ")
}

// Failure names the worst anomaly.
func (r *Results) Failure() string {
	switch {
	case r.OverlapCount > 0:
		return "a lock with two holders"
	case r.RepeatCount+r.OrderCount > 0:
		return "tokens that do not grow"
	case r.StaleCount > 0:
		return "a token accepted after it was replaced"
	}
	return "a lock that nobody can acquire"
}

// Title counts the anomalies.
func (r *Results) Title() (string, int) {
	return "Broken locks", r.OverlapCount + r.RepeatCount + r.OrderCount + r.StaleCount + len(r.Stuck)
}

// Figures counts what clients were answered.
func (r *Results) Figures(p *report.Page) {
	p.Row("locks", fmt.Sprintf("acquired %s, found held %s, renewed %s, released %s",
		report.Plural(r.GrantCount, "time", "times"), report.Plural(r.HeldCount, "time", "times"),
		report.Plural(r.RenewCount, "time", "times"), report.Plural(r.ReleaseCount, "time", "times")))
}

// Tell tells each anomaly with the operations that prove it.
func (r *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		var at []string
		for i := range w.Events {
			at = append(at, who.Place(&w.Events[i]))
		}
		p.Paragraph("", "", w.Note+": "+strings.Join(at, ", then "), "    ")
	}
}
