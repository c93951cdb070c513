package report

import (
	"fmt"
	"strings"

	"eddy/testbench/checker"
)

// kafka writes the figures of a run of logs.
func (p *page) kafka(k *checker.Kafka) {
	if m := k.Messages; m != nil {
		p.row("messages", fmt.Sprintf("%s acknowledged in %s: %s polled, %s never polled",
			grouped(m.Acknowledged), plural(m.Keys, "key", "keys"), grouped(m.Polled), grouped(m.Acknowledged-m.Polled)))
	}
	p.quantiles("realtime lag", k.RealtimeLags)
	if lag := k.WorstRealtimeLag; lag.Process != nil && lag.LagS > 0 {
		text := fmt.Sprintf("%.3f s, of process %d at %.3f s on key %s", lag.LagS, *lag.Process, lag.TimeS, clip(string(lag.Key)))
		if lag.Final {
			text += ", reading all again after recovery"
		}
		p.row("worst lag", text)
	}
}

func kafkaPraise(k *checker.Kafka) string {
	if k.Messages == nil {
		return "no anomaly was found"
	}
	return fmt.Sprintf("%s acknowledged in %s, each polled, in order", plural(k.Messages.Acknowledged, "message", "messages"), plural(k.Messages.Keys, "key", "keys"))
}

// kafkaReason counts the anomalies that make a run invalid.
func kafkaReason(k *checker.Kafka) string {
	var all []string
	for _, kind := range k.BadErrorTypes {
		all = append(all, fmt.Sprintf("%s %s", grouped(casesOf(k, kind)), kind))
	}
	switch {
	case len(k.Error) > 0:
		return "the workload's checker failed, so there is no judgement"
	case len(all) == 0:
		return "the workload's checker says " + k.Valid.String()
	}
	return strings.Join(all, ", ")
}

// casesOf counts how often an anomaly was found; of unseen it counts messages.
func casesOf(k *checker.Kafka, kind string) int {
	if kind != "unseen" || k.Unseen == nil {
		return k.Anomalies[kind].Count
	}
	n := 0
	for _, count := range k.Unseen.Unseen {
		n += count
	}
	return n
}

func badCases(k *checker.Kafka) int {
	n := 0
	for _, kind := range k.BadErrorTypes {
		n += casesOf(k, kind)
	}
	return n
}

// anomaly tells one case: the claim, then the operations that prove it.
func (p *page) anomaly(teller placer, w checker.Witness) {
	p.paragraph(p.bad(w.Kind)+": ", w.Kind+": ", clipped(w.Note), "    ")
	var table [][]string
	for _, e := range w.Events {
		table = append(table, []string{"process " + fmt.Sprint(e.Process), teller.moved(e), seconds(e.Time), fmt.Sprintf("[%d]", e.Index), clipped(e.Did)})
	}
	for _, line := range aligned(table) {
		p.line("      " + line)
	}
}

// moved names the node of an operation, where that is known.
func (t placer) moved(e checker.Event) string {
	if t.nodeOf == nil {
		return ""
	}
	return "on " + t.nodeOf(e.Process)
}

// clipped shortens each word of a text that nodes and clients had a say in.
func clipped(text string) string {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = clip(word)
	}
	return strings.Join(words, " ")
}
