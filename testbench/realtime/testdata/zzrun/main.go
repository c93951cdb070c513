package main

import (
	"flag"
	"fmt"
	"os"
	"runtime/pprof"
	"time"

	"eddy/testbench"
	"eddy/testbench/realtime"
	"eddy/testbench/report"
)

func main() {
	o := testbench.Defaults()
	flag.StringVar(&o.Workload, "w", "broadcast", "")
	flag.StringVar(&o.Bin, "bin", "/tmp/eb/node", "")
	flag.IntVar(&o.NodeCount, "n", 25, "")
	flag.Float64Var(&o.Rate, "rate", 100, "")
	flag.DurationVar(&o.TimeLimit, "t", 10*time.Second, "")
	flag.Int64Var(&o.LatencyMs, "latency", 100, "")
	flag.StringVar(&o.Concurrency, "c", "1n", "")
	flag.StringVar(&o.Topology, "topology", "grid", "")
	flag.DurationVar(&o.Recovery, "recovery", 2*time.Second, "")
	flag.BoolVar(&o.LogStderr, "log-stderr", false, "")
	term := flag.Bool("term", false, "")
	nem := flag.Bool("nemesis", false, "")
	prof := flag.String("prof", "", "")
	flag.Parse()
	o.Args = flag.Args()
	if *nem {
		o.Nemesis = []string{"partition"}
		o.NemesisInterval = 2 * time.Second
	}
	if *prof != "" {
		f, _ := os.Create(*prof)
		pprof.StartCPUProfile(f)
	}
	sig, rel := realtime.Interrupts()
	defer rel()
	out := realtime.Run(o, realtime.Config{Store: "/tmp/eb/store", Progress: os.Stderr, Terminal: *term, Interrupts: sig})
	pprof.StopCPUProfile()
	if out.Err != nil {
		report.CouldNotRun(os.Stdout, out.Err, out.Meta)
	} else {
		report.Terminal(os.Stdout, out.Results, out.Meta)
	}
	fmt.Println("late", out.Run.Late, "held", out.Run.Held, "delivery", out.Run.Delivery, "rate", out.Run.PerSecond)
	os.Exit(out.ExitStatus())
}
