package testscale

import (
	"math/rand/v2"
	"time"

	"eddy/testbench"
	"eddy/testbench/nemesis"
)

// Vary makes a run of 15 s of a size and with latencies that its seed decides, two clients a node, under partitions of
// all shapes where it has partitions, with time to recover.
func Vary(o *testbench.Options) {
	r := rand.New(rand.NewPCG(o.Seed, 2))
	o.NodeCount = 2 + r.IntN(8)
	o.Rate, o.TimeLimit, o.Concurrency = 20, 15*time.Second, "2n"
	o.LatencyMs, o.LatencyDist = 1+int64(r.IntN(50)), "exponential"
	o.NemesisInterval = 3 * time.Second
	o.Faults.Partition.Shapes = nemesis.AllShapes()
	o.Recovery = 20 * time.Second
}
