package simtest_test

import (
	"errors"
	"testing"

	"eddy/actor/node"
	"eddy/echo"
	"eddy/simtest"
	workload "eddy/workload/echo"
)

// Examples of this package are the bodies of tests: t and f are what go test hands over.
var (
	t *testing.T
	f *testing.F
)

// A thousand clusters in virtual time. The first seed that fails is made smaller, and the command that repeats it printed.
func ExampleRun() {
	simtest.Run(t, simtest.Cluster{
		Service:  echo.Service,
		Workload: workload.New(),
		Faults:   []string{"partition", "loss"},
		Seeds:    1000,
	})
}

// Checks of a run: what must hold after every step, and a state that some seed must reach.
func ExampleChecks() {
	simtest.Run(t, simtest.Cluster{
		Workload: workload.New(),
		Start: func(k *simtest.Checks) node.Service {
			answered := 0
			k.Always("nobody is answered too often", func() error {
				if answered > 1000 {
					return errors.New("more than a thousand answers")
				}
				return nil
			})
			k.Sometimes("somebody is answered", func() bool { return answered > 0 })
			return echo.Service
		},
	})
}

// A service that is wrong on purpose: the test fails if no seed finds out.
func ExampleFinds() {
	broken := func(n *node.Node) error { return errors.New("does not start") }
	simtest.Finds(t, simtest.Cluster{Service: broken, Workload: workload.New()}, "a node broke the protocol: exit")
}

// go test -fuzz draws the seed, the faults, the number of nodes and the rate.
func ExampleFuzz() {
	simtest.Fuzz(f, simtest.Cluster{Service: echo.Service, Workload: workload.New(), Faults: []string{"partition", "pause"}})
}
