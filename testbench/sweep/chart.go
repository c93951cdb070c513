package sweep

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// Targets are bounds that a challenge sets, exclusive; 0 is none.
type Targets [figures]float64

// The page of a chart, in SVG's units, which are pixels at its natural size.
const (
	pageWidth   = 1200.0
	pageHeight  = 640.0
	panelTop    = 140.0
	panelBottom = 568.0
	panelWidth  = 500.0
	leftPanel   = 76.0
	rightPanel  = 676.0
	pointRadius = 5.5
	legendLeft  = 76.0
	titleRunes  = 150 // of the command, which fit on a line
	legendTop   = 90.0
	legendLine  = 22.0
	listLine    = 18.0 // of the list of points
	listGap     = 24.0
	labelRunes  = 22 // of a label beside a point
	labelledMax = 40 // points of which each has a label of words
)

// SVG draws the sweep: messages an op against the median of the stable latencies
// and against the longest, a panel each, with the Pareto frontier of each and
// the region within the targets shaded. A point is a mean with its confidence
// intervals, coloured by the value of one axis. Its label has the values of the
// others or, where these are too long or the points too many, its number in a list
// below; pointed at, it tells all. The picture stands alone, needs no script, and follows the reader's choice
// of light or dark.
func (s Sweep) SVG(w io.Writer, title string, targets Targets) error {
	c := &chart{sweep: s, targets: targets, colour: s.colourAxis()}
	median, most := s.latencies()
	legend := c.legend()
	listed := c.enumerate(median, most)
	height := pageHeight + legend.extra + listed
	c.printf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %g %g" width="%g" height="%g" role="img">`+"\n<style>%s</style>\n",
		pageWidth, height, pageWidth, height, chartStyle)
	c.printf(`<rect class="page" width="%g" height="%g"/>`+"\n", pageWidth, height)
	c.printf(`<text class="title" x="%g" y="42">%s</text>`+"\n", legendLeft, escaped("Messages an op against latency"))
	c.printf(`<text class="faint" x="%g" y="66">%s</text>`+"\n", legendLeft, escaped(abbreviated(title, titleRunes)))
	c.printf("%s", legend.drawn)
	c.printf(`<g transform="translate(0 %g)">`+"\n", legend.extra)
	if median == MedianMs {
		c.panel(leftPanel, median, "median stable latency, ms")
		c.panel(rightPanel, most, "max stable latency, ms")
	} else {
		c.panel(leftPanel, median, "median latency of requests, ms")
		c.panel(rightPanel, most, "p99 latency of requests, ms")
	}
	c.list()
	c.printf("</g>\n</svg>\n")
	_, err := w.Write(c.out.Bytes())
	return err
}

// chart is a picture in the making.
type chart struct {
	sweep   Sweep
	targets Targets
	colour  int   // the axis that colours tell; -1 for none
	numbers []Row // where labels are numbers: the points in their order, from 1 on
	out     bytes.Buffer
}

func (c *chart) printf(form string, args ...any) { fmt.Fprintf(&c.out, form, args...) }

func escaped(text string) string {
	var out bytes.Buffer
	_ = xml.EscapeText(&out, []byte(text)) // a bytes.Buffer takes everything
	return out.String()
}

func abbreviated(text string, runes int) string {
	if all := []rune(text); len(all) > runes {
		return string(all[:runes-1]) + "…"
	}
	return text
}

// colours is how many values can be told apart.
const colours = 6

// colourAxis is the first axis with as many values as there are colours for.
func (s Sweep) colourAxis() int {
	return slices.IndexFunc(s.Axes, func(a Axis) bool { return len(a.Values) > 1 && len(a.Values) <= colours })
}

func (c *chart) class(r Row) string {
	if c.colour < 0 {
		return "k0"
	}
	return fmt.Sprintf("k%d", slices.Index(c.sweep.Axes[c.colour].Values, r.Values[c.colour]))
}

// textWidth is about how wide a text of the legend is.
func textWidth(text string) float64 { return 7.3 * float64(len([]rune(text))) }

// legend is what explains colours and marks: one line or, where it does not fit, more.
type legend struct {
	drawn string
	extra float64 // how much more room it takes than a line
}

