// Package rwregister is the workload txn-rw-register: transactions that read and write keys.
package rwregister

import (
	"encoding/json"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload"
	"eddy/workload/txn"
	"eddy/workload/txn/analysis"
)

// New is the workload. Its reads after recovery are not Maelstrom's, whose checker passes nodes that never tell
// each other of a write: every worker reads every key.
func New() workload.Workload {
	w := txn.New("txn-rw-register", "w", txn.Registers)
	w.Final = txn.ReadEveryKey
	w.Judge.Check, w.Judge.OwnFinals = check, true
	w.Challenges = []workload.Challenge{
		{Number: "6a", Flags: []string{"node-count=1", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-uncommitted", "availability=total"}},
		{Number: "6b", Flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-uncommitted", "availability=total", "nemesis=partition"}},
		{Number: "6c", Flags: []string{"node-count=2", "concurrency=2n", "time-limit=20", "rate=1000", "consistency-models=read-committed", "availability=total", "nemesis=partition"}},
	}
	return w
}

func check(h history.History, _ history.Pairing, options checker.Options) (checker.Workload, []checker.Witness, error) {
	t, witnesses, err := txn.Check(h, analysis.Registers, options)
	if err != nil {
		return nil, nil, err
	}
	if t.AnomalyTypes == nil { // Maelstrom says so in this workload
		t.AnomalyTypes, t.Anomalies = []string{}, json.RawMessage("null")
	}
	return t, witnesses, nil
}
