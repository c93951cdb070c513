package counter_test

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"eddy/counter"
	"eddy/internal/testscale"
	"eddy/simtest"
	"eddy/testbench"
	workload "eddy/workload/counter"
)

// sparing are the faults that leave a node its memory.
var sparing = []string{"partition", "loss", "duplicate", "reorder", "latency", "pause"}

func TestCountersLoseNoAddToFaultsThatSpareMemory(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]counter.Config{
		"star":                   {},
		"mesh":                   {Topology: "mesh", Interval: 500 * time.Millisecond},
		"seq-kv":                 {Strategy: counter.Store},
		"seq-kv, owners":         {Strategy: counter.Store, Read: counter.FromOwners},
		"seq-kv, max age":        {Strategy: counter.Store, MaxAge: 300 * time.Millisecond, AgeGiven: true},
		"seq-kv, behind":         {Strategy: counter.Store, Write: counter.Behind},
		"seq-kv, behind, owners": {Strategy: counter.Store, Write: counter.Behind, Read: counter.FromOwners},
		"seq-kv, behind, no age": {Strategy: counter.Store, Write: counter.Behind, AgeGiven: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, signed := range []bool{false, true} {
				service, judged := counter.GCounter(c), workload.G()
				if signed {
					service, judged = counter.PNCounter(c), workload.PN()
				}
				simtest.Run(t, simtest.Cluster{
					Service: service, Workload: judged, Faults: sparing, Options: testscale.Vary,
					Seeds: int(testscale.Seeds(10, 4, 100)), Also: manyAdds,
				})
			}
		})
	}
}

// manyAdds keeps a run from passing in which there was hardly anything to lose. A seed may pause its nodes for most of the time.
func manyAdds(out *testbench.Outcome) error {
	if n := out.Results.Stats.ByF["add"].OKCount; n < 5 {
		return fmt.Errorf("only %d adds succeeded", n)
	}
	return nil
}

func TestCountersWrittenThroughLoseNoAddToKills(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]counter.Reading{"store": counter.FromStore, "owners": counter.FromOwners} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lost atomic.Int64
			simtest.Run(t, simtest.Cluster{
				Service:  counter.PNCounter(counter.Config{Strategy: counter.Store, Read: read}),
				Workload: workload.PN(), Faults: append([]string{"kill"}, sparing...), Options: testscale.Vary,
				Seeds: int(testscale.Seeds(10, 8, 100)),
				Also: func(out *testbench.Outcome) error {
					lost.Add(out.Run.Net.Harm.LostWithNode)
					return nil
				},
			})
			if lost.Load() == 0 {
				t.Error("no message was lost with a killed node")
			}
		})
	}
}
