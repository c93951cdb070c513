package report

import (
	"encoding/json"
	"slices"
	"time"

	"eddy/testbench/history"
	"eddy/testbench/nemesis"
)

// interval is a time during which the nemesis did something, such as a
// partition.
type interval struct {
	what     string // "partition"
	how      string // "majority", if the history says
	from, to time.Duration
}

// moment is an act of the nemesis that neither starts nor stops something.
type moment struct {
	what string
	at   time.Duration
}

// faultsOf finds what the nemesis did: what start-x began lasts until stop-x, a
// kill until the nodes are started and a pause until they resume, or to the end. Jepsen writes each act twice, when it is asked for and when it is
// done; the fault counts from when it was done to when its end was asked for.
func faultsOf(h history.History, end time.Duration) ([]interval, []moment) {
	var all []interval
	var moments []moment
	open := map[string]int{}
	for _, op := range h {
		if op.Process != history.Nemesis {
			continue
		}
		started, _, starts := nemesis.Begins(op.F)
		stopped, stops := nemesis.Ends(op.F)
		switch {
		case starts:
			i, already := open[started]
			if !already {
				i = len(all)
				open[started] = i
				all = append(all, interval{what: started, to: end})
			}
			all[i].from = op.Time
			if how := asText(op.Value); how != "" {
				all[i].how = how
			}
		case stops:
			if i, running := open[stopped]; running {
				all[i].to = op.Time
				delete(open, stopped)
			}
		default:
			moments = append(moments, moment{what: op.F, at: op.Time})
		}
	}
	return all, moments
}

// asText gives a value that is a string; others are too long for a label.
func asText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return ""
	}
	return text
}

func (i interval) label() string {
	if i.how == "" {
		return i.what
	}
	return i.what + ": " + i.how
}

// otherActs names the line of acts that neither start nor stop a fault.
const otherActs = "other"

// linesOf lists the kinds of faults, each of which has a line: those that are known in their order, then others as they come.
func linesOf(faulty []interval, moments []moment) []string {
	var lines []string
	for _, name := range nemesis.Known() {
		if slices.ContainsFunc(faulty, func(f interval) bool { return f.what == name }) {
			lines = append(lines, name)
		}
	}
	for _, f := range faulty {
		if !slices.Contains(lines, f.what) {
			lines = append(lines, f.what)
		}
	}
	if len(moments) > 0 {
		lines = append(lines, otherActs)
	}
	return lines
}

// faults shades what the nemesis did across all panels, in the colour of the fault. Above them it has a bar, on the line of
// its kind, with what else is known of it where there is room.
func (d *drawing) faults() {
	bottom := d.lastPanel().bottom()
	shade := 0.26 / float64(1+len(d.lines)) // many that lie over each other are fainter
	lineTop := func(what string) float64 {
		return d.main.top - faultGapPx - faultLinePx*float64(len(d.lines)-slices.Index(d.lines, what))
	}
	for _, what := range d.lines {
		d.text("small end", leftPx-8, lineTop(what)+faultLinePx-labelShiftPx, clipTo(what, faultRunesMax))
	}
	for _, f := range d.faulty {
		from, to := d.x(f.from), d.x(f.to)
		class, top := faultClass(f.what), lineTop(f.what)
		d.printf("<g><title>%s, %s to %s</title>", escaped(f.label()), Seconds(f.from), Seconds(f.to))
		d.printf("<rect class=\"shade %s\" fill-opacity=\"%.2f\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/>", class, shade, px(from), px(d.main.top), px(max(to-from, 1)), px(bottom-d.main.top))
		d.printf("<rect class=\"bar %s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"/></g>\n", class, px(from), px(top), px(max(to-from, 1.5)), px(faultLinePx-2))
		if f.how != "" && labelPx(f.how)+8 <= to-from {
			d.text("label", from+4, top+faultLinePx-labelShiftPx-1, f.how)
		}
	}
	free := 0.0 // from where on no label of an act stands
	for _, m := range d.moments {
		x := d.x(m.at)
		d.line("moment", x, lineTop(otherActs), x, bottom)
		if x+3 >= free && x+3+labelPx(m.what) <= leftPx+plotPx {
			d.text("label", x+3, lineTop(otherActs)+faultLinePx-labelShiftPx-1, m.what)
			free = x + 3 + labelPx(m.what) + 4
		}
	}
}

// faultRunesMax is what fits beside a line.
const faultRunesMax = 11

// labelPx estimates the width of text in the size of labels.
func labelPx(text string) float64 { return 0.88 * textPx(text) }
