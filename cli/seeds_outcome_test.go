package cli

import (
	"testing"

	"eddy/testbench"
)

func TestRunsThatCouldNotBeMadeAreNotCalledInvalid(t *testing.T) {
	couldNot, invalid := verdict{Status: testbench.ExitCouldNot}, verdict{Status: 1}
	for _, c := range []struct {
		failures []verdict
		want     string
	}{{[]verdict{couldNot}, "could not run"}, {[]verdict{couldNot, invalid}, "invalid"}, {[]verdict{invalid}, "invalid"}} {
		r := sweepResult{failures: c.failures}
		if got := r.outcome(); got != c.want {
			t.Errorf("%v: %s, want %s", c.failures, got, c.want)
		}
	}
}
