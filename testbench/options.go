package testbench

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"eddy/testbench/checker"
	"eddy/testbench/nemesis"
	"eddy/testbench/network"
	"eddy/testbench/service"
	"eddy/workload"
)

// Options are the flags of a run. Names, meanings and defaults are Maelstrom's where it has them; start
// from [Defaults].
type Options struct {
	Workloads         workload.Workloads // those that Workload may name
	Workload          string
	NodeCount         int      // 0 is Maelstrom's own cluster: five nodes n1 to n5, where --node-count 5 gives n0 to n4
	NodeNames         []string // the nodes by name, where NodeCount is 0
	Concurrency       string   // number of workers; with an n after it, times the number of nodes
	Rate              float64
	TimeLimit         time.Duration
	LatencyMs         int64
	LatencyDist       network.Distribution
	Nemesis           []string
	NemesisInterval   time.Duration
	Topology          string
	Availability      string // empty: not asked for; "total"; or the least fraction of operations that must succeed
	ConsistencyModels []string
	Operations        workload.Options // what clients do, in the workloads that have a choice

	Bin        string   // program of a node
	Args       []string // its arguments
	Env        []string // added to its environment, each name=value
	LogStderr  bool
	LogNetSend bool
	LogNetRecv bool

	// What follows Maelstrom has no flags for.

	Seed          uint64          // of everything the bench draws
	Recovery      time.Duration   // between the end of faults and the final reads
	IdealDelivery bool            // see package network
	ClientTimeout time.Duration   // how long a client waits for a reply; the default leaves it to the workload
	StoreBytesMax int64           // of messages.jsonl, about; beyond it only some messages are recorded; 0: no bound
	ServiceTime   time.Duration   // what a step of a program in the simulator costs
	Loss          float64         // probability that a message between nodes is lost, at all times
	Faults        nemesis.Options // of the nemesis
	Deeds         []Deed          // done by hand, in the simulator
	Apart         bool            // chance of each message, and of operations and faults, is its own; only in the simulator
	Preempt       int             // how many times a link is held up; only in the simulator
	Branches      []Branch        // in the order of time; only in the simulator
	// KillsForget has values that only nodes known to have been killed ever held counted as forgotten, not
	// lost: what may be expected where nothing is stored. See [checker.Options].
	KillsForget bool
	// Strict has what Maelstrom's checkers do not look for decide, too. See [checker.Options].
	Strict bool
}

// Defaults are the options of a run for which no flag is given, of the first of the workloads.
func Defaults(workloads workload.Workloads) Options {
	name := ""
	if len(workloads) > 0 {
		name = workloads[0].Name
	}
	return Options{
		Workloads:       workloads,
		Workload:        name,
		Concurrency:     "1n",
		Rate:            5,
		TimeLimit:       60 * time.Second,
		LatencyDist:     network.Constant,
		NemesisInterval: 10 * time.Second,
		Topology:        "grid",
		Recovery:        10 * time.Second,
		ClientTimeout:   clientTimeoutDefault,
		StoreBytesMax:   storeBytesMaxDefault,
		Operations:      workload.DefaultOptions(),
		Faults:          nemesis.Defaults(),
	}
}

// clientTimeoutDefault is how long clients wait whose workload does not say.
const clientTimeoutDefault = 5 * time.Second

// storeBytesMaxDefault is about a million and a half messages, each sent and received.
const storeBytesMaxDefault = 512 << 20

// Limits that keep a slip of the finger from filling the machine.
const (
	NodesMax     = 100_000
	WorkersMax   = 1_000_000
	LatencyMsMax = 24 * 60 * 60 * 1000
)

// Nodes gives the names of the cluster's nodes.
func (o *Options) Nodes() []string {
	count, first := o.NodeCount, 0
	if count == 0 && len(o.NodeNames) > 0 {
		return slices.Clone(o.NodeNames)
	}
	if count == 0 {
		count, first = 5, 1
	}
	nodes := make([]string, count)
	for i := range nodes {
		nodes[i] = "n" + strconv.Itoa(first+i)
	}
	return nodes
}

