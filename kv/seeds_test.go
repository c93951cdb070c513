package kv_test

import (
	"testing"
	"time"

	"eddy/internal/testscale"
	"eddy/kv"
	"eddy/simtest"
	"eddy/testbench"
	"eddy/workload/linkv"
)

func TestLinKVIsLinearizableThroughEveryFault(t *testing.T) {
	t.Parallel()
	every := []string{"partition", "loss", "duplicate", "reorder", "pause", "kill", "disk"}
	for read, faults := range map[kv.Reads][]string{
		kv.ReadIndex: append([]string{"skew"}, every...),
		kv.ReadLog:   append([]string{"skew"}, every...),
		kv.ReadLease: every, // a lease trusts clocks
	} {
		t.Run(string(read), func(t *testing.T) {
			t.Parallel()
			simtest.Run(t, simtest.Cluster{
				Service: kv.Service(kv.Config{
					Data: "simulated", DiskLatency: 2 * time.Millisecond, SnapshotEvery: 40, SnapshotBehind: 10, Read: read,
				}),
				Workload: linkv.New(), Faults: faults, TimeLimit: 20 * time.Second, LatencyMs: 5, Rate: 50,
				Seeds: int(testscale.Seeds(20, 10, 100)),
				Options: func(o *testbench.Options) {
					o.NodeCount, o.Concurrency = 3+2*int(o.Seed%2), "4n"
				},
			})
		})
	}
}
