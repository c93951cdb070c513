package report

import (
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"eddy/testbench/history"
)

// point is one operation of a client.
type point struct {
	at      time.Duration // when it was invoked
	took    time.Duration
	kind    int // position in drawing.kinds
	outcome history.Type
}

// pointsOf measures the operations of a history. One that was never answered
// took until the end of the run at least, and its outcome is unknown.
func pointsOf(h history.History, pairs history.Pairing, kinds []string, end time.Duration) []point {
	var all []point
	for i, op := range h {
		if op.Type != history.Invoke || op.Process == history.Nemesis {
			continue
		}
		p := point{at: op.Time, took: end - op.Time, kind: slices.Index(kinds, op.F), outcome: history.Info}
		if completion, ok := pairs.Of(i); ok {
			p.took, p.outcome = h[completion].Time-op.Time, h[completion].Type
		}
		all = append(all, p)
	}
	return all
}

// dot is a mark on the page, standing for one or several points.
type dot struct {
	x, y   float64
	group  int // what is drawn alike; a dot stands for its own group only
	weight int // how many points it stands for
	layer  int // see layers
}

// dotsMax is how many marks a panel shows at most. More make no clearer picture,
// only a slower one.
const dotsMax = 5000

// thin leaves out dots where they crowd. The page is cut into small cells, and
// of each cell as many dots stay as dotsMax allows, each standing for its share
// of the others. A cell with few dots, which is where outliers are, keeps them
// all. Those that stay are not moved, and which do is drawn by lot, or the grid
// would show; the lots are the same each time.
func thin(dots []dot) []dot {
	if len(dots) <= dotsMax {
		return dots
	}
	var cells [][]dot
	for cellPx := 6.0; cells == nil || len(cells) > dotsMax; cellPx *= 1.5 {
		cells = cellsOf(dots, cellPx)
	}
	keep := 1
	for kept(cells, keep+1) <= dotsMax {
		keep++
	}
	lots := rand.New(rand.NewPCG(0, 0))
	var out []dot
	for _, cell := range cells {
		n := min(keep, len(cell))
		for i := range n {
			from, to := i*len(cell)/n, (i+1)*len(cell)/n
			d := cell[from+lots.IntN(to-from)]
			d.weight = len(cell) / n
			out = append(out, d)
		}
	}
	return out
}

func cellsOf(dots []dot, cellPx float64) [][]dot {
	type place struct{ x, y, group int }
	at := map[place]int{}
	var cells [][]dot
	for _, d := range dots {
		p := place{int(d.x / cellPx), int(d.y / cellPx), d.group}
		i, taken := at[p]
		if !taken {
			i = len(cells)
			at[p] = i
			cells = append(cells, nil)
		}
		cells[i] = append(cells[i], d)
	}
	return cells
}

// kept counts the dots that stay if each cell keeps at most so many.
func kept(cells [][]dot, keep int) int {
	n := 0
	for _, cell := range cells {
		n += min(keep, len(cell))
	}
	return n
}

// weightClasses are the steps in which dots that stand for many are stronger.
var weightClasses = []struct {
	from    int
	opacity string
}{{1, ".55"}, {3, ".75"}, {10, ".9"}, {40, "1"}}

// Where marks are few they need not let each other shine through.
const (
	fewPoints  = 1000
	fewOpacity = ".85"
)

// opacity is that of marks of a weight.
func (d *drawing) opacity(weight int) string {
	if len(d.points) < fewPoints {
		return fewOpacity
	}
	return weightClasses[weightClass(weight)].opacity
}

func weightClass(weight int) int {
	class := 0
	for i, each := range weightClasses {
		if weight >= each.from {
			class = i
		}
	}
	return class
}

// mark draws one outcome's shape.
func (d *drawing) mark(outcome history.Type, x, y float64) {
	switch outcome {
	case history.Fail:
		d.printf("<path class=\"mark\" d=\"M%s %sl6 6m-6 0l6-6\"/>", px(x-crossPx), px(y-crossPx))
	case history.Info:
		d.printf("<path class=\"mark\" d=\"M%s %sl3.5 3.5-3.5 3.5-3.5-3.5z\"/>", px(x), px(y-3.5))
	default:
		d.printf("<circle cx=\"%s\" cy=\"%s\" r=\"%s\"/>", px(x), px(y), px(dotRadiusPx))
	}
}