func (c *chart) legend() legend {
	var l legend
	x := legendLeft
	mark := func(text, drawn string) {
		text = abbreviated(text, titleRunes)
		if width := 24 + textWidth(text); x > legendLeft && x+width > pageWidth-legendLeft/2 {
			x = legendLeft
			l.extra += legendLine
		}
		l.drawn += fmt.Sprintf(`<g transform="translate(%.1f %g)">%s<text x="18" y="4">%s</text></g>`+"\n", x+6, legendTop+l.extra, drawn, escaped(text))
		x += 44 + textWidth(text)
	}
	if c.colour >= 0 {
		axis := c.sweep.Axes[c.colour]
		for i, value := range axis.Values {
			mark(axis.Flag+" "+value, fmt.Sprintf(`<circle class="k%d" r="%g"/>`, i, pointRadius))
		}
	}
	mark("Pareto frontier", `<path class="frontier" d="M-8,0H10"/>`)
	if slices.ContainsFunc(c.sweep.Rows, func(r Row) bool { return r.Measured() && r.Failed > 0 }) {
		mark("with invalid runs", `<path class="invalid" d="M-5,-5L5,5M-5,5L5,-5"/>`)
	}
	if c.targets[MessagesPerOp] > 0 {
		mark("within the targets", `<rect class="target" x="-7" y="-7" width="16" height="14"/>`)
	}
	return l
}

// enumerate numbers the points if their labels are too long or too many to stand beside them, and gives the room that
// the list takes.
func (c *chart) enumerate(latencies ...Figure) float64 {
	var shown []Row
	long := false
	for _, r := range c.sweep.Rows {
		if r.Measured() && slices.ContainsFunc(latencies, func(f Figure) bool { return r.Figures[f].N > 0 }) {
			shown = append(shown, r)
			long = long || len([]rune(c.short(r))) > labelRunes
		}
	}
	if !long && (len(shown) <= labelledMax || c.short(shown[0]) == "") {
		return 0
	}
	c.numbers = shown
	columns := c.columns()
	return float64((len(shown)+columns-1)/columns)*listLine + listGap
}

// columns is how many columns the list of points has.
func (c *chart) columns() int {
	widest := 1.0
	for _, r := range c.numbers {
		widest = max(widest, textWidth(c.listed(r)))
	}
	return max(1, int((pageWidth-2*legendLeft)/(widest+50)))
}

// listed is a point in the list.
func (c *chart) listed(r Row) string {
	var parts []string
	for i, axis := range c.sweep.Axes {
		if len(axis.Values) > 1 {
			parts = append(parts, axis.Flag+" "+r.Values[i])
		}
	}
	return abbreviated(strings.Join(parts, ", "), titleRunes)
}

// list writes which point has which number, below the panels.
func (c *chart) list() {
	if len(c.numbers) == 0 {
		return
	}
	columns := c.columns()
	lines := (len(c.numbers) + columns - 1) / columns
	for i, r := range c.numbers {
		x := legendLeft + float64(i/lines)*(pageWidth-2*legendLeft)/float64(columns)
		y := pageHeight + float64(i%lines)*listLine + listGap/2
		c.printf(`<text class="number end" x="%.1f" y="%.1f">%d</text><text class="listed" x="%.1f" y="%.1f">%s</text>`+"\n",
			x+22, y, i+1, x+30, y, escaped(c.listed(r)))
	}
}

// panel draws messages against one latency.
func (c *chart) panel(left float64, latency Figure, title string) {
	rows := c.rows(latency)
	if len(rows) == 0 {
		c.printf(`<text class="faint" x="%g" y="%g">nothing measured</text>`+"\n", left, panelTop+30)
		return
	}
	x := newScale(spread(rows, MessagesPerOp), c.targets[MessagesPerOp], left, left+panelWidth)
	y := newScale(spread(rows, latency), c.targets[latency], panelBottom, panelTop)
	c.printf(`<rect class="panel" x="%g" y="%g" width="%g" height="%g"/>`+"\n", left, panelTop, panelWidth, panelBottom-panelTop)
	c.region(x, y, latency)
	for _, v := range x.ticks {
		c.printf(`<path class="grid" d="M%.1f,%gV%g"/><text class="small middle" x="%.1f" y="%g">%s</text>`+"\n",
			x.at(v), panelTop, panelBottom, x.at(v), panelBottom+20, tickLabel(v))
	}
	for _, v := range y.ticks {
		c.printf(`<path class="grid" d="M%g,%.1fH%g"/><text class="small end" x="%g" y="%.1f">%s</text>`+"\n",
			left, y.at(v), left+panelWidth, left-8, y.at(v)+4, tickLabel(v))
	}
	c.printf(`<text class="faint middle" x="%g" y="%g">messages between nodes an op%s</text>`+"\n", left+panelWidth/2, panelBottom+46, logWord(x))
	c.printf(`<text class="strong" x="%g" y="%g">%s%s</text>`+"\n", left, panelTop-10, title, logWord(y))
	c.frontier(rows, x, y, latency)
	for _, r := range rows {
		c.point(r, x, y, latency)
	}
	c.labels(rows, x, y, latency)
}

