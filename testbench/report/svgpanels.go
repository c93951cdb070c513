package report

import (
	"slices"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// timeTicksMax is how many labels the time axis has at most.
const timeTicksMax = 14

// frames draws the panels' grounds, their grids and the axes.
func (d *drawing) frames() {
	for _, p := range d.panels() {
		d.printf("<rect class=\"panel\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>\n", px(leftPx), px(p.top), px(plotPx), px(p.height))
	}
	step := niceStep(d.end.Seconds(), timeTicksMax)
	for i := 0; float64(i)*step <= d.end.Seconds(); i++ {
		at := float64(i) * step
		x := d.x(time.Duration(at * float64(time.Second)))
		for _, p := range d.panels() {
			d.line("grid", x, p.top, x, p.bottom())
		}
		d.text("small middle", x, d.lastPanel().bottom()+17, number(at))
	}
	d.text("small middle", leftPx+plotPx/2, d.lastPanel().bottom()+36, "seconds since the start")

	scale := d.latencyScale()
	ticks, labelled := scale.ticks()
	if scale.alone {
		ticks = nil
	}
	for _, v := range ticks {
		d.line("grid", leftPx, scale.y(v), leftPx+plotPx, scale.y(v))
		if labelled(v) {
			d.text("small end", leftPx-8, scale.y(v)+labelShiftPx, latencyLabel(v))
		}
	}
	if scale.foot.height > 0 {
		d.line("axis", leftPx, scale.foot.top, leftPx+plotPx, scale.foot.top)
		d.text("small end", leftPx-8, scale.foot.top+scale.foot.height/2+labelShiftPx, scale.footLabel())
	}
	d.line("axis", leftPx, d.main.bottom(), leftPx+plotPx, d.main.bottom())
	if len(d.points) == 0 {
		d.text("faint middle", leftPx+plotPx/2, d.main.top+d.main.height/2, "no operation was invoked")
	}
}

// axis draws the horizontal lines of a linear panel and its title.
func (d *drawing) axis(s linearScale, title string, label func(float64) string) {
	for _, v := range s.ticks() {
		d.line("grid", leftPx, s.y(v), leftPx+plotPx, s.y(v))
		d.text("small end", leftPx-8, s.y(v)+labelShiftPx, label(v))
	}
	d.line("axis", leftPx, s.panel.bottom(), leftPx+plotPx, s.panel.bottom())
	d.text("small", leftPx, s.panel.top-8, title)
}

// rateBinsMax is how many intervals the rates are counted over at most.
const rateBinsMax = 50

// rates draws how many operations of each kind were invoked a second.
func (d *drawing) rates() {
	binSeconds := niceStep(d.end.Seconds(), rateBinsMax)
	bins := int(d.end.Seconds()/binSeconds) + 1
	counts := make([][]int, len(d.kinds))
	for kind := range counts {
		counts[kind] = make([]int, bins)
	}
	most := 0
	for _, p := range d.points {
		bin := min(int(p.at.Seconds()/binSeconds), bins-1)
		counts[p.kind][bin]++
		most = max(most, counts[p.kind][bin])
	}
	scale := newLinearScale(d.rate, float64(most)/binSeconds, 3)
	d.axis(scale, "operations invoked a second", figure)
	for kind := range counts {
		d.printf("<path class=\"k%d step\" d=\"M", kind%kindColours)
		for bin, n := range counts[kind] {
			from, to := float64(bin)*binSeconds, min(float64(bin+1)*binSeconds, d.end.Seconds())
			if bin > 0 {
				d.print("L")
			}
			y := px(scale.y(float64(n) / binSeconds))
			d.printf("%s %sH%s", px(d.x(ofSeconds(from))), y, px(d.x(ofSeconds(to))))
		}
		d.print("\"/>\n")
	}
}

func ofSeconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// chartOf gives the chart of a workload's results, if they have one.
func chartOf(h history.History, r checker.Results, judge func(history.History) (checker.Results, error)) *Chart {
	charted, has := r.Workload.(Charted)
	if !has {
		return nil
	}
	if chart := charted.Chart(); chart != nil || judge == nil {
		return chart
	}
	again, err := judge(h)
	if err != nil {
		return nil
	}
	return again.Workload.(Charted).Chart()
}

// charted draws the workload's chart.
func (d *drawing) charted() {
	if d.chart == nil {
		return
	}
	const edgePx = 7
	scale := newLinearScale(d.third, d.chart.HighMs, 4)
	d.axis(scale, d.chart.Title, latencyLabel)
	var dots []dot
	for _, m := range d.chart.Marks {
		each := dot{x: d.x(m.At), group: int(m.Kind), weight: 1}
		switch m.Kind {
		case Plain:
			each.y = scale.y(m.Ms)
		case Bad:
			each.y = d.third.top + edgePx
		default:
			each.y = d.third.bottom() - edgePx
		}
		dots = append(dots, each)
	}
	dots = thin(dots)
	for _, class := range []struct {
		kind  MarkKind
		name  string
		shape history.Type
	}{{Plain, "value", history.OK}, {Absent, "unread", history.Info}, {Bad, "lost", history.Fail}} {
		if !slices.ContainsFunc(dots, func(each dot) bool { return each.group == int(class.kind) }) {
			continue
		}
		d.printf("<g class=\"%s\" opacity=\".7\">", class.name)
		for _, each := range dots {
			if each.group == int(class.kind) {
				d.mark(class.shape, each.x, each.y)
			}
		}
		d.print("</g>\n")
	}
	if d.chart.Rule != "" {
		y := scale.y(d.chart.RuleMs)
		d.line("rule", leftPx, y, leftPx+plotPx, y)
		d.text("small end", leftPx+plotPx-4, y-5, d.chart.Rule)
	}
}