// operations draws the main panel's marks, those that succeeded first, so that
// failures lie on top.
func (d *drawing) operations() {
	scale := d.latencyScale()
	var dots []dot
	for _, p := range d.points {
		dots = append(dots, dot{x: d.x(p.at), y: scale.place(p), group: groupOf(p), weight: 1})
	}
	dots = thin(dots)
	for i := range dots {
		dots[i].layer = i % layers
	}
	slices.SortStableFunc(dots, func(a, b dot) int { return drawOrder(a) - drawOrder(b) })
	for i := 0; i < len(dots); {
		first := dots[i]
		kind, outcome := first.group/outcomes, history.Type(first.group%outcomes)
		d.printf("<g class=\"k%d %s\" opacity=\"%s\">", kind%kindColours, shapeClass(outcome), d.opacity(first.weight))
		for ; i < len(dots) && drawOrder(dots[i]) == drawOrder(first); i++ {
			d.mark(outcome, dots[i].x, dots[i].y)
		}
		d.print("</g>\n")
	}
}

// outcomes is more than any outcome's number, so that a group can hold both it
// and the kind.
const outcomes = int(history.Info) + 1

func groupOf(p point) int { return p.kind*outcomes + int(p.outcome) }

// shapeClass names the outcome for whoever reads the file.
func shapeClass(outcome history.Type) string { return outcome.String() }

// layers is in how many turns the kinds are drawn, so that none covers another.
const layers = 4

// drawOrder sorts by outcome, then layer, kind and weight.
func drawOrder(d dot) int {
	return (d.group%outcomes)<<24 | d.layer<<16 | d.group/outcomes<<8 | weightClass(d.weight)
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// latencyFloorMs is the least latency that has a place on a logarithmic scale. In virtual time an operation may take none.
const latencyFloorMs = 0.01

// latencyScale spans the latencies of the run: logarithmically, but for those below the floor, which stand in a band of their
// own at the foot, a line for each kind of operation.
type latencyScale struct {
	logScale
	foot  panel // its height is 0 where no latency is below the floor
	kinds int
	none  bool // what is below the floor is 0
	alone bool // the band is all there is
}

// footLinePx is how high the line of a kind is in the band at the foot, footMinPx how high the band is at least: its label
// stands below that of the axis.
const (
	footLinePx = 12.0
	footMinPx  = 30.0
)

func (d *drawing) latencyScale() latencyScale {
	low, high := math.Inf(1), 0.0
	s := latencyScale{kinds: len(d.kinds), none: true}
	below := false
	for _, p := range d.points {
		took := ms(p.took)
		if took < latencyFloorMs {
			below = true
			s.none = s.none && took == 0
			continue
		}
		low, high = min(low, took), max(high, took)
	}
	if high == 0 {
		low, high = 1, 10
	}
	if below && d.allAtFoot() {
		s.foot, s.alone = d.main, true
		s.logScale = newLogScale(d.main, low, high)
		return s
	}
	above := d.main
	if below {
		s.foot.height = max(footMinPx, footLinePx*float64(s.kinds))
		above.height -= s.foot.height
		s.foot.top = above.bottom()
	}
	s.logScale = newLogScale(above, low, high)
	return s
}

// allAtFoot tells whether no operation took as long as the logarithmic scale can show.
func (d *drawing) allAtFoot() bool {
	return len(d.points) > 0 && !slices.ContainsFunc(d.points, func(p point) bool { return ms(p.took) >= latencyFloorMs })
}

// place is the height at which an operation stands.
func (s latencyScale) place(p point) float64 {
	if took := ms(p.took); s.foot.height == 0 || took >= latencyFloorMs {
		return s.y(took)
	}
	return s.foot.top + s.foot.height*(float64(p.kind)+0.5)/float64(s.kinds)
}

// footLabel says what stands in the band at the foot.
func (s latencyScale) footLabel() string {
	if s.none {
		return latencyLabel(0)
	}
	return "< " + latencyLabel(latencyFloorMs)
}