func logWord(s scale) string {
	if s.log {
		return " (log)"
	}
	return ""
}

func (c *chart) rows(latency Figure) []Row {
	var rows []Row
	for _, r := range c.sweep.Rows {
		if r.Measured() && r.Figures[latency].N > 0 {
			rows = append(rows, r)
		}
	}
	return rows
}

// spread is everything a scale must show: means and the ends of intervals, but
// not far down: on a logarithmic scale an interval that nearly reaches 0 would
// leave no room for anything else.
func spread(rows []Row, f Figure) []float64 {
	var values []float64
	least := math.Inf(1)
	for _, r := range rows {
		e := r.Figures[f]
		least = min(least, e.Mean)
		values = append(values, e.Mean)
		if !math.IsNaN(e.Half) {
			values = append(values, e.Mean+e.Half)
		}
	}
	for _, r := range rows {
		if e := r.Figures[f]; !math.IsNaN(e.Half) {
			values = append(values, max(e.Mean-e.Half, least/2))
		}
	}
	return values
}

// region shades what is within the targets. A target beyond the scale bounds nothing.
func (c *chart) region(x, y scale, latency Figure) {
	most, longest := c.targets[MessagesPerOp], c.targets[latency]
	if most == 0 || longest == 0 || most < x.low || longest < y.low {
		return
	}
	right, top := x.at(most), y.at(longest)
	c.printf(`<g><title>%s</title><rect class="target" x="%.1f" y="%.1f" width="%.1f" height="%.1f"/>`,
		escaped(fmt.Sprintf("targets: under %g messages an op and %g ms", most, longest)), x.from, top, right-x.from, y.from-top)
	if x.targetShown {
		c.printf(`<path class="edge" d="M%.1f,%.1fV%.1f"/>`, right, y.from, top)
	}
	if y.targetShown {
		c.printf(`<path class="edge" d="M%.1f,%.1fH%.1f"/>`, x.from, top, right)
	}
	c.printf("</g>\n")
}

// frontier draws the steps between points that none beats in both.
func (c *chart) frontier(rows []Row, x, y scale, latency Figure) {
	on := Frontier(rows, latency)
	var best []Row
	for i, r := range rows {
		if on[i] {
			best = append(best, r)
		}
	}
	slices.SortStableFunc(best, func(a, b Row) int {
		return compareFloats(a.Figures[MessagesPerOp].Mean, b.Figures[MessagesPerOp].Mean)
	})
	var path strings.Builder
	for i, r := range best {
		px, py := x.at(r.Figures[MessagesPerOp].Mean), y.at(r.Figures[latency].Mean)
		if i == 0 {
			fmt.Fprintf(&path, "M%.1f,%.1fV%.1f", px, y.to, py)
		} else {
			fmt.Fprintf(&path, "H%.1fV%.1f", px, py)
		}
	}
	if len(best) > 0 {
		c.printf(`<path class="frontier" d="%sH%.1f"/>`+"\n", path.String(), x.to)
	}
}

// box is a place on the page.
type box struct{ left, top, right, bottom float64 }

func (b box) meets(o box) bool {
	return b.left < o.right && o.left < b.right && b.top < o.bottom && o.top < b.bottom
}

// labels writes beside each point what it is: at the nearest place where nothing else stands. One that is not next to its
// point is joined to it by a line.
func (c *chart) labels(rows []Row, x, y scale, latency Figure) {
	var taken []box
	at := func(r Row) (px, py float64) {
		return x.at(r.Figures[MessagesPerOp].Mean), y.at(r.Figures[latency].Mean)
	}
	for _, r := range rows {
		px, py := at(r)
		taken = append(taken, box{px - pointRadius - 1, py - pointRadius - 1, px + pointRadius + 1, py + pointRadius + 1})
	}
	for _, r := range rows {
		text := c.beside(r)
		if text == "" {
			continue
		}
		px, py := at(r)
		b, joined := c.free(taken, px, py, labelWidth(text), box{x.from, y.to, x.to, y.from})
		taken = append(taken, b)
		if joined {
			c.printf(`<path class="leader" d="M%.1f,%.1fL%.1f,%.1f"/>`, px, py, min(max(px, b.left), b.right), min(max(py, b.top), b.bottom))
		}
		c.printf(`<text class="small beside" x="%.1f" y="%.1f">%s</text>`+"\n", b.left+labelMargin, b.bottom-4, escaped(text))
	}
}

