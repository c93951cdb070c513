package report

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"eddy/testbench/checker"
)

// witnesses writes the proofs of a failure. Numbers in brackets are those of
// operations in the history.
func (p *page) witnesses(r checker.Results, nodeOf func(int) string) {
	if len(r.Witnesses) == 0 {
		return
	}
	p.section()
	p.line("  " + p.strong(witnessTitle(r)) + p.faint("  [operation of the history]"))
	teller := placer{nodeOf}
	if r.Witnesses[0].Kind == checker.Lost {
		for i, line := range aligned(teller.lostTable(r.Witnesses)) {
			if i == 0 {
				line = p.faint(line)
			}
			p.line("    " + line)
		}
		return
	}
	for _, w := range r.Witnesses {
		if w.Kind == checker.NotLinearizable {
			p.impossible(teller, w)
			continue
		}
		if _, ok := r.Workload.(*checker.Kafka); ok {
			p.anomaly(teller, w)
			continue
		}
		if _, ok := r.Workload.(*checker.Transactions); ok {
			p.transactions(teller, w)
			continue
		}
		p.paragraph("", "", teller.story(w), "    ")
	}
}

func witnessTitle(r checker.Results) string {
	shown, total := len(r.Witnesses), 0
	var title string
	switch w := r.Workload.(type) {
	case *checker.SetFull:
		title, total = "Lost values", w.LostCount
	case *checker.UniqueIDs:
		title, total = "Ids given out more than once", w.DuplicatedCount
	case *checker.Echo:
		title, total = "Wrong answers", len(w.Errors)
	case *checker.Kafka:
		title, total = "Anomalies", badCases(w)
	case *checker.Counter:
		title = "Wrong sums, and what was added"
	case *checker.Transactions:
		title = "Anomalies, the shortest of each kind"
	case *checker.LinKV:
		title, total = "Answers that no order of the operations explains", len(w.Failures)
	default:
		title = "Failures"
	}
	if shown < total {
		return fmt.Sprintf("%s, the first %d of %s", title, shown, grouped(total))
	}
	return title
}

// placer names operations so that they can be found, with the node they went to
// where that is known.
type placer struct{ nodeOf func(int) string }

func (t placer) who(e *checker.Event) string {
	if t.nodeOf == nil {
		return fmt.Sprintf("process %d", e.Process)
	}
	return t.nodeOf(e.Process)
}

// cell is an event as it stands in a table.
func (t placer) cell(e *checker.Event) string {
	if e == nil {
		return "never"
	}
	cell := fmt.Sprintf("%s %s [%d]", seconds(e.Time), t.who(e), e.Index)
	if e.Final {
		cell += " final"
	}
	return cell
}

func (t placer) lostTable(witnesses []checker.Witness) [][]string {
	table := [][]string{{"value", "added", "acknowledged", "last seen by a read", "missing from a later read"}}
	for _, w := range witnesses {
		table = append(table, []string{clip(string(w.Value)), t.cell(w.Invoked), t.known(w.Known), t.cell(w.LastSeen), t.cell(w.LastMissed)})
	}
	return table
}

// known tells when a value was acknowledged, or who saw it before that.
func (t placer) known(e *checker.Event) string {
	switch {
	case e == nil:
		return "never"
	case e.F == "read":
		return seconds(e.Time) + " by a read"
	}
	return seconds(e.Time)
}

// story tells of a failure that is not a lost value.
func (t placer) story(w checker.Witness) string {
	switch w.Kind {
	case checker.Duplicated:
		var all []string
		for _, e := range w.Events {
			all = append(all, t.place(&e))
		}
		return fmt.Sprintf("%s: given to %s", clip(string(w.Value)), strings.Join(all, ", "))
	case checker.WrongEcho:
		return fmt.Sprintf("%s: sent by %s, answered with %s", clip(string(w.Value)), t.place(w.Invoked), clip(string(w.Got)))
	case checker.WrongSum:
		return fmt.Sprintf("%s read by %s: %s", clip(string(w.Value)), t.place(w.Known), w.Note)
	case checker.AddsOf:
		return fmt.Sprintf("%s is the sum of %s acknowledged to %s and on to %s", clip(string(w.Value)), plural(w.Count, "add", "adds"),
			t.place(&w.Events[0]), t.moment(&w.Events[1]))
	case checker.AddInDoubt:
		return fmt.Sprintf("%s may have been added or not, by %s", clip(string(w.Value)), t.place(w.Known))
	}
	return clip(string(w.Value))
}

func (t placer) moment(e *checker.Event) string {
	return fmt.Sprintf("%s [%d]", seconds(e.Time), e.Index)
}

func (t placer) place(e *checker.Event) string {
	if e == nil {
		return "nobody knows whom"
	}
	where := ""
	if t.nodeOf != nil {
		where = " on " + t.nodeOf(e.Process)
	}
	return fmt.Sprintf("process %d%s at %s [%d]", e.Process, where, seconds(e.Time), e.Index)
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// aligned makes lines of a table, its columns as wide as their widest cell.
func aligned(table [][]string) []string {
	var widths []int
	for _, row := range table {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var lines []string
	for _, row := range table {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(padded(cell, widths[i]))
			line.WriteString("  ")
		}
		lines = append(lines, strings.TrimRight(line.String(), " "))
	}
	return lines
}
