package report

import (
	"encoding/json"
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

// faults shades what the nemesis did across all panels, one shade for each
// fault, with its name where there is room.
func (d *drawing) faults() {
	top, bottom := d.main.top-faultBandPx, d.lastPanel().bottom()
	for _, f := range d.faulty {
		from, to := d.x(f.from), d.x(f.to)
		d.printf("<rect class=\"shade\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\"><title>%s, %s to %s</title></rect>\n",
			px(from), px(top), px(max(to-from, 1)), px(bottom-top), escaped(f.label()), Seconds(f.from), Seconds(f.to))
		d.line("edge", from, top, from, bottom)
		d.line("edge", to, top, to, bottom)
		for i, label := range []string{f.what, f.how} {
			if labelPx(label) <= to-from {
				d.text("label", from+5, top+15+14*float64(i), label)
			}
		}
	}
	for _, m := range d.moments {
		d.line("moment", d.x(m.at), top, d.x(m.at), bottom)
		d.text("label", d.x(m.at)+5, top+15, m.what)
	}
}

// labelPx estimates the width of text in the size of labels.
func labelPx(text string) float64 { return 0.88 * textPx(text) }
