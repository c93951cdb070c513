package cli

import (
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"eddy/cli/cmdline"
	"eddy/testbench"
)

func TestZeroIsNoCountWhereAFlagGivesIt(t *testing.T) {
	for _, c := range []struct{ flag, value, want string }{
		{"node-count", "0", "--node-count 0: expected an integer from 1 to 100000"},
		{"key-count", "0", "--key-count 0: expected an integer of at least 1"},
		{"bin", "", `--bin "": expected the path of a program that runs a node`},
	} {
		o := testbench.Defaults(eddy.workloads)
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmdline.Declare(flags, &o)
		if err := flags.Set(c.flag, c.value); err != nil {
			t.Fatal(err)
		}
		if err := cmdline.Check(eddy.workloads, flags, &o); err == nil || err.Error() != c.want {
			t.Errorf("--%s %q: %v", c.flag, c.value, err)
		}
	}
}

func TestFlagsThatWouldDoNothingAreRefused(t *testing.T) {
	for _, c := range []struct{ workload, flag, value, want string }{
		{"broadcast", "loss-rate", "0.1", "--loss-rate does nothing without --nemesis loss: add loss to --nemesis, or leave --loss-rate out"},
		{"broadcast", "key-count", "5", "--key-count does nothing for the workload broadcast: leave it out; it is for kafka, txn-rw-register, txn-list-append"},
		{"kafka", "key-count", "5", ""},
		{"kafka", "max-txn-length", "5", "--max-txn-length does nothing for the workload kafka: leave it out; it is for txn-rw-register, txn-list-append"},
		{"echo", "topology", "line", "--topology does nothing for the workload echo: leave it out; it is for broadcast"},
		{"lin-kv", "consistency-models", "read-committed", "--consistency-models does nothing for the workload lin-kv: leave it out; it is for txn-rw-register, txn-list-append"},
	} {
		o := testbench.Defaults(eddy.workloads)
		o.Workload = c.workload
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmdline.Declare(flags, &o)
		if err := flags.Set(c.flag, c.value); err != nil {
			t.Fatal(err)
		}
		if err := cmdline.Check(eddy.workloads, flags, &o); (err == nil) != (c.want == "") || err != nil && err.Error() != c.want {
			t.Errorf("%s --%s %q: %v", c.workload, c.flag, c.value, err)
		}
	}
}

func TestOtherFlagsThanTheOfficialMakeNoTargetMet(t *testing.T) {
	c, err := eddy.challenge("3d")
	if err != nil {
		t.Fatal(err)
	}
	for _, given := range []struct {
		flag, value string
		want        string
	}{{"rate", "10", "--rate 10"}, {"rate", "100", ""}, {"seed", "7", ""}, {"nemesis", "partition", "--nemesis partition"}, {"time-limit", "20s", ""}} {
		o := testbench.Defaults(eddy.workloads)
		flags := pflag.NewFlagSet("", pflag.ContinueOnError)
		cmdline.Declare(flags, &o)
		if err := flags.Set(given.flag, given.value); err != nil {
			t.Fatal(err)
		}
		unofficial, err := eddy.applyChallenge(c, flags)
		if got := strings.Join(unofficial, " "); err != nil || got != given.want || o.NodeCount != 25 {
			t.Errorf("--%s %s: unofficial %q, %d nodes, %v", given.flag, given.value, got, o.NodeCount, err)
		}
	}
}

func TestRunsAreRepeatedUpToTheFirstThatFails(t *testing.T) {
	for failing, want := range map[int]int{9: 3, 1: 2, 0: 1} {
		made := 0
		err := repeated(3, func(i int) error {
			made++
			if i == failing {
				return exitStatus(1)
			}
			return nil
		})
		if made != want || (err != nil) != (failing < 3) {
			t.Errorf("the run %d fails: %d made, %v", failing, made, err)
		}
	}
}
