package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/history"
)

// LatencySVG draws a run: each operation at the time it was invoked against how
// long it took, coloured by what it was and shaped by how it ended; below it
// operations a second, and the workload's chart, if it has one. What the nemesis did is shaded across all of
// it. The picture stands alone, needs no script, follows the reader's choice of
// light or dark, and stays under a megabyte: beyond a few thousand marks those
// that would overlap are drawn as one (see thin).
//
// The history must be one that checker.Check accepts; the error is that of an
// impossible history, or w's.
func LatencySVG(w io.Writer, h history.History, r checker.Results, meta Meta) error {
	d, err := newDrawing(h, r, meta)
	if err != nil {
		return fmt.Errorf("draw latencies: %w", err)
	}
	d.open()
	d.header(r, meta)
	d.legend()
	d.frames()
	d.faults()
	d.operations()
	d.rates()
	d.charted()
	d.print("</svg>\n")
	if _, err := w.Write(d.out.Bytes()); err != nil {
		return fmt.Errorf("draw latencies: %w", err)
	}
	return nil
}

// The page, in SVG's units, which are pixels at its natural size.
const (
	pagePx       = 1200.0
	leftPx       = 90.0 // room for the labels of the vertical axes
	rightPx      = 24.0
	plotPx       = pagePx - leftPx - rightPx
	legendPx     = 114.0
	mainTopPx    = 132.0
	faultLinePx  = 16.0 // above the first panel each kind of fault has a line of its own
	faultGapPx   = 6.0  // below them
	mainPx       = 380.0
	gapPx        = 36.0 // between panels, holds the lower one's title
	ratesPx      = 90.0
	stabilityPx  = 170.0
	footPx       = 48.0 // below the last panel, holds the time axis
	dotRadiusPx  = 2.2
	crossPx      = 3.0 // half the width of the marks for failed and unknown
	labelShiftPx = 4.0 // from a line down to the middle of text beside it
)

// panel is one of the plots, stacked on a common time axis.
type panel struct{ top, height float64 }

func (p panel) bottom() float64 { return p.top + p.height }

// drawing is a picture in the making.
type drawing struct {
	out     bytes.Buffer
	kinds   []string // what clients did, sorted; the position gives the colour
	points  []point
	chart   *Chart // of the workload, if it has one
	faulty  []interval
	moments []moment
	lines   []string      // kinds of faults, from top to bottom
	end     time.Duration // of the time axis

	main, rate, third panel
}

func newDrawing(h history.History, r checker.Results, meta Meta) (*drawing, error) {
	pairs, err := h.Pair()
	if err != nil {
		return nil, err
	}
	d := &drawing{end: time.Millisecond}
	if len(h) == 0 {
		d.end = time.Second
	}
	for _, op := range h {
		d.end = max(d.end, op.Time)
		if op.Process != history.Nemesis && !slices.Contains(d.kinds, op.F) {
			d.kinds = append(d.kinds, op.F)
		}
	}
	d.end += d.end / 60 // the final reads should not stick to the edge
	slices.Sort(d.kinds)
	d.points = pointsOf(h, pairs, d.kinds, d.end)
	d.faulty, d.moments = faultsOf(h, d.end)
	d.chart = chartOf(h, r, meta.Judge)
	d.main = panel{mainTopPx, mainPx}
	if d.allAtFoot() {
		d.main.height = max(2*footMinPx, 2*footLinePx*float64(len(d.kinds)))
	}
	d.lines = linesOf(d.faulty, d.moments)
	if n := len(d.lines); n > 0 {
		d.main.top += float64(n)*faultLinePx + faultGapPx
	}
	d.rate = panel{d.main.bottom() + gapPx, ratesPx}
	if d.chart != nil {
		d.third = panel{d.rate.bottom() + gapPx, stabilityPx}
	}
	return d, nil
}

// panels lists the plots from top to bottom.
func (d *drawing) panels() []panel {
	all := []panel{d.main, d.rate}
	if d.third.height > 0 {
		all = append(all, d.third)
	}
	return all
}

func (d *drawing) lastPanel() panel {
	all := d.panels()
	return all[len(all)-1]
}

// x places a moment on the time axis.
func (d *drawing) x(t time.Duration) float64 {
	return leftPx + plotPx*float64(t)/float64(d.end)
}

func (d *drawing) print(text string) { d.out.WriteString(text) }

