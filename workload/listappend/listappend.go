// Package listappend is the workload txn-list-append: transactions that read lists and append to them.
package listappend

import (
	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload"
	"eddy/workload/txn"
	"eddy/workload/txn/analysis"
)

// New is the workload.
func New() workload.Workload {
	w := txn.New("txn-list-append", "append", txn.Lists)
	w.Judge.Check = func(h history.History, _ history.Pairing, options checker.Options) (checker.Workload, []checker.Witness, error) {
		return txn.Check(h, analysis.Lists, options)
	}
	// Not one of the Gossip Glomers, but of Maelstrom's guide.
	w.Challenges = []workload.Challenge{{Number: "list-append", Flags: []string{"node-count=5", "concurrency=4n", "time-limit=20", "rate=100", "latency=10", "consistency-models=strict-serializable", "nemesis=partition"}}}
	return w
}
