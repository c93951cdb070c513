package txn_test

import (
	"fmt"
	"testing"

	"eddy/internal/testscale"
	"eddy/simtest"
	"eddy/testbench"
	"eddy/txn"
	"eddy/workload/rwregister"
	judged "eddy/workload/txn"
)

// Whole transactions, applied at once, are read atomic, with every client served;
// and when the faults are over all nodes show the same.
func TestReplicatedTransactionsAreReadAtomicAndConverge(t *testing.T) {
	t.Parallel()
	simtest.Run(t, simtest.Cluster{
		Service: txn.Service(txn.Config{Strategy: txn.Transactions}), Workload: rwregister.New(),
		Faults: []string{"partition", "loss", "duplicate", "reorder", "pause"},
		Seeds:  int(testscale.Seeds(20, 8, 100)),
		Options: func(o *testbench.Options) {
			testscale.Vary(o)
			o.ConsistencyModels, o.Rate = []string{"read-committed", "read-atomic"}, 60
		},
		Also: func(out *testbench.Outcome) error {
			w := out.Results.Workload.(*judged.Results)
			if w.ConvergedKeys == nil || *w.ConvergedKeys < 10 {
				return fmt.Errorf("fewer than ten keys are known to be the same on all nodes; %d differ", w.DivergedCount)
			}
			return nil
		},
	})
}