func (d *drawing) printf(format string, args ...any) { fmt.Fprintf(&d.out, format, args...) }

// px writes a coordinate, to a tenth of a pixel.
func px(v float64) string {
	text := strconv.FormatFloat(v, 'f', 1, 64)
	if len(text) > 2 && text[len(text)-2:] == ".0" {
		return text[:len(text)-2]
	}
	return text
}

func escaped(text string) string {
	var out bytes.Buffer
	xml.EscapeText(&out, []byte(text)) // a bytes.Buffer never fails
	return out.String()
}

func (d *drawing) text(class string, x, y float64, text string) {
	d.printf("<text class=\"%s\" x=\"%s\" y=\"%s\">%s</text>\n", class, px(x), px(y), escaped(text))
}

func (d *drawing) line(class string, x1, y1, x2, y2 float64) {
	d.printf("<line class=\"%s\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"/>\n", class, px(x1), px(y1), px(x2), px(y2))
}

func (d *drawing) open() {
	height := px(d.lastPanel().bottom() + footPx)
	d.printf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %s %s\" width=\"%s\" height=\"%s\" role=\"img\">\n",
		px(pagePx), height, px(pagePx), height)
	d.print("<title>Operations of a run over time and how long they took</title>\n")
	d.print("<style>" + style() + "</style>\n")
	d.printf("<rect class=\"page\" width=\"%s\" height=\"%s\"/>\n", px(pagePx), height)
}

// header says what was run, what came of it, and the figures one looks for.
func (d *drawing) header(r checker.Results, meta Meta) {
	title := subject(meta)
	if meta.Engine != "" {
		title += " on " + meta.Engine
	}
	d.printf("<text class=\"title\" x=\"%s\" y=\"36\">%s: <tspan class=\"%s\">%s</tspan></text>\n",
		px(leftPx), escaped(title), verdictClass(r.Valid), r.Valid)
	d.text("", leftPx, 60, clipTo(Reasons(r)+". "+keyFigures(r), headerRunesMax))
	if len(meta.Flags) > 0 {
		d.text("faint", leftPx, 80, clipTo(meta.flagLine(), headerRunesMax))
	}
}

// headerRunesMax is what fits on a line of the page.
const headerRunesMax = 165

func clipTo(text string, runesMax int) string {
	if runes := []rune(text); len(runes) > runesMax {
		return string(runes[:runesMax-3]) + "..."
	}
	return text
}

func verdictClass(v checker.Verdict) string {
	switch v {
	case checker.Valid:
		return "good"
	case checker.Unknown:
		return "doubt"
	}
	return "bad"
}

func keyFigures(r checker.Results) string {
	text := fmt.Sprintf("%s, %s ok", Plural(r.Stats.Count, "operation", "operations"), Percent(r.Availability.OKFraction))
	if r.Net != nil && r.Net.Servers.MsgsPerOp != nil {
		text += fmt.Sprintf(", %s messages between nodes an op", figure(float64(*r.Net.Servers.MsgsPerOp)))
	}
	if q := settled(r); q != nil {
		text += fmt.Sprintf(", stable after a median of %s ms, at most %s ms",
			Grouped(int(q.MedianMs)), Grouped(int(q.MaxMs)))
	}
	return text
}

// legend explains colours and shapes, on one line above the plot.
func (d *drawing) legend() {
	x, y := leftPx, legendPx
	for i, kind := range d.kinds {
		d.printf("<circle class=\"k%d dot\" cx=\"%s\" cy=\"%s\" r=\"5\"/>\n", i%kindColours, px(x+5), px(y-labelShiftPx))
		d.text("", x+15, y, kind)
		x += 15 + textPx(kind) + 22
	}
	x += 12
	for _, each := range []struct {
		outcome history.Type
		words   string
	}{{history.OK, "ok"}, {history.Fail, "failed"}, {history.Info, "unknown, or no answer"}} {
		d.print("<g class=\"plain\">")
		d.mark(each.outcome, x+5, y-labelShiftPx)
		d.print("</g>\n")
		d.text("", x+15, y, each.words)
		x += 15 + textPx(each.words) + 22
	}
	if len(d.points) > dotsMax {
		d.text("small end", leftPx+plotPx, y, "where marks crowd, a strong one stands for several")
	}
}

// textPx estimates how wide text of the common size is, generously: fonts
// differ from reader to reader.
func textPx(text string) float64 { return 7.4 * float64(len([]rune(text))) }
