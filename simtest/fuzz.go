package simtest

import (
	"testing"
	"time"

	"eddy/testbench"
	"eddy/testbench/virtual"
)

// Fuzz has go test -fuzz draw runs: the seed, and with each byte of the shape one thing about the run: which of the
// cluster's faults happen, how many nodes there are (1 to twice the cluster's), the rate (a quarter to four times), the
// latency, the time between faults. Invariants of Start are checked, reached states are not asked for.
func Fuzz(f *testing.F, c Cluster) {
	f.Helper()
	if err := c.check(); err != nil {
		f.Fatal(err)
	}
	f.Add(uint64(seedFirst), []byte(nil))
	f.Fuzz(func(t *testing.T, seed uint64, shape []byte) {
		o := c.shaped(seed, shape)
		if err := o.Validate(); err != nil {
			t.Skip(err) // such as three groups of workers for two nodes
		}
		out, _ := c.run(o, "")
		if failed := c.outcome(&out); failed != "" && (out.Err != nil || !virtual.Vacuous(&out)) {
			t.Errorf("seed %d: %s\n%s\n%s", seed, failed, c.reported(t, o), replayCommand(t, c.options(seed), o))
		}
	})
}

// shaped are the options of a run that a fuzzer draws. Without a shape they are the cluster's.
func (c *Cluster) shaped(seed uint64, shape []byte) testbench.Options {
	o := c.options(seed)
	at := func(i int) (byte, bool) {
		if i < len(shape) {
			return shape[i], true
		}
		return 0, false
	}
	if b, some := at(0); some {
		var faults []string
		for i, fault := range o.Nemesis {
			if b>>(i%8)&1 == 1 {
				faults = append(faults, fault)
			}
		}
		o.Nemesis = faults
	}
	if b, some := at(1); some && c.Workload.GroupsOf == nil {
		o.NodeCount = 1 + int(b)%(2*o.NodeCount)
	}
	if b, some := at(2); some {
		o.Rate *= float64(int(1)<<(b%5)) / 4
	}
	if b, some := at(3); some {
		o.LatencyMs = int64(b)
	}
	if b, some := at(4); some {
		o.NemesisInterval = time.Duration(1+int(b)%50) * 100 * time.Millisecond
	}
	return o
}
