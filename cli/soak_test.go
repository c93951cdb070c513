package cli

import (
	"testing"
	"time"

	"eddy/actor"
	"eddy/actor/node"
	"eddy/actor/node/journal"
	"eddy/counter"
	"eddy/internal/testscale"
	"eddy/kafka"
	"eddy/kv"
	"eddy/testbench/checker"
	"eddy/testbench/virtual"
	"eddy/uniqueids"
)

// What a disk holds follows what the service holds, not how long it runs: over a virtual hour with kills of all nodes the
// longest journal of the last half is about as long as that of the first.
func TestDisksStayShortOverAVirtualHour(t *testing.T) {
	t.Parallel()
	long(t)
	small := journal.Options{Dir: "simulated", SnapshotBytes: 20_000}
	for workload, service := range map[string]node.Service{
		"g-counter":  counter.GCounter(counter.Config{Journal: small}),
		"unique-ids": uniqueids.Service(uniqueids.Config{Strategy: uniqueids.Snowflake, Journal: small}),
		"lin-kv":     kv.Service(kv.Config{Data: "simulated", SnapshotEvery: 200}),
		"kafka":      kafka.Service(kafka.Config{Retention: 300, Journal: small}),
	} {
		t.Run(workload, func(t *testing.T) {
			if (workload == "lin-kv" || workload == "kafka") && testscale.Seeds(0, 0, 1) == 0 {
				t.Skip("takes long; EDDY_CHECK=1 runs it")
			}
			t.Parallel()
			o := registers(1, 3, 100, "kill")
			o.Workload, o.TimeLimit, o.NemesisInterval, o.Faults.Kill.Duration = workload, time.Hour, time.Minute, 2*time.Second
			o.Operations.KeyCount, o.Operations.MaxWritesPerKey = 4, 1_000_000
			s := simulated(t, o, "")
			disks := make(map[string]node.Disk)
			s.nodes.Service = func(n *node.Node) error {
				disks[n.ID()] = n.Disk()
				return service(n)
			}
			var longest []int
			c := s.config(nil)
			c.World = func(w *actor.World) {
				var look func()
				look = func() {
					most := 0
					for _, d := range disks {
						all, err := d.Read()
						if err != nil {
							t.Error(err)
						}
						most = max(most, len(all))
					}
					longest = append(longest, most)
					if w.Elapsed() < time.Hour {
						w.At(w.Elapsed()+time.Minute, look)
					}
				}
				w.At(time.Minute, look)
			}
			out := virtual.Run(o, c)
			if out.Results.Valid == checker.Invalid || out.Results.Stats.OKCount < 100_000 {
				t.Errorf("%v, %d operations succeeded", out.Results.Valid, out.Results.Stats.OKCount)
			}
			t.Logf("%d operations; bytes of the longest journal by the minute: %v", out.Results.Stats.OKCount, longest)
			first, last := 0, 0
			for i, n := range longest {
				if i < len(longest)/2 {
					first = max(first, n)
				} else {
					last = max(last, n)
				}
			}
			if len(longest) < 50 || last > first+first/4 {
				t.Errorf("the longest journal had %d bytes in the first half and %d in the last", first, last)
			}
		})
	}
}
