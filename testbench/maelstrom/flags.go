package maelstrom

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"eddy/testbench"
)

// Command gives the arguments of Maelstrom for a test of valid options with a program: the flags that
// differ from Maelstrom's defaults, then the arguments of the node. The error tells of options that
// Maelstrom cannot follow.
func Command(o testbench.Options, bin string) ([]string, error) {
	if err := refuse(o); err != nil {
		return nil, err
	}
	d := testbench.Defaults(o.Workloads)
	args := []string{"test", "-w", o.Workload, "--bin", bin}
	add := func(wanted bool, flag string, value ...string) {
		if wanted {
			args = append(append(args, flag), value...)
		}
	}
	add(o.NodeCount > 0, "--node-count", strconv.Itoa(o.NodeCount))
	add(o.NodeCount == 0 && len(o.NodeNames) > 0, "--nodes", strings.Join(o.NodeNames, ","))
	add(o.Concurrency != d.Concurrency, "--concurrency", o.Concurrency)
	add(o.TimeLimit != d.TimeLimit, "--time-limit", seconds(o.TimeLimit))
	add(o.Rate != d.Rate, "--rate", strconv.FormatFloat(o.Rate, 'f', -1, 64))
	add(o.LatencyMs != 0, "--latency", strconv.FormatInt(o.LatencyMs, 10))
	add(o.LatencyDist != d.LatencyDist, "--latency-dist", string(o.LatencyDist))
	add(len(o.Nemesis) > 0, "--nemesis", strings.Join(o.Nemesis, ","))
	add(o.NemesisInterval != d.NemesisInterval, "--nemesis-interval", seconds(o.NemesisInterval))
	add(o.Topology != d.Topology, "--topology", o.Topology)
	add(o.Availability != "", "--availability", o.Availability)
	add(len(o.ConsistencyModels) > 0, "--consistency-models", strings.Join(o.ConsistencyModels, " , ")) // it splits at a comma with spaces
	add(o.Operations.KeyCount != d.Operations.KeyCount, "--key-count", strconv.Itoa(o.Operations.KeyCount))
	add(o.Operations.MaxTxnLength != d.Operations.MaxTxnLength, "--max-txn-length", strconv.Itoa(o.Operations.MaxTxnLength))
	add(o.Operations.MaxWritesPerKey != d.Operations.MaxWritesPerKey, "--max-writes-per-key", strconv.Itoa(o.Operations.MaxWritesPerKey))
	add(o.LogStderr, "--log-stderr")
	add(o.LogNetSend, "--log-net-send")
	add(o.LogNetRecv, "--log-net-recv")
	add(len(o.Args) > 0, "--", o.Args...)
	return args, nil
}

// refuse tells of options that ask for what Maelstrom does not do. A seed is not among them: Maelstrom
// draws its own, and a run without one is what was asked for.
func refuse(o testbench.Options) error {
	d := testbench.Defaults(o.Workloads)
	var faults []error
	check := func(ok bool, flag string, value any, why string) {
		if !ok {
			faults = append(faults, fmt.Errorf("--%s %v: %s", flag, value, why))
		}
	}
	check(o.TimeLimit%time.Second == 0, "time-limit", o.TimeLimit, "Maelstrom takes whole seconds")
	check(o.Recovery == d.Recovery, "recovery", o.Recovery, fmt.Sprintf("Maelstrom always waits %v", d.Recovery))
	check(o.Operations.MinTxnLength == d.Operations.MinTxnLength, "min-txn-length", o.Operations.MinTxnLength, "Maelstrom's transactions have at least 1 operation")
	check(o.ClientTimeout == d.ClientTimeout, "client-timeout", o.ClientTimeout, fmt.Sprintf("Maelstrom's clients always wait %v", d.ClientTimeout))
	check(!o.IdealDelivery, "ideal-delivery", o.IdealDelivery, "Maelstrom delivers messages one after the other")
	check(o.Loss == 0, "loss", o.Loss, "Maelstrom loses messages in partitions only")
	check(len(o.Faults.Kill.Targets)+len(o.Faults.Pause.Targets) == 0, "kill-targets and --pause-targets", slices.Concat(o.Faults.Kill.Targets, o.Faults.Pause.Targets), "Maelstrom draws from its own targets")
	check(o.Faults.Kill.Duration+o.Faults.Pause.Duration == 0, "kill-duration and --pause-duration", max(o.Faults.Kill.Duration, o.Faults.Pause.Duration), "Maelstrom's faults last as long as --nemesis-interval has it")
	check(len(o.Faults.Partition.Shapes) == 0, "partition-shapes", strings.Join(o.Faults.Partition.Shapes, ","), "Maelstrom draws from its own shapes")
	check(o.Faults.Partition.Duration == 0, "partition-duration", o.Faults.Partition.Duration, "Maelstrom's partitions last as long as --nemesis-interval has it")
	check(o.LatencyMs != 0 || o.LatencyDist == d.LatencyDist, "latency-dist", o.LatencyDist, "Maelstrom cannot draw from it with --latency 0")
	if len(faults) == 0 {
		return nil
	}
	return fmt.Errorf("the Maelstrom engine cannot do what is asked: %w", errors.Join(faults...))
}

func seconds(d time.Duration) string { return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) }
