package wasi

import (
	"testing"
	"time"

	"eddy/testbench"
	"eddy/workload/builtin"
)

// BenchmarkRun is a run of five nodes at 50 operations a second for 10 seconds, with five faults.
func BenchmarkRun(b *testing.B) {
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Rate, o.TimeLimit, o.LatencyMs = "broadcast", 5, 50, 10*time.Second, 20
	o.Nemesis, o.NemesisInterval = []string{"partition", "loss", "duplicate", "reorder", "pause"}, 3*time.Second
	c := Config{Programs: []*Program{program(b, "flood")}}
	for b.Loop() {
		o.Seed++
		out := run(b, o, c)
		if out.Err != nil {
			b.Fatal(out.Err)
		}
		b.ReportMetric(float64(out.Results.Net.All.MsgCount), "messages")
	}
}
