package report

import (
	"fmt"
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
	for _, v := range ticks {
		d.line("grid", leftPx, scale.y(v), leftPx+plotPx, scale.y(v))
		if labelled(v) {
			d.text("small end", leftPx-8, scale.y(v)+labelShiftPx, latencyLabel(v))
		}
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

// stability draws for each value how long it took until every read showed it.
// During a partition this is a slope down to the moment it healed.
func (d *drawing) stability(r checker.Results) {
	if len(d.elements) == 0 {
		return
	}
	var high, lost, unread, forgotten int64
	for _, e := range d.elements {
		switch e.Outcome {
		case checker.Stable:
			high = max(high, e.LatencyMs)
		case checker.LostElement:
			lost++
		case checker.NeverRead:
			unread++
		case checker.ForgottenElement:
			forgotten++
		}
	}
	scale := newLinearScale(d.stable, float64(high), 4)
	d.axis(scale, stabilityTitle(lost, unread, forgotten), latencyLabel)
	d.values(scale)
	if set, ok := r.Workload.(*checker.SetFull); ok && set.StableLatencies != nil {
		median := set.StableLatencies.MedianMs
		y := scale.y(float64(median))
		d.line("rule", leftPx, y, leftPx+plotPx, y)
		d.text("small end", leftPx+plotPx-4, y-5, fmt.Sprintf("median %s ms", grouped(int(median))))
	}
}

func stabilityTitle(lost, unread, forgotten int64) string {
	title := "stable latency of each value, at the time it was added"
	if lost > 0 {
		title += fmt.Sprintf(";  × %s lost", grouped(int(lost)))
	}
	if unread > 0 {
		title += fmt.Sprintf(";  ◇ %s never read", grouped(int(unread)))
	}
	if forgotten > 0 {
		title += fmt.Sprintf(";  ◇ %s forgotten with killed nodes", grouped(int(forgotten)))
	}
	return title
}

// values draws the marks of the stability panel: lost values along its upper
// edge, those never read or forgotten along the lower.
func (d *drawing) values(scale linearScale) {
	const edgePx = 7
	var dots []dot
	for _, e := range d.elements {
		each := dot{x: d.x(e.Added), group: int(e.Outcome), weight: 1}
		switch e.Outcome {
		case checker.Stable:
			each.y = scale.y(float64(e.LatencyMs))
		case checker.LostElement:
			each.y = d.stable.top + edgePx
		default:
			each.group = int(checker.NeverRead)
			each.y = d.stable.bottom() - edgePx
		}
		dots = append(dots, each)
	}
	dots = thin(dots)
	for _, class := range []struct {
		outcome checker.Outcome
		name    string
		shape   history.Type
	}{{checker.Stable, "value", history.OK}, {checker.NeverRead, "unread", history.Info}, {checker.LostElement, "lost", history.Fail}} {
		d.printf("<g class=\"%s\" opacity=\".7\">", class.name)
		for _, each := range dots {
			if each.group == int(class.outcome) {
				d.mark(class.shape, each.x, each.y)
			}
		}
		d.print("</g>\n")
	}
}
