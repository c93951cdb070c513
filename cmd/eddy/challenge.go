package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"eddy/testbench/report"
)

// challenge is one of the Gossip Glomers (https://fly.io/dist-sys): its official
// flags and targets, and the strategy of ours that serves it best.
type challenge struct {
	number   string
	workload string
	flags    []string // Maelstrom's, as name=value
	strategy []string
	// maelstrom is the strategy under Maelstrom, where not the same: hops take
	// longer there, and vary.
	maelstrom []string
	targets   []report.Target
}

// strategyOn is the strategy on an engine.
func (c challenge) strategyOn(maelstrom bool) []string {
	if maelstrom && c.maelstrom != nil {
		return c.maelstrom
	}
	return c.strategy
}

var challenges = []challenge{
	{number: "1", workload: "echo", flags: []string{"node-count=1", "time-limit=10"}},
	{number: "2", workload: "unique-ids", flags: []string{"node-count=3", "time-limit=30", "rate=1000", "availability=total", "nemesis=partition"}},
	{number: "3a", workload: "broadcast", flags: []string{"node-count=1", "time-limit=20", "rate=10"}},
	{number: "3b", workload: "broadcast", flags: []string{"node-count=5", "time-limit=20", "rate=10"}},
	{number: "3c", workload: "broadcast", flags: []string{"node-count=5", "time-limit=20", "rate=10", "nemesis=partition"}},
	{
		number: "3d", workload: "broadcast",
		flags:     []string{"node-count=25", "time-limit=20", "rate=100", "latency=100"},
		strategy:  []string{"--strategy", "paced"},
		maelstrom: []string{"--strategy", "paced", "--interval", "350ms"},
		targets: []report.Target{
			report.ServerMessagesPerOp(30), report.MedianStableLatency(400 * time.Millisecond), report.MaxStableLatency(600 * time.Millisecond),
		},
	},
	{
		number: "3e", workload: "broadcast",
		flags:     []string{"node-count=25", "time-limit=20", "rate=100", "latency=100"},
		strategy:  []string{"--strategy", "paced", "--interval", "1700ms"},
		maelstrom: []string{"--strategy", "paced", "--interval", "1600ms"},
		targets: []report.Target{
			report.ServerMessagesPerOp(20), report.MedianStableLatency(time.Second), report.MaxStableLatency(2 * time.Second),
		},
	},
	{number: "4", workload: "g-counter", flags: []string{"node-count=3", "rate=100", "time-limit=20", "nemesis=partition"}},
	{
		number: "5a", workload: "kafka", flags: []string{"node-count=1", "concurrency=2n", "time-limit=20", "rate=1000"},
		strategy: []string{"--strategy", "local"},
		targets:  []report.Target{report.NotOK(500)},
	},
	{
		number: "5b", workload: "kafka", flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000"},
		targets: []report.Target{report.NotOK(500)},
	},
	{
		number: "5c", workload: "kafka", flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000"},
		targets: []report.Target{report.NotOK(500), report.ServerMessagesPerOp(0.1)},
	},
	{
		number: "6a", workload: "txn-rw-register",
		flags: []string{"node-count=1", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-uncommitted", "availability=total"},
	},
	{
		number: "6b", workload: "txn-rw-register",
		flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-uncommitted", "availability=total", "nemesis=partition"},
	},
	{
		number: "6c", workload: "txn-rw-register",
		flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-committed", "availability=total", "nemesis=partition"},
	},
	{ // not one of the Gossip Glomers, but of Maelstrom's guide
		number: "lin-kv", workload: "lin-kv",
		flags:   []string{"node-count=5", "concurrency=4n", "time-limit=20", "rate=300", "nemesis=partition"},
		targets: []report.Target{report.ServerMessagesPerOp(4)},
	},
	{ // nor is this
		number: "list-append", workload: "txn-list-append",
		flags: []string{"node-count=5", "concurrency=4n", "time-limit=20", "rate=100", "latency=10", "consistency-models=strict-serializable", "nemesis=partition"},
	},
}

func findChallenge(number string) (challenge, error) {
	i := slices.IndexFunc(challenges, func(c challenge) bool { return c.number == number })
	if i < 0 {
		return challenge{}, fmt.Errorf("--challenge %s: there is no such; choose one of %s", number, strings.Join(challengeNumbers(), ", "))
	}
	return challenges[i], nil
}

func challengeNumbers() []string {
	var numbers []string
	for _, c := range challenges {
		numbers = append(numbers, c.number)
	}
	return numbers
}

// apply sets the challenge's flags, but for those given on the command line.
func (c challenge) apply(flags *pflag.FlagSet) error {
	for _, flag := range c.flags {
		name, value, _ := strings.Cut(flag, "=")
		if flags.Changed(name) {
			continue
		}
		if err := flags.Set(name, value); err != nil {
			return fmt.Errorf("challenge %s: --%s %s: %w", c.number, name, value, err)
		}
	}
	return nil
}
