package main

import (
	"testing"
	"time"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

func TestNothingIsLost(t *testing.T) {
	simtest.Run(t, simtest.Cluster{Service: serve(100 * time.Millisecond), Workload: workload.New(), Faults: []string{"partition", "loss", "duplicate"}, Seeds: 20})
}
