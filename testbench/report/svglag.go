package report

import (
	"fmt"
	"slices"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/checker/kafka"
	"eddy/testbench/history"
)

// lagsOf gives by how much polls were behind, but for the final ones. Results that were read, not worked
// out, have none, so they are worked out for the picture.
func lagsOf(h history.History, r checker.Results, workload string) []kafka.Lag {
	k, ok := r.Workload.(*checker.Kafka)
	if !ok {
		return nil
	}
	if len(k.Lags) == 0 {
		again, err := checker.Check(workload, h, checker.Options{})
		if err != nil {
			return nil
		}
		k = again.Workload.(*checker.Kafka)
	}
	return slices.DeleteFunc(slices.Clone(k.Lags), func(l kafka.Lag) bool { return l.Final })
}

// lagging draws the lag of each poll at the time it began. What nodes hold back
// from each other, as in a partition, is a slope up.
func (d *drawing) lagging(r checker.Results) {
	if len(d.lags) == 0 {
		return
	}
	ms := func(l kafka.Lag) float64 { return float64(l.LagNs) / float64(time.Millisecond) }
	high := 0.0
	for _, l := range d.lags {
		high = max(high, ms(l))
	}
	scale := newLinearScale(d.stable, high, 4)
	d.axis(scale, "realtime lag of each poll: for how long at least a key had held more than the process had polled by the poll's end", latencyLabel)
	var dots []dot
	for _, l := range d.lags {
		dots = append(dots, dot{x: d.x(time.Duration(l.TimeNs)), y: scale.y(ms(l)), weight: 1})
	}
	d.print("<g class=\"value\" opacity=\".7\">")
	for _, each := range thin(dots) {
		d.mark(history.OK, each.x, each.y)
	}
	d.print("</g>\n")
	if k := r.Workload.(*checker.Kafka); k.RealtimeLags != nil {
		y := scale.y(float64(k.RealtimeLags.P99Ms))
		d.line("rule", leftPx, y, leftPx+plotPx, y)
		d.text("small end", leftPx+plotPx-4, y-5, fmt.Sprintf("99 %% within %s ms", grouped(int(k.RealtimeLags.P99Ms))))
	}
}
