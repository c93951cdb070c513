package report

import (
	"math"
	"strconv"
)

// logScale maps latencies onto the height of a panel, logarithmically, between
// bounds that are 1, 2 or 5 times a power of ten.
type logScale struct {
	panel     panel
	low, high float64 // milliseconds
}

// headroom keeps the slowest operation off the upper edge.
const headroom = 1.1

func newLogScale(p panel, low, high float64) logScale {
	s := logScale{panel: p, low: niceBelow(low), high: niceBelow(high)}
	for s.high < high*headroom || s.high < 10*s.low {
		s.high = nextNice(s.high)
	}
	return s
}

func (s logScale) y(latencyMs float64) float64 {
	latencyMs = min(max(latencyMs, s.low), s.high)
	share := math.Log10(latencyMs/s.low) / math.Log10(s.high/s.low)
	return s.panel.bottom() - share*s.panel.height
}

// ticks gives the values worth a line. labelled tells which of them, over many
// decades, still have room for a text.
func (s logScale) ticks() (values []float64, labelled func(float64) bool) {
	for v := s.low; v <= s.high*1.001; v = nextNice(v) {
		values = append(values, v)
	}
	many := math.Log10(s.high/s.low) > 3.5
	return values, func(v float64) bool { return !many || mantissa(v) == 1 }
}

// niceBelow gives the largest 1, 2 or 5 times a power of ten up to v.
func niceBelow(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	for _, m := range []float64{5, 2} {
		if m*power <= v*(1+1e-9) {
			return m * power
		}
	}
	return power
}

func nextNice(v float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(v)+1e-9))
	switch mantissa(v) {
	case 1:
		return 2 * power
	case 2:
		return 5 * power
	}
	return 10 * power
}

func mantissa(nice float64) int {
	return int(math.Round(nice / math.Pow(10, math.Floor(math.Log10(nice)+1e-9))))
}

// niceStep gives the smallest step of 1, 2 or 5 times a power of ten that
// divides span into at most parts.
func niceStep(span float64, parts int) float64 {
	step := niceBelow(span / float64(parts))
	for step*float64(parts) < span*(1-1e-9) {
		step = nextNice(step)
	}
	return step
}

// linearScale maps numbers from 0 onto the height of a panel.
type linearScale struct {
	panel      panel
	high, step float64
}

func newLinearScale(p panel, high float64, parts int) linearScale {
	high = max(high, 1)
	step := niceStep(high, parts)
	return linearScale{panel: p, step: step, high: step * math.Ceil(high/step-1e-9)}
}

func (s linearScale) y(v float64) float64 {
	return s.panel.bottom() - s.panel.height*min(v, s.high)/s.high
}

func (s linearScale) ticks() []float64 {
	var values []float64
	for i := 0; float64(i)*s.step <= s.high*(1+1e-9); i++ {
		values = append(values, float64(i)*s.step)
	}
	return values
}

// latencyLabel writes milliseconds, or seconds from one second up.
func latencyLabel(latencyMs float64) string {
	if latencyMs >= 1000 {
		return number(latencyMs/1000) + " s"
	}
	return number(latencyMs) + " ms"
}

func number(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }
