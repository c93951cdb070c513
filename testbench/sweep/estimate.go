package sweep

import (
	"math"
	"strconv"
)

// Estimate is a mean of measurements and how far the true one may be off.
type Estimate struct {
	N    int
	Mean float64
	// Half is half the width of the 95 % confidence interval by Student's t; NaN
	// for fewer than two measurements, which say nothing of how they scatter.
	Half float64
}

// confidence is that of all intervals here.
const confidence = 0.95

// Estimated estimates the mean of values that are drawn independently.
func Estimated(values []float64) Estimate {
	e := Estimate{N: len(values), Mean: math.NaN(), Half: math.NaN()}
	if e.N == 0 {
		return e
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	e.Mean = sum / float64(e.N)
	if e.N < 2 {
		return e
	}
	squares := 0.0
	for _, v := range values {
		squares += (v - e.Mean) * (v - e.Mean)
	}
	deviation := math.Sqrt(squares / float64(e.N-1))
	e.Half = studentT(float64(e.N-1)) * deviation / math.Sqrt(float64(e.N))
	return e
}

// variance is that of the mean itself, recovered from the interval.
func (e Estimate) variance() float64 {
	if e.N < 2 {
		return math.NaN()
	}
	half := e.Half / studentT(float64(e.N-1))
	return half * half
}

// String gives the mean and its interval, as "1.32 ± 0.04".
func (e Estimate) String() string {
	switch {
	case e.N == 0:
		return "-"
	case math.IsNaN(e.Half):
		return number(e.Mean)
	}
	return number(e.Mean) + " ± " + number(e.Half)
}

// number writes a figure with as many digits as mean something.
func number(x float64) string {
	switch size := math.Abs(x); {
	case x == math.Trunc(x) && size < 1e15:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case size >= 100:
		return strconv.FormatFloat(x, 'f', 0, 64)
	case size >= 10:
		return strconv.FormatFloat(x, 'f', 1, 64)
	case size >= 0.1:
		return strconv.FormatFloat(x, 'f', 2, 64)
	}
	return strconv.FormatFloat(x, 'g', 2, 64)
}

// studentT is the quantile of Student's t distribution that leaves 1-confidence
// in both tails together, for degrees of freedom that need not be whole.
func studentT(freedom float64) float64 {
	low, high := 0.0, 1.0
	for within(high, freedom) < confidence {
		high *= 2
	}
	for range 200 {
		if middle := (low + high) / 2; within(middle, freedom) < confidence {
			low = middle
		} else {
			high = middle
		}
	}
	return (low + high) / 2
}

// within is the probability that a variable of Student's t lies in [-t, t]:
// 1 - I_x(ν/2, 1/2) at x = ν/(ν+t²) (Abramowitz and Stegun 26.7.1).
func within(t, freedom float64) float64 {
	return 1 - incompleteBeta(freedom/(freedom+t*t), freedom/2, 0.5)
}

// incompleteBeta is the regularised incomplete beta function I_x(a, b), by its
// continued fraction (Abramowitz and Stegun 26.5.8) evaluated as Lentz does.
func incompleteBeta(x, a, b float64) float64 {
	if x <= 0 || x >= 1 {
		return max(0, min(1, x))
	}
	if x > (a+1)/(a+b+2) { // the fraction converges fast on this side only
		return 1 - incompleteBeta(1-x, b, a)
	}
	lgab, _ := math.Lgamma(a + b)
	lga, _ := math.Lgamma(a)
	lgb, _ := math.Lgamma(b)
	front := math.Exp(lgab-lga-lgb+a*math.Log(x)+b*math.Log1p(-x)) / a
	return front / betaFraction(x, a, b)
}

func betaFraction(x, a, b float64) float64 {
	const tiny, termsMax = 1e-300, 10_000
	f, c, d := 1.0, 1.0, 0.0
	for i := 1; i < termsMax; i++ {
		m := float64(i / 2)
		term := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		if i%2 == 1 {
			term = -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		}
		d = 1 / nonZeroed(1+term*d, tiny)
		c = nonZeroed(1+term/c, tiny)
		f *= c * d
		if math.Abs(1-c*d) < 1e-15 {
			break
		}
	}
	return f
}

func nonZeroed(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}
