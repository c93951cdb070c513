package cli

import (
	"fmt"
	"testing"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
	"eddy/testbench/report"
)

// BenchmarkSimulation reports how much faster than time itself a run goes: the
// flags of challenge 3d, on one core.
//
//	go test -run '^$' -bench Simulation -cpu 1 ./cli
func BenchmarkSimulation(b *testing.B) {
	c, err := eddy.challenge("3d")
	if err != nil {
		b.Fatal(err)
	}
	for _, nodes := range []int{25, 1000} {
		b.Run(fmt.Sprintf("nodes=%d", nodes), func(b *testing.B) {
			o := testbench.Defaults(eddy.workloads)
			flags := pflag.NewFlagSet("sim", pflag.ContinueOnError)
			cmdline.Declare(flags, &o)
			if err := c.apply(flags); err != nil {
				b.Fatal(err)
			}
			o.Workload, o.NodeCount = c.workload, nodes
			s, err := eddy.newSimulation(o, []string{"--topology", "star"}, report.Meta{})
			if err != nil {
				b.Fatal(err)
			}
			simulated := 0.0
			for i := 0; b.Loop(); i++ {
				out := s.seeded(uint64(i)).run()
				if out.ExitStatus() != 0 {
					b.Fatalf("seed %d: %v", i, out.Err)
				}
				simulated += out.Run.Elapsed.Seconds()
			}
			b.ReportMetric(simulated/b.Elapsed().Seconds(), "simulated-s/s")
		})
	}
}
