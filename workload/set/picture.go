package set

import (
	"fmt"

	"eddy/testbench/report"
)

// Chart shows for each value how long it took until every read showed it. During a partition this is a slope down
// to the moment it healed. Lost values are along the upper edge, those never read or forgotten along the lower.
func (s *Results) Chart() *report.Chart {
	if len(s.Elements) == 0 {
		return nil
	}
	c := &report.Chart{}
	var lost, unread, forgotten int
	for _, e := range s.Elements {
		m := report.Mark{At: e.Added, Kind: report.Absent}
		switch e.Outcome {
		case Stable:
			m.Kind, m.Ms = report.Plain, float64(e.LatencyMs)
			c.HighMs = max(c.HighMs, m.Ms)
		case LostElement:
			m.Kind = report.Bad
			lost++
		case NeverRead:
			unread++
		case ForgottenElement:
			forgotten++
		}
		c.Marks = append(c.Marks, m)
	}
	c.Title = chartTitle(lost, unread, forgotten)
	if q := s.StableLatencies; q != nil {
		c.RuleMs, c.Rule = float64(q.MedianMs), fmt.Sprintf("median %s ms", report.Grouped(int(q.MedianMs)))
	}
	return c
}

func chartTitle(lost, unread, forgotten int) string {
	title := "stable latency of each value, at the time it was added"
	if lost > 0 {
		title += fmt.Sprintf(";  × %s lost", report.Grouped(lost))
	}
	if unread > 0 {
		title += fmt.Sprintf(";  ◇ %s never read", report.Grouped(unread))
	}
	if forgotten > 0 {
		title += fmt.Sprintf(";  ◇ %s forgotten with killed nodes", report.Grouped(forgotten))
	}
	return title
}