// labelHeight is that of a line of small text.
const labelHeight = 15.0

// labelWidth is about how wide a label is, with some room to the next on both sides.
func labelWidth(text string) float64 { return 6.9*float64(len([]rune(text))) + 2*labelMargin }

const labelMargin = 3.0

// free finds a place for a label near a point, within a panel, and tells whether it is so far off that a line has to join
// them. Where all places are taken it is the one that covers the fewest others.
func (c *chart) free(taken []box, px, py, width float64, panel box) (place box, joined bool) {
	fewest := math.MaxInt
	for distance := pointRadius + 3; distance <= labelReach; distance += 7 {
		// Left and below first: by what a frontier is there are no other points on that side.
		for _, side := range []struct{ x, y float64 }{{-1, 1}, {1, 1}, {-1, -1}, {1, -1}, {1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
			across, down := px+side.x*distance, py+side.y*distance
			b := box{left: across - width/2*(1-side.x), top: down - labelHeight/2*(1-side.y)}
			b.right, b.bottom = b.left+width, b.top+labelHeight
			if b.left < panel.left || b.right > panel.right || b.top < panel.top || b.bottom > panel.bottom {
				continue
			}
			covered := 0
			for _, t := range taken {
				if b.meets(t) {
					covered++
				}
			}
			if covered < fewest {
				fewest, place, joined = covered, b, distance > 2*pointRadius
			}
			if covered == 0 {
				return place, joined
			}
		}
	}
	return place, joined
}

// labelReach is how far from its point a label may be.
const labelReach = 160.0

// beside is what stands beside a point: what its colour does not tell, or its number.
func (c *chart) beside(r Row) string {
	if len(c.numbers) == 0 {
		return c.short(r)
	}
	for i, n := range c.numbers {
		if slices.Equal(n.Values, r.Values) {
			return fmt.Sprint(i + 1)
		}
	}
	return ""
}

// short gives the values of a point that its colour does not tell.
func (c *chart) short(r Row) string {
	var parts []string
	for i, axis := range c.sweep.Axes {
		if i != c.colour && len(axis.Values) > 1 {
			parts = append(parts, r.Values[i])
		}
	}
	return strings.Join(parts, " ")
}

func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// point draws a mean, its intervals, and the text for whoever points at it.
func (c *chart) point(r Row, x, y scale, latency Figure) {
	messages, time := r.Figures[MessagesPerOp], r.Figures[latency]
	px, py := x.at(messages.Mean), y.at(time.Mean)
	c.printf(`<g class="%s"><title>%s</title>`, c.class(r), escaped(c.hover(r)))
	if !math.IsNaN(messages.Half) {
		c.printf(`<path class="interval" d="M%.1f,%.1fH%.1f"/>`, x.at(messages.Mean-messages.Half), py, x.at(messages.Mean+messages.Half))
	}
	if !math.IsNaN(time.Half) {
		c.printf(`<path class="interval" d="M%.1f,%.1fV%.1f"/>`, px, y.at(time.Mean-time.Half), y.at(time.Mean+time.Half))
	}
	if r.Failed > 0 {
		c.printf(`<path class="invalid" d="M%.1f,%.1fl10,10m-10,0l10,-10"/>`, px-5, py-5)
	} else {
		c.printf(`<circle class="point" cx="%.1f" cy="%.1f" r="%g"/>`, px, py, pointRadius)
	}
	c.printf("</g>\n")
}

func (c *chart) hover(r Row) string {
	lines := []string{c.sweep.label(r)}
	for _, f := range c.sweep.measured() {
		lines = append(lines, fmt.Sprintf("%s %s%s", f, r.Figures[f], f.unit()))
	}
	if note := r.note(); note != "" {
		lines = append(lines, note)
	}
	return strings.Join(lines, "\n")
}

// HTML writes a page of the chart and the table, which needs nothing else.
func (s Sweep) HTML(w io.Writer, title string, targets Targets) error {
	var picture bytes.Buffer
	if err := s.SVG(&picture, title, targets); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>%s</title>
<style>%s</style></head><body>
%s<pre>%s</pre></body></html>
`, escaped(title), htmlStyle, picture.String(), escaped(s.Table()))
	return err
}
