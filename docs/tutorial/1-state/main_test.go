package main

import (
	"testing"

	"eddy/simtest"
	workload "eddy/workload/broadcast"
)

// Two nodes that never tell each other lose all that one of them alone was given.
func TestTwoNodesLoseValues(t *testing.T) {
	simtest.Finds(t, simtest.Cluster{Service: serve, Workload: workload.New(), Nodes: 2, Seeds: 10}, "values lost")
}

func TestOneNodeLosesNothing(t *testing.T) {
	simtest.Run(t, simtest.Cluster{Service: serve, Workload: workload.New(), Nodes: 1, Seeds: 10})
}