// Workers gives the number of workers. It must not be called on options that [Options.Validate] refuses.
func (o *Options) Workers() int {
	workers, err := o.workers()
	if err != nil {
		panic("testbench: " + err.Error())
	}
	return workers
}

// NodeOf gives a function that names the node which a client's process talks to. What is said of Workers
// holds here, too.
func (o *Options) NodeOf() func(process int) string {
	workers, nodes := o.Workers(), o.Nodes()
	return func(process int) string { return nodes[process%workers%len(nodes)] }
}

var concurrencyForm = regexp.MustCompile(`^[0-9]+n?$`)

func (o *Options) workers() (int, error) {
	if !concurrencyForm.MatchString(o.Concurrency) {
		return 0, refuse("concurrency", o.Concurrency, `a positive integer such as 10, or one with n after it, such as 2n, to multiply by the number of nodes`)
	}
	digits, each := strings.CutSuffix(o.Concurrency, "n")
	workers, err := strconv.Atoi(digits)
	if each && err == nil && workers <= WorkersMax {
		workers *= len(o.Nodes())
	}
	if err != nil || workers < 1 || workers > WorkersMax {
		return 0, refuse("concurrency", o.Concurrency, fmt.Sprintf("from 1 to %d workers in all", WorkersMax))
	}
	return workers, nil
}

