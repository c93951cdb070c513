//go:build unix

package wasi

import (
	"syscall"
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
	before, messages := userTime(b), 0
	for b.Loop() {
		o.Seed++
		out := run(b, o, c)
		if out.Err != nil {
			b.Fatal(out.Err)
		}
		messages += out.Results.Net.All.MsgCount
	}
	// The time of the wall clock says little on a machine that does other work, too.
	b.ReportMetric((userTime(b)-before).Seconds()/float64(b.N), "user-s/op")
	b.ReportMetric(float64(messages)/float64(b.N), "messages/op")
}

// userTime is the processor time that this process has spent in its own code.
func userTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano())
}
