package sweep

import (
	"math"
	"strconv"
)

// scale maps the values of a figure onto a stretch of the page: logarithmically
// where they span much, else linearly.
type scale struct {
	low, high   float64
	log         bool
	from, to    float64 // on the page
	ticks       []float64
	targetShown bool // the target lies on the scale
}

// logSpan is from what ratio of the greatest value to the least on the scale is
// logarithmic.
const logSpan = 6

// targetReach is how much farther than the greatest value a linear scale goes to
// show the target.
const targetReach = 1.6

// newScale spans values, and the target (0 for none) where it is not too far off.
func newScale(values []float64, target, from, to float64) scale {
	low, high := math.Inf(1), math.Inf(-1)
	for _, v := range values {
		low, high = min(low, v), max(high, v)
	}
	s := scale{log: low > 0 && high/low >= logSpan, from: from, to: to}
	if target > 0 && (s.log && target >= low || target >= low && target <= targetReach*high) {
		s.targetShown = true
		high = max(high, target)
	}
	if s.log {
		s.low, s.high = low/1.15, high*1.2
		for decade := math.Pow(10, math.Floor(math.Log10(s.low))); decade <= s.high; decade *= 10 {
			for _, m := range []float64{1, 2, 5} {
				s.tick(m * decade)
			}
		}
		return s
	}
	margin := max((high-low)*0.12, high*0.05, 1e-3)
	s.low, s.high = max(0, low-margin), high+margin
	step := niceStep((s.high - s.low) / 6)
	for v := math.Ceil(s.low/step) * step; v <= s.high; v += step {
		s.tick(v)
	}
	return s
}

func (s *scale) tick(v float64) {
	if v >= s.low && v <= s.high {
		s.ticks = append(s.ticks, v)
	}
}

// niceStep is the least 1, 2 or 5 times a power of ten that is not below x.
func niceStep(x float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(x)))
	for _, m := range []float64{1, 2, 5} {
		if m*power >= x*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// at is the place of a value, kept on the scale.
func (s scale) at(v float64) float64 {
	v = min(max(v, s.low), s.high)
	share := (v - s.low) / (s.high - s.low)
	if s.log {
		share = math.Log(v/s.low) / math.Log(s.high/s.low)
	}
	return s.from + share*(s.to-s.from)
}

func tickLabel(v float64) string { return strconv.FormatFloat(math.Round(v*1e6)/1e6, 'f', -1, 64) }
