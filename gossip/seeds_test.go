package gossip_test

import (
	"fmt"
	"testing"
	"time"

	"eddy/gossip"
	"eddy/internal/testscale"
	"eddy/simtest"
	"eddy/testbench"
	"eddy/workload/broadcast"
	"eddy/workload/gset"
	"eddy/workload/set"
)

// acknowledged are strategies that lose nothing to faults which spare memory.
var acknowledged = map[string]gossip.Config{
	"flood":                      {Dissemination: gossip.Flood},
	"flood, tree, cumulative":    {Dissemination: gossip.Flood, Topology: "tree:3", Ack: gossip.AckCumulative},
	"flood, given":               {Dissemination: gossip.Flood, Topology: "given"},
	"origin":                     {Dissemination: gossip.Origin},
	"origin, cumulative":         {Dissemination: gossip.Origin, Ack: gossip.AckCumulative},
	"detour, grid":               {Dissemination: gossip.Detour, Topology: "grid"},
	"detour, cumulative":         {Dissemination: gossip.Detour, Ack: gossip.AckCumulative},
	"batch":                      {Dissemination: gossip.Batch},
	"batch, each":                {Dissemination: gossip.Batch, Ack: gossip.AckEach},
	"batch, line":                {Dissemination: gossip.Batch, Topology: "line", Interval: 100 * time.Millisecond},
	"batch, clusters, small":     {Dissemination: gossip.Batch, Topology: "clusters:3", BatchBytes: 8},
	"batch, mesh, mailbox of 1":  {Dissemination: gossip.Batch, Topology: "mesh", Mailbox: 1},
	"batch, given, leaves apart": {Dissemination: gossip.Batch, Topology: "given", LeafInterval: 50 * time.Millisecond},
	"paced":                      {Dissemination: gossip.Paced},
	"paced, short, small":        {Dissemination: gossip.Paced, Interval: 100 * time.Millisecond, BatchBytes: 8},
}

func TestAcknowledgedStrategiesLoseNothingToFaultsThatSpareMemory(t *testing.T) {
	t.Parallel()
	for name, c := range acknowledged {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cluster := simtest.Cluster{
				Service: gossip.Broadcast(c), Workload: broadcast.New(), Options: testscale.Vary, Also: everywhere,
				Faults: []string{"partition", "loss", "duplicate", "reorder", "latency", "pause"},
				Seeds:  int(testscale.Seeds(10, 4, 100)),
			}
			simtest.Run(t, cluster)
			if c.Topology != "given" { // Maelstrom gives a g-set none
				cluster.Service, cluster.Workload = gossip.GSet(c), gset.New()
				simtest.Run(t, cluster)
			}
		})
	}
}

// everywhere asks for every value on every node. How many values a run tries is decided by the seed's pauses: a client
// of a paused node waits with its operation, and both of two nodes may be paused for most of the time.
func everywhere(out *testbench.Outcome) error {
	if s := out.Results.Workload.(*set.Results); s.StableCount != s.AttemptCount || s.AttemptCount < 10 {
		return fmt.Errorf("%d of %d values are known to be everywhere", s.StableCount, s.AttemptCount)
	}
	return nil
}
