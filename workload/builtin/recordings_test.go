package builtin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"eddy/testbench/checker"
	"eddy/testbench/history"
	"eddy/workload/workloadtest"
)

func TestVerdictsAndFiguresAreMaelstroms(t *testing.T) {
	for _, r := range workloadtest.Recordings(t) {
		t.Run(r.Name, func(t *testing.T) {
			got, err := Workloads().Check(r.Workload, r.History, r.Options)
			if err != nil {
				t.Fatal(err)
			}
			ours, err := json.Marshal(got)
			if err != nil {
				t.Fatal(err)
			}
			theirs, mine := workloadtest.Fields(t, r.Results), workloadtest.Fields(t, ours)
			for _, key := range []string{"valid?", "stats", "availability", "workload"} {
				compareTrees(t, key, theirs[key], mine[key])
			}
		})
	}
}

// ownKeys are the keys that only our results have.
var ownKeys = map[string]bool{"repeated": true, "messages": true, "realtime-lags": true, "answered-fraction": true}

// knossosKeys tell of the search that Maelstrom's checker made.
var knossosKeys = map[string]bool{"configs": true, "final-paths": true, "last-op": true}

// compareTrees reports every key under which two trees differ.
func compareTrees(t *testing.T, path string, theirs, mine json.RawMessage) {
	t.Helper()
	if strings.HasPrefix(path, "workload ") && strings.HasSuffix(path, " errs") {
		return // which cases are listed depends on how Clojure hashes keys: see TestCasesThatMaelstromListsAreFound
	}
	if path == "workload anomalies" && string(theirs) != "null" || path == "workload anomaly-types" && bytes.Contains(theirs, []byte("cycle-search-timeout")) {
		return // which circles are shown is a matter of the search; their types are compared in package txn
	}
	if !bytes.HasPrefix(theirs, []byte("{")) || !bytes.HasPrefix(mine, []byte("{")) {
		if canonicalFigure(path, theirs) != canonicalFigure(path, mine) {
			t.Errorf("%s is %.300s, Maelstrom's is %.300s", path, mine, theirs)
		}
		return
	}
	a, b := workloadtest.Fields(t, theirs), workloadtest.Fields(t, mine)
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if _, ok := b[key]; !ok && knossosKeys[key] && strings.HasSuffix(path, "linearizable") {
			continue
		} else if !ok {
			t.Errorf("%s has no %s, Maelstrom's is %.300s", path, key, a[key])
			continue
		}
		compareTrees(t, path+" "+key, a[key], b[key])
	}
	for _, key := range slices.Sorted(maps.Keys(b)) {
		if _, ok := a[key]; !ok && !ownKeys[key] {
			t.Errorf("%s has %s = %.300s, Maelstrom's has not", path, key, b[key])
		}
	}
}

// canonicalFigure makes texts comparable. The ok fraction is a Clojure float,
// which prints 1.0 where JSON has 1, and so is a lag.
func canonicalFigure(path string, raw json.RawMessage) string {
	if strings.HasSuffix(path, "ok-fraction") || strings.HasSuffix(path, "worst-realtime-lag lag") {
		raw = json.RawMessage(string(raw) + "e0")
	}
	return history.Canonical(raw)
}

// The journal of messages is not recorded, so its counts are taken from
// Maelstrom's results; what is checked is what becomes of them.
func TestMessagesPerOperationAreMaelstroms(t *testing.T) {
	for _, r := range workloadtest.Recordings(t) {
		var theirs struct {
			Net map[string]json.RawMessage `json:"net"`
		}
		if err := json.Unmarshal(r.Results, &theirs); err != nil {
			t.Fatal(err)
		}
		options := r.Options
		options.Net = &checker.NetStats{}
		for key, counts := range map[string]*checker.NetCounts{"all": &options.Net.All, "clients": &options.Net.Clients, "servers": &options.Net.Servers} {
			var f checker.NetFigures
			if err := json.Unmarshal(theirs.Net[key], &f); err != nil {
				t.Fatal(err)
			}
			*counts = checker.NetCounts{Sends: f.SendCount, Receives: f.RecvCount, Messages: f.MsgCount}
		}
		got, err := Workloads().Check(r.Workload, r.History, options)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := json.Marshal(got.Net)
		if err != nil {
			t.Fatal(err)
		}
		for key, want := range theirs.Net {
			if !equalNumbers(t, workloadtest.Fields(t, ours)[key], want) {
				t.Errorf("%s: net %s is %s, Maelstrom's is %s", r.Name, key, workloadtest.Fields(t, ours)[key], want)
			}
		}
	}
}

// equalNumbers compares objects of numbers by value, 0 being 0.0.
func equalNumbers(t *testing.T, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if err := json.Unmarshal(a, &x); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &y); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestMaelstromsResultsAreReadInOurForm(t *testing.T) {
	for _, r := range workloadtest.Recordings(t) {
		theirs, err := decode(r.Workload, r.Results)
		if err != nil {
			t.Errorf("%s: %v", r.Name, err)
			continue
		}
		ours, err := Workloads().Check(r.Workload, r.History, r.Options)
		if err != nil {
			t.Fatal(err)
		}
		if theirs.Valid != ours.Valid || theirs.Stats.Counts != ours.Stats.Counts || theirs.Availability != ours.Availability {
			t.Errorf("%s: read %+v, judged %+v", r.Name, theirs, ours)
		}
		if theirs.Net == nil || theirs.Net.Servers.MsgsPerOp == nil {
			t.Errorf("%s: the network's figures were not read", r.Name)
		}
		// What was read and written again is still what Maelstrom said.
		again, err := json.Marshal(theirs.Workload)
		if err != nil {
			t.Fatal(err)
		}
		compareTrees(t, r.Name, workloadtest.Fields(t, r.Results)["workload"], again)
	}
}
