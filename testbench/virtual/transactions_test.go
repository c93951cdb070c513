package virtual

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"eddy/actor"
	"eddy/testbench"
	"eddy/testbench/checker"
	"eddy/workload/builtin"
	"eddy/workload/txn"
)

// database is what the nodes of a test's cluster share: lists, and transactions that take a few milliseconds
// and happen at their end, strictly serializable but for a fault.
type database struct {
	fault   string
	lists   map[int][]appended
	commits int
	begun   int
}

type appended struct {
	commit  int
	element json.RawMessage
}

// databaseNode is a node that executes on the database.
type databaseNode struct {
	brokerNode // whose other methods serve
	db         *database
}

func (n *databaseNode) Feed(line []byte) {
	var m struct {
		Src  string
		Body struct {
			Type  string
			MsgID int `json:"msg_id"`
			Txn   [][3]json.RawMessage
		}
	}
	if err := json.Unmarshal(line, &m); err != nil {
		panic(err)
	}
	n.db.begun++
	number, since := n.db.begun, n.db.commits
	n.world.At(n.world.Elapsed()+time.Duration(1+number%7)*time.Millisecond, func() {
		body := map[string]any{"type": m.Body.Type + "_ok", "in_reply_to": m.Body.MsgID}
		if m.Body.Type == "txn" {
			if !n.db.execute(m.Body.Txn, number, since) {
				body = map[string]any{"type": "error", "in_reply_to": m.Body.MsgID, "code": 30, "text": "conflict"}
			} else {
				body["txn"] = m.Body.Txn
			}
		}
		text, err := json.Marshal(map[string]any{"src": n.id, "dest": m.Src, "body": body})
		if err != nil {
			panic(err)
		}
		n.out(text)
	})
}

// execute completes a transaction that began when there had been so many commits; false says that the client
// is told that it failed.
func (d *database) execute(txn [][3]json.RawMessage, number, since int) bool {
	seen := d.commits
	writes := slices.ContainsFunc(txn, func(mop [3]json.RawMessage) bool { return string(mop[0]) == `"append"` })
	switch {
	case d.fault == "loses updates" || d.fault == "skews writes":
		seen = since // a snapshot
	case d.fault == "reads stale" && !writes && number%rarely == 0:
		seen = max(0, d.commits-20)
	}
	if d.fault == "skews writes" && d.conflicts(txn, since) {
		return false
	}
	d.commits++
	for i := range txn {
		key := 0
		if err := json.Unmarshal(txn[i][1], &key); err != nil {
			panic(err)
		}
		if string(txn[i][0]) == `"append"` {
			d.lists[key] = append(d.lists[key], appended{d.commits, txn[i][2]})
			continue
		}
		list, of := []json.RawMessage{}, d.lists[key]
		mine := len(of) > 0 && of[len(of)-1].commit == d.commits
		for _, a := range of {
			if a.commit <= seen || mine {
				list = append(list, a.element)
			}
		}
		txn[i][2], _ = json.Marshal(list)
	}
	return d.fault != "forgets to undo" || number%rarely != 0
}

// conflicts tells whether a key that the transaction appends to was appended to since: the first to commit wins.
func (d *database) conflicts(txn [][3]json.RawMessage, since int) bool {
	return slices.ContainsFunc(txn, func(mop [3]json.RawMessage) bool {
		key := 0
		_ = json.Unmarshal(mop[1], &key)
		list := d.lists[key]
		return string(mop[0]) == `"append"` && len(list) > 0 && list[len(list)-1].commit > since
	})
}

func appendRun(t *testing.T, fault, model string) testbench.Outcome {
	t.Helper()
	o := testbench.Defaults(builtin.Workloads())
	o.Workload, o.NodeCount, o.Concurrency, o.Rate, o.TimeLimit, o.Seed = "txn-list-append", 2, "5n", 400, 5*time.Second, 3
	o.ConsistencyModels = []string{model}
	db := &database{fault: fault, lists: map[int][]appended{}}
	out := Run(o, Config{Start: func(w *actor.World, id string, out func([]byte)) Process {
		return &databaseNode{brokerNode{world: w, id: id, out: out}, db}
	}})
	if out.Err != nil {
		t.Fatal(out.Err)
	}
	return out
}

func TestPerfectDatabaseIsStrictlySerializable(t *testing.T) {
	r := appendRun(t, "", "strict-serializable").Results
	if r.Valid != checker.Valid || r.Stats.OKCount < 1500 || r.Stats.FailCount+r.Stats.InfoCount > 0 {
		t.Errorf("%v, %+v, %v", r.Valid, r.Stats.Counts, r.Witnesses)
	}
}

// Each fault breaks one level and not the one below, and is named and proved.
func TestEachFaultOfADatabaseBreaksItsLevel(t *testing.T) {
	for _, c := range []struct{ fault, keeps, breaks, anomaly string }{
		{"reads stale", "serializable", "strict-serializable", "G-single-item-realtime"},
		{"skews writes", "snapshot-isolation", "serializable", "G2-item"},
		{"loses updates", "read-committed", "snapshot-isolation", "lost-update"},
		{"forgets to undo", "read-uncommitted", "read-committed", "G1a"},
	} {
		if kept := appendRun(t, c.fault, c.keeps); kept.Results.Valid != checker.Valid {
			t.Errorf("a database that %s is not %s: %v", c.fault, c.keeps, kept.Results.Witnesses)
		}
		out := appendRun(t, c.fault, c.breaks)
		w := out.Results.Workload.(*txn.Results)
		if out.Results.Valid != checker.Invalid || !slices.Contains(w.AnomalyTypes, c.anomaly) {
			t.Errorf("a database that %s is %v as %s, with %v", c.fault, out.Results.Valid, c.breaks, w.AnomalyTypes)
			continue
		}
		if failure := Failure(&out); !strings.Contains(failure, c.anomaly) {
			t.Errorf("a database that %s fails with %q", c.fault, failure)
		}
		i := slices.IndexFunc(out.Results.Witnesses, func(w checker.Witness) bool { return w.Kind == c.anomaly })
		if i < 0 || len(out.Results.Witnesses[i].Events) < 2 || len(out.Results.Witnesses[i].Because) == 0 {
			t.Errorf("a database that %s: no proof of %s among %+v", c.fault, c.anomaly, out.Results.Witnesses)
		}
	}
}
