package sweep

import (
	"math"
	"testing"
)

// The values are those of the tables in textbooks.
func TestStudentTIsThatOfTheTables(t *testing.T) {
	for freedom, want := range map[float64]float64{1: 12.706, 2: 4.303, 4: 2.776, 9: 2.262, 30: 2.042, 1000: 1.962} {
		if got := studentT(freedom); math.Abs(got-want) > 0.0006 {
			t.Errorf("with %g degrees of freedom t is %.4f, want %.3f", freedom, got, want)
		}
	}
}

func TestIntervalOfKnownMeasurements(t *testing.T) {
	// Mean 3, deviation √2.5: half the width is 2.776·√2.5/√5.
	e := Estimated([]float64{1, 2, 3, 4, 5})
	if e.N != 5 || e.Mean != 3 || math.Abs(e.Half-1.9632) > 0.0005 {
		t.Errorf("the estimate is %+v", e)
	}
	if math.Abs(e.variance()-0.5) > 1e-9 {
		t.Errorf("the variance of the mean is %v, want 0.5", e.variance())
	}
}

func TestFewMeasurementsSayNothingOfTheirScatter(t *testing.T) {
	if e := Estimated([]float64{7}); e.Mean != 7 || !math.IsNaN(e.Half) || e.String() != "7" {
		t.Errorf("of one measurement: %+v", e)
	}
	if e := Estimated(nil); e.String() != "-" {
		t.Errorf("of none: %s", e)
	}
	if e := Estimated([]float64{2, 2, 2}); e.Half != 0 {
		t.Errorf("measurements that agree scatter by %v", e.Half)
	}
}
