package main

import (
	"testing"
	"time"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

func TestNothingIsLost(t *testing.T) {
	simtest.Run(t, simtest.Cluster{Service: serve(400 * time.Millisecond), Workload: workload.New(), Faults: []string{"partition", "loss", "duplicate", "reorder"}, Seeds: 20})
}
