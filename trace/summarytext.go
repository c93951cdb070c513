package trace

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"
)

// WriteText writes the summary for people.
func (s *Summary) WriteText(w io.Writer) error {
	p := &printer{to: w}
	p.line("%s records of %s, %s to %s%s", grouped(s.Records), plural(len(s.Nodes), "node"), seconds(s.From), seconds(s.To), s.notes())
	if len(s.Nodes) == 0 {
		p.line("Nothing was traced: ask for it with --trace messages or --trace full.")
		return p.err
	}
	if s.Untraced {
		p.line("The nodes recorded nothing; what crossed their edges is known from the network's journal.")
	}
	s.actorTable(p)
	s.trafficTables(p)
	s.standsOut(p)
	return p.err
}

// notes says what could not be read.
func (s *Summary) notes() string {
	var parts []string
	add := func(n int64, what string) {
		if n > 0 {
			parts = append(parts, grouped(n)+" "+what)
		}
	}
	add(s.LogLines, "lines of the log")
	add(s.Foreign, "lines that are no records")
	add(int64(s.Cut), "cut off at their end")
	if len(s.Silent) > 0 {
		parts = append(parts, "nothing from "+strings.Join(s.Silent[:min(len(s.Silent), 8)], ", "))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, "; ")
}

func (s *Summary) actorTable(p *printer) {
	p.line("")
	if !s.Untraced { // there are no actors but the nodes' edges
		s.actorRows(p)
	}
	if len(s.Nodes) <= nodesShown {
		rows := [][]string{{"node", "records", "handled", "in", "out", "drops", "retries", "lives"}}
		for _, n := range s.Nodes {
			rows = append(rows, []string{n.Node, grouped(n.Records), grouped(n.Handled), grouped(n.In), grouped(n.Out), count(n.Drops), count(n.Retries), count(int64(n.Lives))})
		}
		p.table(rows)
	}
}

func (s *Summary) actorRows(p *printer) {
	rows := [][]string{{"actor", "of", "handled", "wait p50", "p99", "took p50", "p99", "deepest", "drops", "restarts", "retries"}}
	for _, a := range s.Actors {
		rows = append(rows, []string{a.Path, fmt.Sprint(a.Actors), grouped(a.Handled), short(a.WaitP50), short(a.WaitP99),
			short(a.TookP50), short(a.TookP99), count(int64(a.Deepest)), count(a.Drops), count(a.Restarts), count(a.Retries)})
	}
	p.table(rows)
	p.line("")
}

// nodesShown is the largest cluster whose nodes have a line each.
const nodesShown = 30

func (s *Summary) trafficTables(p *printer) {
	p.line("")
	p.line("Messages between nodes: %s, %.2f an op of %s%s", grouped(s.Messages), float64(s.Messages)/float64(max(s.Ops, 1)), grouped(s.Ops), s.lossWords())
	rows := [][]string{{"type", "messages", "an op"}}
	for _, t := range s.Types[:min(len(s.Types), 2*standOut)] {
		rows = append(rows, []string{t.Type, grouped(t.Messages), fmt.Sprintf("%.2f", t.PerOp)})
	}
	p.table(rows)
	rows = [][]string{{"link", "messages", "an op", "lost", "retries"}}
	for _, l := range s.Links[:min(len(s.Links), standOut)] {
		rows = append(rows, []string{l.Src + " -> " + l.Dest, grouped(l.Messages), fmt.Sprintf("%.2f", l.PerOp), count(l.Lost), count(l.Retries)})
	}
	p.table(rows)
}

func (s *Summary) lossWords() string {
	var parts []string
	for _, why := range slices.Sorted(maps.Keys(s.Lost)) {
		parts = append(parts, fmt.Sprintf("%s lost (%s)", grouped(s.Lost[why]), why))
	}
	if len(parts) == 0 {
		return ""
	}
	return "; " + strings.Join(parts, ", ")
}

func (s *Summary) standsOut(p *printer) {
	p.line("")
	p.line("What stands out")
	said := p.lines
	if s.Cause != nil {
		p.line("  value %s never reached %s: %s", clipped(s.Cause.Value), s.Cause.Node, s.Cause.Text)
	}
	for _, j := range s.Missing {
		p.line("  value %s never reached %s", clipped(j.Value), strings.Join(j.Without[:min(len(j.Without), 8)], ", "))
	}
	if s.Missed > len(s.Missing) {
		p.line("  nor did %s more values reach every node", grouped(int64(s.Missed-len(s.Missing))))
	}
	for _, j := range s.Slowest {
		if j.Took > 0 {
			p.line("  value %s took %s: %s", clipped(j.Value), short(j.Took), pathWords(j.Path))
		}
	}
	for _, l := range s.Retriers {
		p.line("  link %s -> %s sent again %s", l.Src, l.Dest, times(l.Retries))
	}
	for _, a := range s.Behind {
		if a.WaitMax > 0 {
			depth := ""
			if a.Deepest > 0 {
				depth = fmt.Sprintf(", %d deep", a.Deepest)
			}
			p.line("  %s %s: messages waited up to %s%s", a.Node, a.Path, short(a.WaitMax), depth)
		}
	}
	for _, a := range s.Actors {
		if a.Drops > 0 {
			p.line("  %s dropped %s", a.Path, plural(int(a.Drops), "message"))
		}
		if a.Restarts > 0 {
			p.line("  %s restarted %s", a.Path, times(a.Restarts))
		}
	}
	if s.Unseen > 0 {
		p.line("  %s more values were not followed: there are too many", grouped(int64(s.Unseen)))
	}
	if p.lines == said {
		p.line("  nothing")
	}
}

func pathWords(path []Hop) string {
	var words []string
	for i, h := range path {
		at := seconds(h.At)
		if i > 0 {
			at = "+" + short(h.At-path[i-1].At)
		}
		words = append(words, h.Node+" "+at)
	}
	return strings.Join(words, " -> ")
}

// printer writes lines, and remembers the first failure.
type printer struct {
	to    io.Writer
	err   error
	lines int
}

func (p *printer) line(format string, args ...any) {
	p.lines++
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.to, format+"\n", args...)
	}
}

// table writes rows with columns of one width, the first left-aligned.
func (p *printer) table(rows [][]string) {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], len(cell))
		}
	}
	for _, row := range rows {
		var b strings.Builder
		fmt.Fprintf(&b, "  %-*s", widths[0], row[0])
		for i, cell := range row[1:] {
			fmt.Fprintf(&b, "  %*s", widths[i+1], cell)
		}
		p.line("%s", strings.TrimRight(b.String(), " "))
	}
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.3f s", d.Seconds()) }

// short is a duration in three digits.
func short(d time.Duration) string {
	switch {
	case d == 0:
		return "0"
	case d < time.Microsecond:
		return fmt.Sprintf("%d ns", d)
	case d < time.Millisecond:
		return fmt.Sprintf("%.3g us", float64(d)/1e3)
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", float64(d)/1e6)
	}
	return fmt.Sprintf("%.3f s", d.Seconds())
}

// count is a number, nothing for 0.
func count(n int64) string {
	if n == 0 {
		return "-"
	}
	return grouped(n)
}

func grouped(n int64) string {
	text := fmt.Sprint(n)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return grouped(int64(n)) + " " + what + "s"
}

func times(n int64) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return grouped(n) + " times"
}

// clipped is a value short enough for a line.
func clipped(value string) string {
	if len(value) <= 40 {
		return value
	}
	return value[:40] + "..."
}
