package main

import (
	"testing"

	"eddy/simtest"
)

func cluster(ahead, seeds int) simtest.Cluster {
	return simtest.Cluster{Service: tickets{ahead: ahead}.serve, Workload: newWorkload(), Faults: []string{"partition", "loss", "pause"}, Seeds: seeds}
}

func TestNumbersGrow(t *testing.T) { simtest.Run(t, cluster(0, 100)) }

// Numbers that a node has reserved are behind those that others give out meanwhile, and the workload notices.
func TestReservedNumbersDoNotGrow(t *testing.T) {
	simtest.Finds(t, cluster(10, 20), "numbers that do not grow")
}
