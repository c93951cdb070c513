package main

import (
	"testing"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

func TestFloodLosesNothingInANetworkThatDelivers(t *testing.T) {
	simtest.Run(t, simtest.Cluster{Service: serve, Workload: workload.New(), Seeds: 20})
}

func TestFloodLosesValuesInAPartition(t *testing.T) {
	simtest.Finds(t, simtest.Cluster{Service: serve, Workload: workload.New(), Faults: []string{"partition"}, Seeds: 20}, "values lost")
}
