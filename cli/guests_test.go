package cli

import (
	"strings"
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/report"
	"eddy/testbench/virtual"
)

const floodNode = "../testbench/wasi/testdata/flood"

// guestOptions are those of a short run of nodes that send each value once, through a lossy network.
func guestOptions() testbench.Options {
	o := testbench.Defaults(eddy.workloads)
	o.Workload, o.Bin, o.NodeCount, o.Rate, o.TimeLimit, o.Seed = "broadcast", floodNode, 3, 20, 2*time.Second, 1
	o.Loss = 0.5
	return o
}

func TestReplayOfAProgramNamesIt(t *testing.T) {
	got := simCommandLine(guestOptions(), []string{"-once"})
	for _, want := range []string{"--bin " + floodNode, "--seed 1", "--p-loss 0.5", " -- -once"} {
		if !strings.Contains(got, want) {
			t.Errorf("command %q lacks %q", got, want)
		}
	}
}

func TestFailureOfAProgramIsShrunk(t *testing.T) {
	s, err := eddy.newSimulation(guestOptions(), []string{"-once"}, report.Meta{})
	if err != nil {
		t.Fatal(err)
	}
	out := s.run()
	failure := virtual.Failure(&out)
	if failure != "values lost" {
		t.Fatalf("failure %q, err %v", failure, out.Err)
	}
	smallest, tries := s.shrink(failure, newProgress(true), func() bool { return false })
	if o := smallest.options; o.TimeLimit >= s.options.TimeLimit && o.Rate >= s.options.Rate {
		t.Errorf("%d tries shrank nothing: %s", tries, smallest.command())
	}
	again := smallest.run()
	if got := virtual.Failure(&again); got != failure {
		t.Errorf("the smallest run fails with %q", got)
	}
}

func TestServiceTimeIsForPrograms(t *testing.T) {
	o := guestOptions()
	o.Bin, o.ServiceTime = "", time.Millisecond
	if _, err := eddy.newSimulation(o, nil, report.Meta{}); err == nil || !strings.Contains(err.Error(), "--service-time without --bin") {
		t.Errorf("error %v", err)
	}
}

func TestProgramThatIsNoneIsRefusedWithTheFlag(t *testing.T) {
	o := guestOptions()
	o.Bin = floodNode + ",guests_test.go"
	if _, err := eddy.newSimulation(o, nil, report.Meta{}); err == nil || !strings.HasPrefix(err.Error(), "--bin guests_test.go: this is no WebAssembly module") {
		t.Errorf("error %v", err)
	}
}

func TestChallengesRunWithAProgram(t *testing.T) {
	own := glomersFlags{engine: "sim", bins: []string{"echo=../testbench/wasi/testdata/echo"}, seed: 1, quiet: true, only: []string{"1"}}
	if err := eddy.placeBins(&own); err != nil {
		t.Fatal(err)
	}
	run, _, err := eddy.runner(&own, nil)
	if err != nil {
		t.Fatal(err)
	}
	chosen, err := eddy.chosen(&own)
	if err != nil {
		t.Fatal(err)
	}
	o, err := eddy.challengeOptions(chosen[0], own.seed)
	if err != nil {
		t.Fatal(err)
	}
	out := run(chosen[0], o)
	if row := rowOf(chosen[0], &out); !row.Met || row.status != 0 {
		t.Errorf("row %+v, err %v", row, out.Err)
	}
}
