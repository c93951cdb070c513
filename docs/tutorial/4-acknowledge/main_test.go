package main

import (
	"testing"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

func TestNothingIsLost(t *testing.T) {
	simtest.Run(t, simtest.Cluster{Service: serve, Workload: workload.New(), Faults: []string{"partition", "loss", "duplicate"}, Seeds: 20})
}
