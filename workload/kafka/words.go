package kafka

import (
	"fmt"
	"strings"

	"eddy/testbench/checker"
	"eddy/testbench/report"
)

// Figures tells how many messages came how far, and by how much polls were behind.
func (k *Results) Figures(p *report.Page) {
	if m := k.Messages; m != nil {
		p.Row("messages", fmt.Sprintf("%s acknowledged in %s: %s polled, %s never polled",
			report.Grouped(m.Acknowledged), report.Plural(m.Keys, "key", "keys"), report.Grouped(m.Polled), report.Grouped(m.Acknowledged-m.Polled)))
	}
	p.Quantiles("realtime lag", k.RealtimeLags)
	if lag := k.WorstRealtimeLag; lag.Process != nil && lag.LagS > 0 {
		text := fmt.Sprintf("%.3f s, of process %d at %.3f s on key %s", lag.LagS, *lag.Process, lag.TimeS, report.Clip(string(lag.Key)))
		if lag.Final {
			text += ", reading all again after recovery"
		}
		p.Row("worst lag", text)
	}
}

// Praise counts what was kept.
func (k *Results) Praise() string {
	if k.Messages == nil {
		return "no anomaly was found"
	}
	return fmt.Sprintf("%s acknowledged in %s, each polled, in order", report.Plural(k.Messages.Acknowledged, "message", "messages"), report.Plural(k.Messages.Keys, "key", "keys"))
}

// Reason counts the anomalies that make a run invalid.
func (k *Results) Reason() string {
	var all []string
	for _, kind := range k.BadErrorTypes {
		all = append(all, fmt.Sprintf("%s %s", report.Grouped(casesOf(k, kind)), kind))
	}
	switch {
	case len(k.Error) > 0:
		return "the workload's checker failed, so there is no judgement"
	case len(all) == 0:
		return checker.ReasonUnknown(k.Valid)
	}
	return strings.Join(all, ", ")
}

// casesOf counts how often an anomaly was found; of unseen it counts messages.
func casesOf(k *Results, kind string) int {
	if kind != "unseen" || k.Unseen == nil {
		return k.Anomalies[kind].Count
	}
	n := 0
	for _, count := range k.Unseen.Unseen {
		n += count
	}
	return n
}

// Failure names the anomalies.
func (k *Results) Failure() string { return strings.Join(k.BadErrorTypes, ", ") }

// Title counts every case of the anomalies that make a run invalid.
func (k *Results) Title() (string, int) {
	n := 0
	for _, kind := range k.BadErrorTypes {
		n += casesOf(k, kind)
	}
	return "Anomalies", n
}

// Tell tells each case: the claim, then the operations that prove it.
func (k *Results) Tell(p *report.Page, who report.Placer, witnesses []checker.Witness) {
	for _, w := range witnesses {
		tell(p, who, w)
	}
}

func tell(p *report.Page, who report.Placer, w checker.Witness) {
	p.Paragraph(p.Bad(w.Kind)+": ", w.Kind+": ", clipped(w.Note), "    ")
	var table [][]string
	for _, e := range w.Events {
		table = append(table, []string{"process " + fmt.Sprint(e.Process), moved(who, e), report.Seconds(e.Time), fmt.Sprintf("[%d]", e.Index), clipped(e.Did)})
	}
	for _, line := range report.Aligned(table) {
		p.Line("      " + line)
	}
}

// moved names the node of an operation, where that is known.
func moved(t report.Placer, e checker.Event) string {
	if t.NodeOf == nil {
		return ""
	}
	return "on " + t.NodeOf(e.Process)
}

// clipped shortens each word of a text that nodes and clients had a say in.
func clipped(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = report.Clip(word)
	}
	return strings.Join(words, " ")
}