// Validate checks every option and gives one error for each that is wrong, joined: the flag, the value,
// and what is allowed. The messages are the same whichever engine runs the test.
func (o *Options) Validate() error {
	var faults []error
	check := func(ok bool, flag string, value any, allowed string) {
		if !ok {
			faults = append(faults, refuse(flag, value, allowed))
		}
	}
	oneOf := func(flag, value string, err error, names []string) {
		check(err == nil, flag, value, "one of "+strings.Join(names, ", "))
	}
	w, err := o.Workloads.Named(o.Workload)
	oneOf("workload", o.Workload, err, o.Workloads.Names())
	check(o.NodeCount >= 0 && o.NodeCount <= NodesMax, "node-count", o.NodeCount, fmt.Sprintf("an integer from 1 to %d", NodesMax))
	check(wrongNodeName(o.NodeNames) == "", "nodes", strings.Join(o.NodeNames, ","), "names with commas between, such as n1,n2,n3: "+wrongNodeName(o.NodeNames))
	if o.NodeCount >= 0 && o.NodeCount <= NodesMax {
		if workers, err := o.workers(); err != nil {
			faults = append(faults, err)
		} else if w != nil && w.GroupsOf != nil {
			group := w.GroupsOf(len(o.Nodes()))
			check(workers%group == 0, "concurrency", o.Concurrency, fmt.Sprintf("a multiple of %d workers, such as 4n: those of %s work in groups of two for each node", group, o.Workload))
		}
	}
	check(o.Rate >= 0 && o.Rate <= 1e6, "rate", o.Rate, "a number of operations a second from 0 to 1000000")
	check(o.TimeLimit > 0, "time-limit", o.TimeLimit, "a positive time, such as 20")
	check(o.LatencyMs >= 0 && o.LatencyMs <= LatencyMsMax, "latency", o.LatencyMs, fmt.Sprintf("milliseconds, an integer from 0 to %d", LatencyMsMax))
	_, err = network.ParseDistribution(string(o.LatencyDist))
	oneOf("latency-dist", string(o.LatencyDist), err, distributionNames())
	for _, fault := range o.Nemesis {
		_, err := nemesis.ParseFaults(fault)
		oneOf("nemesis", fault, err, nemesis.Known())
	}
	check(o.NemesisInterval > 0, "nemesis-interval", o.NemesisInterval, "a positive time, such as 10")
	_, err = workload.Topology(o.Topology, []string{"n0"})
	oneOf("topology", o.Topology, err, workload.Topologies())
	check(o.Operations.KeyCount >= 0 && o.Operations.KeyCount <= workload.KeyCountMax, "key-count", o.Operations.KeyCount, fmt.Sprintf("an integer from 1 to %d", workload.KeyCountMax))
	check(o.Operations.MinTxnLength > 0 && o.Operations.MinTxnLength <= max(1, o.Operations.MaxTxnLength), "min-txn-length", o.Operations.MinTxnLength, "an integer from 1 to --max-txn-length")
	check(o.Operations.MaxTxnLength > 0 && o.Operations.MaxTxnLength <= workload.TxnLengthMax, "max-txn-length", o.Operations.MaxTxnLength, fmt.Sprintf("an integer from 1 to %d", workload.TxnLengthMax))
	check(o.Operations.MaxWritesPerKey > 0, "max-writes-per-key", o.Operations.MaxWritesPerKey, "a positive integer")
	models := o.Workloads.Models()
	known := func(model string) bool { return slices.Contains(models, strings.TrimSpace(model)) }
	check(!slices.ContainsFunc(o.ConsistencyModels, func(model string) bool { return !known(model) }), "consistency-models",
		strings.Join(o.ConsistencyModels, ","), "with commas between, some of "+strings.Join(models, ", "))
	_, err = checker.ParseAvailability(o.Availability)
	check(err == nil, "availability", o.Availability, "total or a number from 0 to 1")
	check(o.Recovery >= 0, "recovery", o.Recovery, "a time that is not negative, such as 10s")
	check(o.ClientTimeout > 0, "client-timeout", o.ClientTimeout, "a positive time, such as 5s")
	check(o.StoreBytesMax >= 0, "store-max", o.StoreBytesMax>>20, "MiB, a whole number; 0 for no bound")
	check(o.ServiceTime >= 0, "service-time", o.ServiceTime, "a time that is not negative, such as 1ms")
	check(o.Loss >= 0 && o.Loss <= 1, "loss", o.Loss, "a probability from 0 to 1")
	check(o.Preempt >= 0 && o.Preempt <= preemptionsMax, "preempt", o.Preempt, fmt.Sprintf("an integer from 0 to %d", preemptionsMax))
	check(slices.IsSortedFunc(o.Branches, func(a, b Branch) int { return cmp.Compare(a.At, b.At) }), "branch", o.Branches, "branches in the order of time")
	o.checkFaults(check)
	if w != nil && len(faults) == 0 {
		faults = append(faults, o.checkDeeds(w))
	}
	return errors.Join(faults...)
}

var (
	nodeNameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`) // they name files, too
	onlyDigits   = regexp.MustCompile(`^[0-9]+$`)
)

// wrongNodeName says what is wrong with names of nodes.
func wrongNodeName(names []string) string {
	if len(names) == 1 && onlyDigits.MatchString(names[0]) {
		return "a number of nodes is --node-count " + names[0]
	}
	seen := map[string]bool{}
	for _, name := range names {
		switch {
		case !nodeNameForm.MatchString(name):
			return fmt.Sprintf("%q is none; letters, digits, dots and dashes are allowed", name)
		case network.IsClient(name):
			return name + " would be a client: their names start with c"
		case slices.Contains(service.Names(), name):
			return name + " is a service"
		case seen[name]:
			return name + " comes twice"
		}
		seen[name] = true
	}
	if len(names) > NodesMax {
		return fmt.Sprintf("there are more than %d", NodesMax)
	}
	return ""
}

func distributionNames() []string {
	var names []string
	for _, d := range network.Distributions() {
		names = append(names, string(d))
	}
	return names
}

// refuse is the one form of every complaint about a flag.
func refuse(flag string, value any, allowed string) error {
	text := fmt.Sprint(value)
	if text == "" {
		text = `""`
	}
	return fmt.Errorf("--%s %s: expected %s", flag, text, allowed)
}
