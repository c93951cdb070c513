// Package testscale says how many seeds a long test runs: a few under -short, as
// many as a developer waits for by default, and all of them in `task check`, which
// sets EDDY_CHECK=1. Tests of every package use it, so that one word decides. It also
// has the runs that sweeps of several packages make.
package testscale

import (
	"os"
	"testing"
)

// Seeds gives the number of seeds for go test -short, for plain go test and for
// task check.
func Seeds(short, usual, check uint64) uint64 {
	switch {
	case testing.Short():
		return short
	case os.Getenv("EDDY_CHECK") != "":
		return check
	}
	return usual
}
