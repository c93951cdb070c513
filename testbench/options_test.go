package testbench

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/workload/builtin"
)

func TestDefaultsAreValid(t *testing.T) {
	o := Defaults(builtin.Workloads())
	if err := o.Validate(); err != nil {
		t.Error(err)
	}
	if got := o.Nodes(); !slices.Equal(got, []string{"n1", "n2", "n3", "n4", "n5"}) {
		t.Errorf("without --node-count the nodes are %v", got)
	}
	if o.Workers() != 5 {
		t.Errorf("%d workers", o.Workers())
	}
}

func TestNodeCountNamesNodesFromZero(t *testing.T) {
	o := Defaults(builtin.Workloads())
	o.NodeCount = 3
	if got := o.Nodes(); !slices.Equal(got, []string{"n0", "n1", "n2"}) {
		t.Error(got)
	}
}

func TestNodesMayHaveNames(t *testing.T) {
	o := Defaults(builtin.Workloads())
	o.NodeNames = []string{"a", "db-1", "n7"}
	if err := o.Validate(); err != nil || !slices.Equal(o.Nodes(), o.NodeNames) || o.Workers() != 3 {
		t.Errorf("%v, %v", o.Nodes(), err)
	}
	o.NodeCount = 2 // overrides them, as in Maelstrom
	if got := o.Nodes(); !slices.Equal(got, []string{"n0", "n1"}) {
		t.Error(got)
	}
}

func TestConcurrencyMayMultiplyTheNodes(t *testing.T) {
	for text, want := range map[string]int{"1": 1, "10": 10, "1n": 25, "4n": 100, "007": 7} {
		o := Defaults(builtin.Workloads())
		o.NodeCount, o.Concurrency = 25, text
		if err := o.Validate(); err != nil || o.Workers() != want {
			t.Errorf("--concurrency %s: %d workers, %v", text, o.Workers(), err)
		}
	}
}

func TestWrongOptionsAreNamedWithValueAndWhatIsAllowed(t *testing.T) {
	cases := []struct {
		change func(o *Options)
		want   string
	}{
		{func(o *Options) { o.Workload = "paxos" }, "--workload paxos: expected one of " + strings.Join(builtin.Workloads().Names(), ", ")},
		{func(o *Options) { o.NodeCount = -1 }, "--node-count -1: expected an integer from 1 to 100000"},
		{func(o *Options) { o.NodeNames = []string{"5"} }, "--nodes 5: expected names with commas between, such as n1,n2,n3: a number of nodes is --node-count 5"},
		{func(o *Options) { o.NodeNames = []string{"n1", "c2"} }, "--nodes n1,c2: expected names with commas between, such as n1,n2,n3: c2 would be a client"},
		{func(o *Options) { o.NodeNames = []string{"n1", "lin-kv"} }, "lin-kv is a service"},
		{func(o *Options) { o.NodeNames = []string{"n1", "n1"} }, "n1 comes twice"},
		{func(o *Options) { o.NodeNames = []string{"n1", "../x"} }, `"../x" is none; letters, digits, dots and dashes are allowed`},
		{func(o *Options) { o.Concurrency = "2x" }, "--concurrency 2x: expected a positive integer such as 10, or one with n after it"},
		{func(o *Options) { o.Concurrency = "0" }, "--concurrency 0: expected from 1 to 1000000 workers"},
		{func(o *Options) { o.Concurrency = "99999999999999999999n" }, "--concurrency 99999999999999999999n: expected"},
		{func(o *Options) { o.Concurrency = "" }, `--concurrency "": expected`},
		{func(o *Options) { o.Rate = -1 }, "--rate -1: expected a number of operations a second from 0 to 1000000"},
		{func(o *Options) { o.Rate = math.NaN() }, "--rate NaN: expected"},
		{func(o *Options) { o.TimeLimit = 0 }, "--time-limit 0s: expected a positive time"},
		{func(o *Options) { o.Operations.KeyCount = -1 }, "--key-count -1: expected an integer from 1 to 100000"},
		{func(o *Options) { o.Operations.MaxTxnLength = 0 }, "--max-txn-length 0: expected an integer from 1 to 10000"},
		{func(o *Options) { o.Operations.MaxWritesPerKey = 0 }, "--max-writes-per-key 0: expected a positive integer"},
		{func(o *Options) { o.LatencyMs = -5 }, "--latency -5: expected milliseconds"},
		{func(o *Options) { o.LatencyDist = "normal" }, "--latency-dist normal: expected one of constant, uniform, exponential"},
		{func(o *Options) { o.Nemesis = []string{"maim"} }, "--nemesis maim: expected one of partition, loss, duplicate, reorder, latency, kill, pause, skew"},
		{func(o *Options) { o.NemesisInterval = 0 }, "--nemesis-interval 0s: expected a positive time"},
		{func(o *Options) { o.Topology = "star" }, "--topology star: expected one of line, grid, tree, tree2, tree3, tree4, total"},
		{func(o *Options) { o.Availability = "most" }, "--availability most: expected total or a number from 0 to 1"},
		{func(o *Options) { o.Recovery = -time.Second }, "--recovery -1s: expected a time that is not negative"},
		{func(o *Options) { o.ClientTimeout = 0 }, "--client-timeout 0s: expected a positive time"},
		{func(o *Options) { o.Workload = "lin-kv" }, "--concurrency 1n: expected a multiple of 10 workers, such as 4n"},
		{func(o *Options) { o.Loss = 2 }, "--loss 2: expected a probability from 0 to 1"},
	}
	for _, c := range cases {
		o := Defaults(builtin.Workloads())
		c.change(&o)
		if err := o.Validate(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
	o := Defaults(builtin.Workloads())
	o.Rate, o.Topology = -1, "star"
	if err := o.Validate(); strings.Count(err.Error(), "--") != 2 {
		t.Errorf("two wrong options: %v", err)
	}
}
