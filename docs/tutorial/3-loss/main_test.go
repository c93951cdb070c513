package main

import (
	"testing"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

func TestCopiesDoNotHelpInAPartition(t *testing.T) {
	simtest.Finds(t, simtest.Cluster{Service: serve(5), Workload: workload.New(), Faults: []string{"partition"}, Seeds: 20}, "values lost")
}
