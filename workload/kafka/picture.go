package kafka

import (
	"fmt"
	"time"

	"eddy/testbench/report"
)

// Chart shows the lag of each poll before recovery, at the time it began. What nodes hold back from each other, as in a
// partition, is a slope up.
func (k *Results) Chart() *report.Chart {
	c := &report.Chart{Title: "realtime lag of each poll: for how long at least a key had held more than the process had polled by the poll's end"}
	for _, l := range k.Lags {
		if l.Final {
			continue
		}
		m := report.Mark{At: time.Duration(l.TimeNs), Ms: float64(l.LagNs) / float64(time.Millisecond)}
		c.HighMs = max(c.HighMs, m.Ms)
		c.Marks = append(c.Marks, m)
	}
	if len(c.Marks) == 0 {
		return nil
	}
	if q := k.RealtimeLags; q != nil {
		c.RuleMs, c.Rule = float64(q.P99Ms), fmt.Sprintf("99 %% within %s ms", report.Grouped(int(q.P99Ms)))
	}
	return c
}
