package sweep

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Table writes the sweep for a terminal: a row a point, then what was skipped
// and why. A star marks the Pareto frontier of messages and median latency.
func (s Sweep) Table() string {
	header := []string{""}
	for _, axis := range s.Axes {
		header = append(header, axis.Flag)
	}
	shown := s.measured()
	for _, f := range shown {
		header = append(header, headings[f])
	}
	lines := [][]string{append(header, "")}
	median, _ := s.latencies()
	frontier := Frontier(s.Rows, median)
	for i, r := range s.Rows {
		if r.Skipped != "" {
			continue
		}
		mark := ""
		if frontier[i] {
			mark = "*"
		}
		line := append([]string{mark}, r.Values...)
		for _, f := range shown {
			line = append(line, r.Figures[f].String())
		}
		lines = append(lines, append(line, r.note()))
	}
	return aligned(lines, 1+len(s.Axes)) + s.skipped()
}

// measured are the figures that some point has, and the first three in any case but for stable latencies where requests
// stand for them.
func (s Sweep) measured() []Figure {
	median, _ := s.latencies()
	var all []Figure
	for _, f := range Figures() {
		has := slices.ContainsFunc(s.Rows, func(r Row) bool { return r.Figures[f].N > 0 })
		if has || f == MessagesPerOp || f <= MaxMs && median == MedianMs {
			all = append(all, f)
		}
	}
	return all
}

// latencies are those that points are compared by: the stable ones, or those of requests where there are none.
func (s Sweep) latencies() (median, most Figure) {
	has := func(f Figure) bool {
		return slices.ContainsFunc(s.Rows, func(r Row) bool { return r.Figures[f].N > 0 })
	}
	if !has(MedianMs) && has(RequestMedianMs) {
		return RequestMedianMs, RequestP99Ms
	}
	return MedianMs, MaxMs
}

// skipped tells which points were not run, a paragraph for each reason.
func (s Sweep) skipped() string {
	var reasons []string
	points := make(map[string][]string)
	for _, r := range s.Rows {
		if r.Skipped == "" {
			continue
		}
		if points[r.Skipped] == nil {
			reasons = append(reasons, r.Skipped)
		}
		points[r.Skipped] = append(points[r.Skipped], s.label(r))
	}
	var text strings.Builder
	for _, reason := range reasons {
		fmt.Fprintf(&text, "\nskipped: %s\n", reason)
		for _, label := range points[reason] {
			fmt.Fprintf(&text, "  %s\n", label)
		}
	}
	return text.String()
}

// note says what was wrong with runs of a point.
func (r Row) note() string {
	if r.Failed == 0 {
		return ""
	}
	return fmt.Sprintf("%d of %d invalid: %s", r.Failed, r.Runs, r.Failure)
}

// label names a point by its flags.
func (s Sweep) label(r Row) string {
	var parts []string
	for i, axis := range s.Axes {
		parts = append(parts, axis.Flag+"="+r.Values[i])
	}
	return strings.Join(parts, " ")
}

// aligned pads columns; those from left on are aligned to the right, but for the last.
func aligned(lines [][]string, left int) string {
	widths := make([]int, len(lines[0]))
	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	var text strings.Builder
	for _, line := range lines {
		row := ""
		for i, cell := range line {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i >= left && i < len(line)-1 {
				row += pad + cell + "   "
			} else {
				row += cell + pad + "  "
			}
		}
		text.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return text.String()
}
