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
func (p *Page) witnesses(r checker.Results, nodeOf func(int) string) {
	if len(r.Witnesses) == 0 {
		return
	}
	p.section()
	p.Line("  " + p.strong(witnessTitle(r)) + p.Faint("  [operation of the history]"))
	who := Placer{nodeOf}
	if t, tells := r.Workload.(Telling); tells {
		t.Tell(p, who, r.Witnesses)
		return
	}
	for _, w := range r.Witnesses {
		p.Paragraph("", "", Clip(string(w.Value)), "    ")
	}
}

func witnessTitle(r checker.Results) string {
	title, total := r.Workload.Title()
	if shown := len(r.Witnesses); shown < total {
		return fmt.Sprintf("%s, the first %d of %s", title, shown, Grouped(total))
	}
	return title
}

// Placer names operations so that they can be found, with the node they went to
// where that is known.
type Placer struct{ NodeOf func(int) string }

// Who names the node, or the process where the node is not known.
func (t Placer) Who(e *checker.Event) string {
	if t.NodeOf == nil {
		return fmt.Sprintf("process %d", e.Process)
	}
	return t.NodeOf(e.Process)
}

// Cell is an event as it stands in a table.
func (t Placer) Cell(e *checker.Event) string {
	if e == nil {
		return "never"
	}
	cell := fmt.Sprintf("%s %s [%d]", Seconds(e.Time), t.Who(e), e.Index)
	if e.Final {
		cell += " final"
	}
	return cell
}

// Moment is when an operation was, and which it is.
func (t Placer) Moment(e *checker.Event) string {
	return fmt.Sprintf("%s [%d]", Seconds(e.Time), e.Index)
}

// Place names process, node, time and operation.
func (t Placer) Place(e *checker.Event) string {
	if e == nil {
		return "nobody knows whom"
	}
	where := ""
	if t.NodeOf != nil {
		where = " on " + t.NodeOf(e.Process)
	}
	return fmt.Sprintf("process %d%s at %s [%d]", e.Process, where, Seconds(e.Time), e.Index)
}

// Seconds writes a time of the run.
func Seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// Aligned makes lines of a table, its columns as wide as their widest cell.
func Aligned(table [][]string) []string {
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
